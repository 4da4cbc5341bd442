//! Measures decision tables: `cargo run --release -p dirigent-dmn --example table-speed [RULES]`.

use dirigent_dmn::Model;
use feel::{Context, Env, Fuel, Value};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Instant;

/// A table of so many rules: an equality on a selective column, a range and a boolean.
fn table(rules: usize, cells: impl Fn(usize) -> [String; 3]) -> String {
    let mut xml = String::from(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" namespace=\"speed\" name=\"speed\">\
         <decision id=\"price\" name=\"price\"><decisionTable hitPolicy=\"UNIQUE\">",
    );
    for (name, kind) in [("article", "string"), ("quantity", "number"), ("member", "boolean")] {
        let _ = write!(
            xml,
            "<input><inputExpression typeRef=\"{kind}\"><text>{name}</text></inputExpression></input>"
        );
    }
    xml.push_str("<output name=\"price\" typeRef=\"number\"/>");
    for rule in 0..rules {
        xml.push_str("<rule>");
        for cell in cells(rule) {
            let cell = cell.replace('<', "&lt;").replace('>', "&gt;");
            let _ = write!(xml, "<inputEntry><text>{cell}</text></inputEntry>");
        }
        let _ = write!(xml, "<outputEntry><text>{rule}</text></outputEntry></rule>");
    }
    xml.push_str("</decisionTable></decision></definitions>");
    xml
}

fn measure(name: &str, xml: &str, inputs: Vec<Arc<Context>>) -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let model = Model::read(xml).map_err(|errors| format!("{errors:?}"))?;
    let compiled = model.compile(&[]);
    let compile_ms = start.elapsed().as_millis();
    let mut times_ns = Vec::new();
    let mut matched = 0usize;
    for round in 0..20_000 {
        let inputs = Arc::clone(&inputs[round % inputs.len()]);
        let start = Instant::now();
        let outcome = compiled.evaluate("price", inputs, &Env::default(), &mut Fuel::default());
        times_ns.push(start.elapsed().as_nanos() as f64);
        matched += usize::from(!outcome.value.is_null());
    }
    times_ns.sort_by(f64::total_cmp);
    let at = |part: f64| times_ns[(times_ns.len() as f64 * part) as usize] / 1000.0;
    writeln!(
        io::stdout(),
        "{name}: median {:.2} us, p99 {:.2} us, {matched} of 20000 matched, read and compiled in {compile_ms} ms",
        at(0.5),
        at(0.99)
    )?;
    Ok(())
}

fn input(article: String, quantity: i64, member: bool) -> Arc<Context> {
    let entries: [(&str, Value); 3] =
        [("article", article.into()), ("quantity", quantity.into()), ("member", member.into())];
    Arc::new(entries.into_iter().collect())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rules = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000usize);
    let selective = table(rules, |rule| [format!("\"A{rule}\""), ">= 1".into(), "-".into()]);
    let inputs = (0..1000).map(|at| input(format!("A{}", at * 7 % rules), 5, at % 2 == 0)).collect();
    measure(&format!("{rules} rules, equality on a selective column"), &selective, inputs)?;
    let width = rules / 10;
    let ranges = table(rules, |rule| {
        let (from, to) = (rule % width * 10, rule % width * 10 + 10);
        [format!("\"A{}\"", rule / width), format!("[{from}..{to})"), "-".into()]
    });
    let inputs =
        (0..1000i64).map(|at| input(format!("A{}", at % 10), at * 13 % (width as i64 * 10), true)).collect();
    measure(&format!("{rules} rules, ten values and ranges"), &ranges, inputs)?;
    let thresholds = table(rules, |rule| ["-".into(), format!("[{rule}..{rule}.5]"), "true".into()]);
    let inputs = (0..1000i64).map(|at| input("A".into(), at * 17 % rules as i64, true)).collect();
    measure(&format!("{rules} rules, ranges only"), &thresholds, inputs)?;
    Ok(())
}
