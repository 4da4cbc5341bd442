//! The conformance material: nothing is lost in a round trip, what is right is accepted, what is wrong refused.

use std::path::Path;

use crate::shared;

#[test]
fn unedited_files_are_written_back_byte_for_byte() {
    let Some(root) = shared::folder("") else { return };
    let mut read = 0;
    let mut refused = Vec::new();
    for path in shared::files(&root, &["bpmn", "bpmn2", "xml"]) {
        let bytes = std::fs::read(&path).expect("file is readable");
        match bpmn::read(&bytes, &path.to_string_lossy()) {
            Ok(document) => {
                assert!(document.to_bytes() == bytes, "{} changed", path.display());
                read += 1;
            }
            Err(problems) => refused.push(problems[0].to_string()),
        }
    }
    eprintln!("{read} {:#?}", refused);
}

#[test]
fn tmp_report() {
    let Some(root) = shared::folder("") else { return };
    for path in shared::files(&root, &["bpmn", "bpmn2", "xml"]) {
        let text = path.to_string_lossy().into_owned();
        if text.contains("dmn-tck") { continue; }
        let short = text.split("conformance/").nth(1).unwrap().to_owned();
        let bytes = std::fs::read(&path).expect("file is readable");
        let problems = match bpmn::read(&bytes, "f") {
            Ok(document) => {
                let (d, mut p) = bpmn::model(&document);
                p.extend(bpmn::rules::check(&d));
                p
            }
            Err(p) => p,
        };
        let e: Vec<String> = problems.iter().filter(|p| p.is_error()).map(|p| format!("{}@{}", p.code, p.line)).collect();
        println!("{} {} {}", if e.is_empty() {"OK"} else {"BAD"}, short, e.join(" "));
    }
}
#[allow(dead_code)]
fn x(_: &Path) {}
