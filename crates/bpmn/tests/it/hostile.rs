//! Hostile input: every limit has its diagnostic, time is linear, nothing panics.

use std::time::{Duration, Instant};

use bpmn::limits;

/// Codes provoked in this file.
pub const CODES: &[&str] = &[
    "xml.attributes",
    "xml.character",
    "xml.depth",
    "xml.doctype",
    "xml.duplicate-attribute",
    "xml.elements",
    "xml.encoding",
    "xml.entity",
    "xml.name-length",
    "xml.namespace",
    "xml.namespaces",
    "xml.size",
    "xml.syntax",
    "xml.text",
    "xml.unbound-prefix",
    "bpmn.too-many-problems",
];

/// The first problem as `code line:column`.
fn first(text: impl AsRef<[u8]>) -> String {
    match bpmn::read(text.as_ref(), "hostile.bpmn") {
        Ok(_) => "accepted".to_owned(),
        Err(problems) => format!("{} {}:{}", problems[0].code, problems[0].line, problems[0].column),
    }
}

#[test]
fn malformed_text_is_refused_with_its_place() {
    let cases: &[(&str, &str)] = &[
        ("", "xml.syntax 1:1"),
        ("  \n ", "xml.syntax 2:2"),
        ("no markup", "xml.syntax 1:1"),
        ("\u{feff}\u{feff}<ab\u{202}>", "xml.syntax 1:1"),
        ("<a>", "xml.syntax 1:1"),
        ("<a></b>", "xml.syntax 1:4"),
        ("</a>", "xml.syntax 1:1"),
        ("<a/><b/>", "xml.syntax 1:5"),
        ("<a/>text", "xml.syntax 1:5"),
        ("<a/><![CDATA[x]]>", "xml.syntax 1:5"),
        ("<a>]]></a>", "xml.syntax 1:4"),
        ("<a b/>", "xml.syntax 1:4"),
        ("<a b=c/>", "xml.syntax 1:4"),
        ("<a b='1'c='2'/>", "xml.syntax 1:9"),
        ("<a b='<'/>", "xml.syntax 1:7"),
        ("<a:b:c/>", "xml.syntax 1:2"),
        ("<1a/>", "xml.syntax 1:2"),
        ("<a><!-- -- --></a>", "xml.syntax 1:9"),
        (" <?xml version='1.0'?><a/>", "xml.syntax 1:2"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]>\n<a>&b;</a>", "xml.doctype 1:1"),
        ("<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'>\n<a/>", "xml.doctype 2:1"),
        ("<a>\n &b;</a>", "xml.entity 2:2"),
        ("<a>&#0;</a>", "xml.entity 1:4"),
        ("<a>&#xD800;</a>", "xml.entity 1:4"),
        ("<a b='&lt;&c;'/>", "xml.entity 1:11"),
        ("<a>\u{1}</a>", "xml.character 1:4"),
        ("<a b='1' b='2'/>", "xml.duplicate-attribute 1:1"),
        ("<a xmlns:x='u' xmlns:y='u' x:b='1' y:b='2'/>", "xml.duplicate-attribute 1:1"),
        ("<x:a/>", "xml.unbound-prefix 1:1"),
        ("<a>\n<b x:c=''/></a>", "xml.unbound-prefix 2:1"),
        ("<a xmlns:x=''/>", "xml.namespace 1:1"),
        ("<a xmlns:xml='u'/>", "xml.namespace 1:1"),
        ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", "xml.namespace 1:1"),
        ("<a xmlns='u'><b xmlns=''/></a>", "accepted"),
        ("\u{FEFF}<a xml:lang='de'>&amp;&#xE4;<![CDATA[<]]></a><!-- x --><?y z?>\n", "accepted"),
    ];
    for (text, expected) in cases {
        assert_eq!(first(text), *expected, "{text}");
    }
    assert_eq!(first(b"<a>\n\xFF</a>"), "xml.encoding 2:1");
}

#[test]
fn every_limit_has_its_diagnostic() {
    let attributes = |count: usize| (0..count).map(|n| format!(" a{n}=''")).collect::<String>();
    assert_eq!(first("x".repeat(limits::SIZE_BYTES + 1)), "xml.size 0:0");
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert_eq!(first(nested(limits::DEPTH)), "accepted");
    assert!(first(nested(limits::DEPTH + 1)).starts_with("xml.depth 1:"));
    let wide = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count - 1));
    assert_eq!(first(wide(limits::ELEMENTS)), "accepted");
    assert!(first(wide(limits::ELEMENTS + 1)).starts_with("xml.elements 1:"));
    assert_eq!(first(format!("<a{}/>", attributes(limits::ATTRIBUTES_PER_ELEMENT))), "accepted");
    assert_eq!(
        first(format!("<a{}/>", attributes(limits::ATTRIBUTES_PER_ELEMENT + 1))),
        "xml.attributes 1:1"
    );
    let prefixes = |count: usize| (0..count).map(|n| format!(" xmlns:p{n}='u{n}'")).collect::<String>();
    assert_eq!(first(format!("<a{}/>", prefixes(limits::NAMESPACES_IN_SCOPE))), "accepted");
    assert_eq!(first(format!("<a{}/>", prefixes(limits::NAMESPACES_IN_SCOPE + 1))), "xml.namespaces 1:1");
    let long = "x".repeat(limits::TEXT_BYTES + 1);
    assert_eq!(first(format!("<a>{}</a>", &long[1..])), "accepted");
    assert_eq!(first(format!("<a>{long}</a>")), "xml.text 1:4");
    assert_eq!(first(format!("<a>&lt;{long}</a>")), "xml.text 1:4");
    assert_eq!(first(format!("<a b='{long}'/>")), "xml.text 1:7");
    assert_eq!(first(format!("<a><!--{long}--></a>")), "xml.text 1:4");
    assert_eq!(first(format!("<a><![CDATA[{long}]]></a>")), "xml.text 1:4");
    let name = "n".repeat(limits::NAME_BYTES + 1);
    assert_eq!(first(format!("<{name}/>")), "xml.name-length 1:2");
    assert_eq!(first(format!("<{}/>", &name[1..])), "accepted");
}

