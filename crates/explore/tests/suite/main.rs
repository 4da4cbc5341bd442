//! Models with each defect, sound models, and the bugs that the search must not have.

#![allow(missing_docs, clippy::print_stdout)]

mod defects;
mod planted;
mod sound;

use dirigent_explore::{Model, Options, Report, explore, replay};

pub fn model_of(xml: &str) -> Model {
    Model::new(("model.bpmn", xml.as_bytes()), &[], &[]).unwrap_or_else(|why| panic!("{why}"))
}

pub fn report_of(xml: &str) -> Report {
    explore(&model_of(xml), &Options::default())
}

/// The findings, one a line: defect, element and script. Every script must replay.
pub fn findings(xml: &str) -> Vec<String> {
    let model = model_of(xml);
    let report = explore(&model, &Options::default());
    let lines = report.findings.iter().map(|finding| {
        let script = finding.script.join("\n");
        replay(&model, &script).unwrap_or_else(|why| panic!("{why}\n{script}"));
        format!("{} {}: {}", finding.defect.as_str(), finding.element, finding.script.join("; "))
    });
    lines.collect()
}
