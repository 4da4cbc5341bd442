//! Rules about expressions and scripts (8.4.6, 10.3.3).

use super::Problems;
use super::items::{is_executed, named};
use super::schema::bpmn_elements;
use super::standard::local;
use crate::diagnostic::Severity;
use crate::model::Dialect;
use crate::ns;
use crate::xml::{Document, Element};

/// Elements the schema gives the type `tExpression`, which holds natural language unless `xsi:type` says otherwise.
const EXPRESSIONS: &[&str] = &[
    "activationCondition",
    "completionCondition",
    "condition",
    "conditionExpression",
    "from",
    "loopCardinality",
    "loopCondition",
    "timeCycle",
    "timeDate",
    "timeDuration",
    "to",
];

/// `bpmn.formal-expression`: natural language is not executable (8.4.6). The dialects of vendors know none.
pub(super) fn formal(document: &Document, problems: &mut Problems<'_>) {
    if crate::model::dialect(document) != Dialect::Plain {
        return;
    }
    for element in bpmn_elements(document).filter(|it| EXPRESSIONS.contains(&it.name())) {
        let owner = element.parent().map_or("", Element::name);
        let always_formal = owner == "complexBehaviorDefinition" && element.name() == "condition";
        if always_formal || element.text().trim().is_empty() || is_formal(element) {
            continue;
        }
        if is_executed(element) {
            let message = format!("`{}` is natural language, which cannot be executed", element.name());
            let help = "add xsi:type=\"tFormalExpression\", or write FEEL after `=`";
            problems.element(element, "bpmn.formal-expression", message, help);
        }
    }
}

/// Declared so, or of a form that no natural language has: FEEL after `=`, `${...}`, a comparison.
fn is_formal(element: Element<'_>) -> bool {
    let declared =
        element.attribute(ns::XSI, "type").is_some_and(|it| local(it.trim()) == "tFormalExpression");
    let text = element.text();
    declared
        || element.attribute("", "language").is_some()
        || text.contains(['=', '<', '>'])
        || text.trim_start().starts_with("${")
}

/// `bpmn.truth-value`: a condition is true or false (tables 8.60, 10.28, 10.30), and a number or a quoted text is neither.
pub(super) fn truth(document: &Document, problems: &mut Problems<'_>) {
    const CONDITIONS: &[&str] =
        &["activationCondition", "completionCondition", "condition", "conditionExpression", "loopCondition"];
    for element in bpmn_elements(document).filter(|it| CONDITIONS.contains(&it.name())) {
        let text = element.text();
        let text = text.trim();
        let text = text.strip_prefix('=').unwrap_or(text).trim();
        let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let is_number =
            text.starts_with(|it: char| it.is_ascii_digit() || it == '-') && text.parse::<f64>().is_ok();
        let is_text = inner.is_some_and(|inner| !inner.contains('"'));
        if (is_number || is_text) && is_executed(element) {
            let message = format!("`{}` is `{text}`, which is neither true nor false", element.name());
            // Camunda 8 takes such a file, and its instances stop there with an incident.
            let severity = match problems.dialect {
                Dialect::Zeebe => Severity::Warning,
                _ => Severity::Error,
            };
            problems.element_as(severity, element, "bpmn.truth-value", message, "write a condition");
        }
    }
}

/// Names of languages that tools write where the standard asks for a media type.
const LANGUAGES: &[&str] = &[
    "beanshell",
    "clojure",
    "ecmascript",
    "feel",
    "freemarker",
    "groovy",
    "java",
    "javascript",
    "jruby",
    "js",
    "juel",
    "jython",
    "kotlin",
    "lua",
    "mvel",
    "perl",
    "php",
    "python",
    "r",
    "ruby",
    "scala",
    "shell",
    "sql",
    "typescript",
    "velocity",
    "xpath",
    "xquery",
];

/// `bpmn.script-format`: a script says its language as a media type, or as tools name it (table 10.17). A script of one
/// word names the work and needs no language.
pub(super) fn script_format(document: &Document, problems: &mut Problems<'_>) {
    if crate::model::dialect(document) != Dialect::Plain {
        return;
    }
    for task in bpmn_elements(document).filter(|it| it.name() == "scriptTask" && is_executed(*it)) {
        let words = named(task, "script").next().map_or(0, |it| it.text().split_whitespace().count());
        if words < 2 {
            continue;
        }
        let format = task.attribute("", "scriptFormat").filter(|format| !format.trim().is_empty());
        let message = match format {
            None => "a script has no scriptFormat".to_owned(),
            Some(format) if !is_language(&format) => format!("the scriptFormat `{format}` is no media type"),
            _ => continue,
        };
        let help = "write scriptFormat=\"...\" with a media type such as application/javascript";
        problems.element(task, "bpmn.script-format", message, help);
    }
}

fn is_language(format: &str) -> bool {
    let format = format.trim();
    super::standard::is_media_type(format) || LANGUAGES.contains(&format.to_ascii_lowercase().as_str())
}