#[test]
fn the_number_of_problems_is_bounded() {
    let tasks = "<bpmn:task nonsense='1'/>".repeat(limits::DIAGNOSTICS * 3);
    let text = crate::rules::process(&tasks);
    let problems = bpmn::load(text.as_bytes(), "hostile.bpmn").expect_err("is refused");
    assert!(problems.iter().any(|problem| problem.code == "bpmn.too-many-problems"));
    assert!(problems.len() < limits::DIAGNOSTICS * 4);
}

#[test]
fn warnings_hide_no_error_and_are_none() {
    let text = |tasks: &str| {
        let flows = "<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='e'/><bpmn:endEvent id='e'/>";
        crate::rules::process(&format!("{flows}{}{tasks}", "<bpmn:task/>".repeat(limits::DIAGNOSTICS * 2)))
    };
    let (_, warnings) = bpmn::load(text("").as_bytes(), "hostile.bpmn").expect("is accepted");
    assert!(warnings.len() > limits::DIAGNOSTICS && warnings.iter().all(|it| !it.is_error()));
    let problems =
        bpmn::load(text("<bpmn:task nonsense='1'/>").as_bytes(), "hostile.bpmn").expect_err("is refused");
    assert!(problems.iter().any(|it| it.code == "bpmn.unknown-attribute"));
}

#[test]
fn time_is_linear() {
    let attributes: String = (0..80_000).map(|n| format!(" a{n}=''")).collect();
    let many_on_one = format!("<a{attributes}/>");
    let filled: String = (0..limits::ATTRIBUTES_PER_ELEMENT - 2).map(|n| format!(" a{n}=''")).collect();
    let many_full = format!("<r>{}</r>", format!("<a{filled}/>").repeat(7_000));
    let flows: String = (0..20_000)
        .map(|n| {
            format!("<bpmn:task id='t{n}'/><bpmn:sequenceFlow id='f{n}' sourceRef='t0' targetRef='t{n}'/>")
        })
        .collect();
    let star = crate::rules::process(&flows);
    let disordered = crate::rules::process(
        &(["<bpmn:textAnnotation/>", "<bpmn:task/>", "<bpmn:laneSet/>"].map(|it| it.repeat(30_000)).concat()),
    );
    let unclosed = "<a><![CDATA[".repeat(100_000);
    let ampersands = "<a>&".repeat(200_000);
    let started = Instant::now();
    for text in [many_on_one, many_full, star, disordered, unclosed, ampersands] {
        let _ = bpmn::load(text.as_bytes(), "hostile.bpmn");
    }
    // A quadratic step would take minutes.
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

/// A small generator, so that a failing seed can be run again.
struct Random(u64);

impl Random {
    fn next(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

const SPLICES: &[&str] = &[
    "<",
    ">",
    "/>",
    "\"",
    "'",
    "&",
    "&amp;",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?x",
    "?>",
    "<!DOCTYPE a>",
    "=",
    ":",
    "\0",
    "ü",
    "xmlns=''",
    " id='a'",
    "<bpmn:task/>",
    "<zeebe:input/>",
    "</bpmn:process>",
    "R3/PT",
    "=",
    "${",
    "[",
    "\u{FEFF}",
];

fn mutate(sample: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..=random.next(6) {
        let at = random.next(bytes.len() + 1);
        let length = random.next(40).min(bytes.len() - at);
        match random.next(5) {
            0 => drop(bytes.drain(at..at + length)),
            1 => {
                let splice = SPLICES[random.next(SPLICES.len())];
                bytes.splice(at..at, splice.bytes());
            }
            2 if at < bytes.len() => bytes[at] = random.next(256) as u8,
            3 => {
                let piece = bytes[at..at + length].to_vec();
                let to = random.next(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            _ => bytes.truncate(at),
        }
        if random.next(4) != 0 {
            break;
        }
    }
    bytes
}

#[test]
fn mutated_files_never_panic_and_are_kept_or_refused() {
    let mut samples: Vec<Vec<u8>> = vec![crate::view::ORDER.into(), crate::view::EVERYTHING.into()];
    samples.extend(crate::rules::CASES.iter().map(|case| crate::rules::process(case.1).into_bytes()));
    let (mut kept, mut refused) = (0, 0);
    for seed in 1..=6_000_u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let bytes = mutate(&samples[random.next(samples.len())], &mut random);
        match bpmn::read(&bytes, "mutated.bpmn") {
            Ok(document) => {
                assert!(document.to_bytes() == bytes, "seed {seed} changed");
                let (definitions, _) = bpmn::model(&document);
                let _ = bpmn::validate(&definitions);
                kept += 1;
            }
            Err(problems) => {
                assert!(problems.iter().all(|problem| !problem.message.is_empty()), "seed {seed}");
                refused += 1;
            }
        }
    }
    assert!(kept > 500 && refused > 500, "{kept} kept, {refused} refused");
}
