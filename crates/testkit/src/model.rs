//! Models from short texts.

use std::fmt::Write;

/// Wraps flow nodes into a file with one process `p`; `flows` such as `a > b > c; a > d` connect them.
pub fn model(nodes: &str, flows: &str) -> String {
    let mut connected = String::new();
    for chain in flows.split(';').map(str::trim).filter(|chain| !chain.is_empty()) {
        let ids: Vec<&str> = chain.split('>').map(str::trim).collect();
        for pair in ids.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let _ =
                write!(connected, r#"<sequenceFlow id="{from}_{to}" sourceRef="{from}" targetRef="{to}"/>"#);
        }
    }
    file(&format!(r#"<process id="p" isExecutable="true">{nodes}{connected}</process>"#))
}

/// Wraps root elements into a file.
pub fn file(content: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://example.org">{content}</definitions>"#
    )
}

/// A service task of a job type.
pub fn service(id: &str, job_type: &str, more: &str) -> String {
    format!(
        r#"<serviceTask id="{id}"><extensionElements><zeebe:taskDefinition type="{job_type}"/>{more}</extensionElements></serviceTask>"#
    )
}
