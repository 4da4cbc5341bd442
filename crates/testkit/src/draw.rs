//! Models from a drawing in text, in BPMN's own words: one line for each element, and chains of sequence flows.
//!
//! ```text
//! s: startEvent
//! a: serviceTask
//! b: boundaryEvent attachedToRef=a cancelActivity=false timer(PT1S)
//! sub: subProcess {
//!   t: task
//! }
//! s -> a -> [x > 1] sub; a -> e
//! c ~ handler
//! ```
//!
//! A line has an id, the element, its attributes, its event definitions, and XML inside it; a line that begins with
//! `+` goes on with such XML, one that begins with `<` stands for itself. Lines without a process around them are the
//! process `p`. What event definitions name is declared. A drawing with extension elements of Camunda 8, or with a message
//! that has a correlation key, as in `message(M =id)`, is in that dialect; others are plain BPMN.

use std::collections::BTreeSet;
use std::fmt::Write;

/// The file of a drawing.
///
/// # Panics
/// Where a line cannot be read.
pub fn draw(text: &str) -> String {
    let whole = text.lines().any(|line| line.contains(": process"));
    let text = if whole { text.to_owned() } else { format!("p: process {{\n{text}\n}}") };
    let keyed =
        |kind| text.split(kind).skip(1).any(|it| it.split(')').next().is_some_and(|it| it.contains(" =")));
    let zeebe = text.contains("zeebe:") || keyed("message(");
    let mut drawing = Drawing { zeebe, ..Drawing::default() };
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        drawing.line(line);
    }
    drawing.end_node();
    assert!(drawing.open.is_empty(), "`{}` is not closed", drawing.open.join("`, `"));
    drawing.file()
}

#[derive(Default)]
struct Drawing {
    /// It is in Camunda 8's dialect.
    zeebe: bool,
    body: String,
    /// Elements that are open.
    open: Vec<String>,
    /// An element whose content may go on: its end tag and what comes before that.
    node: Option<(String, String)>,
    /// Root elements that something names: kind, name and correlation key.
    names: BTreeSet<(&'static str, String, String)>,
    /// Sequence flows by their ends.
    flows: Vec<(String, String)>,
}

const KINDS: &[&str] = &["message", "signal", "error", "escalation"];

impl Drawing {
    fn line(&mut self, line: &str) {
        if let Some(xml) = line.strip_prefix('+') {
            let (_, content) = self.node.as_mut().expect("an element before `+`");
            content.push_str(xml.trim());
            return;
        }
        self.end_node();
        if line == "}" {
            let element = self.open.pop().expect("something to close");
            let _ = write!(self.body, "</{element}>");
        } else if line.starts_with('<') {
            self.body.push_str(line);
        } else if let Some((id, rest)) = line.split_once(": ").filter(|(id, _)| !id.contains(' ')) {
            self.element(id, rest);
        } else if line.contains(" -> ") {
            line.split(';').for_each(|chain| self.chain(chain));
        } else if let Some((from, to)) = line.split_once(" ~ ") {
            let _ = write!(
                self.body,
                r#"<association id="{from}_{to}" sourceRef="{from}" targetRef="{to}" associationDirection="One"/>"#
            );
        } else {
            panic!("cannot draw `{line}`");
        }
    }

    fn element(&mut self, id: &str, rest: &str) {
        let (rest, opens) = rest.strip_suffix('{').map_or((rest, false), |rest| (rest, true));
        let (head, xml) = rest.split_at(rest.find(" <").unwrap_or(rest.len()));
        let mut words = words(head).into_iter();
        let element = words.next().expect("an element");
        let _ = write!(self.body, r#"<{element} id="{id}""#);
        if element == "process" {
            self.body.push_str(r#" isExecutable="true""#);
        }
        let mut content = xml.trim().to_owned();
        if self.zeebe && element == "serviceTask" && !xml.contains("taskDefinition") {
            // Plain BPMN names the job of a task after the task.
            let (start, end) = ("<extensionElements>", "</extensionElements>");
            let rest = content.strip_prefix(start).map_or_else(|| format!("{end}{content}"), str::to_owned);
            content = format!(r#"{start}<zeebe:taskDefinition type="{id}"/>{rest}"#);
        }
        for word in words {
            match word.split_once('=').filter(|(name, _)| name.chars().all(char::is_alphanumeric)) {
                Some((name, value)) => self.attribute(name, value.trim_matches('"')),
                None => content.push_str(&self.event_definition(&word)),
            }
        }
        self.body.push('>');
        if opens {
            self.body.push_str(&content);
            self.open.push(element);
        } else {
            self.node = Some((element, content));
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let kind = KINDS.iter().find(|kind| name.strip_suffix("Ref") == Some(kind));
        let _ = match kind {
            Some(kind) => {
                self.names.insert((kind, value.to_owned(), String::new()));
                write!(self.body, r#" {name}="{kind}_{value}""#)
            }
            None => write!(self.body, r#" {name}="{}""#, escape(value)),
        };
    }

    fn event_definition(&mut self, word: &str) -> String {
        let (kind, what) = word.split_once('(').map_or((word, ""), |(kind, what)| {
            (kind, what.strip_suffix(')').expect("a closing parenthesis"))
        });
        let timer = |child: &str| {
            let what = escape(what);
            format!(
                r#"<timerEventDefinition><{child} xsi:type="tFormalExpression">{what}</{child}></timerEventDefinition>"#
            )
        };
        match kind {
            "timer" => timer("timeDuration"),
            "date" => timer("timeDate"),
            "cycle" => timer("timeCycle"),
            "condition" => format!(
                "<conditionalEventDefinition><condition>= {}</condition></conditionalEventDefinition>",
                escape(what)
            ),
            "link" => format!(r#"<linkEventDefinition name="{what}"/>"#),
            "compensation" => {
                let (activity, wait) = what.strip_suffix(" nowait").map_or((what, true), |it| (it, false));
                let activity = match activity {
                    "" | "all" => String::new(),
                    activity => format!(r#" activityRef="{activity}""#),
                };
                format!(r#"<compensateEventDefinition{activity} waitForCompletion="{wait}"/>"#)
            }
            "cancel" | "terminate" => format!("<{kind}EventDefinition/>"),
            _ => {
                let kind = KINDS.iter().find(|it| **it == kind);
                let kind = kind.unwrap_or_else(|| panic!("no event definition `{word}`"));
                if what.is_empty() {
                    return format!("<{kind}EventDefinition/>");
                }
                let (name, key) = what.split_once(' ').unwrap_or((what, ""));
                self.names.insert((kind, name.to_owned(), key.to_owned()));
                format!(r#"<{kind}EventDefinition {kind}Ref="{kind}_{name}"/>"#)
            }
        }
    }

    fn chain(&mut self, chain: &str) {
        let mut from: Option<String> = None;
        for step in chain.split(" -> ").map(str::trim).filter(|step| !step.is_empty()) {
            let (condition, to) = match step.strip_prefix('[') {
                Some(rest) => {
                    let (condition, to) = rest.rsplit_once(']').expect("a closing bracket");
                    (Some(condition), to.trim())
                }
                None => (None, step),
            };
            if let Some(from) = from.replace(to.to_owned()) {
                self.flow(&from, to, condition);
            }
        }
    }

    fn flow(&mut self, from: &str, to: &str, condition: Option<&str>) {
        let ends = (from.to_owned(), to.to_owned());
        let same = self.flows.iter().filter(|flow| **flow == ends).count();
        self.flows.push(ends);
        let mut id = format!("{from}_{to}");
        if same > 0 {
            let _ = write!(id, "_{}", same + 1);
        }
        let _ = write!(self.body, r#"<sequenceFlow id="{id}" sourceRef="{from}" targetRef="{to}""#);
        let _ = match condition {
            Some(text) => write!(
                self.body,
                r#"><conditionExpression xsi:type="tFormalExpression">= {}</conditionExpression></sequenceFlow>"#,
                escape(text)
            ),
            None => write!(self.body, "/>"),
        };
    }

    fn end_node(&mut self) {
        if let Some((element, content)) = self.node.take() {
            let _ = write!(self.body, "{content}</{element}>");
        }
    }

    fn file(mut self) -> String {
        let keyed: Vec<String> =
            self.names.iter().filter(|(.., key)| !key.is_empty()).map(|(_, name, _)| name.clone()).collect();
        let zeebe = match self.zeebe {
            true => r#" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0""#,
            false => "",
        };
        // Event definitions that loop markers name, and what they name themselves.
        let mut definitions = String::new();
        for kind in KINDS {
            for part in self.body.split(&format!("on_{kind}_")).skip(1) {
                let name: String = part.chars().take_while(|it| it.is_alphanumeric()).collect();
                let definition =
                    format!(r#"<{kind}EventDefinition id="on_{kind}_{name}" {kind}Ref="{kind}_{name}"/>"#);
                if !definitions.contains(&definition) {
                    definitions.push_str(&definition);
                }
                self.names.insert((kind, name, String::new()));
            }
        }
        let mut roots = String::new();
        for (kind, name, key) in &self.names {
            // One that is named with a correlation key somewhere has it everywhere.
            if key.is_empty() && *kind == "message" && keyed.contains(name) {
                continue;
            }
            let _ = match (*kind, key.is_empty()) {
                ("message", false) => write!(
                    roots,
                    r#"<message id="message_{name}" name="{name}"><extensionElements><zeebe:subscription correlationKey="{}"/></extensionElements></message>"#,
                    escape(key)
                ),
                ("message" | "signal", _) => write!(roots, r#"<{kind} id="{kind}_{name}" name="{name}"/>"#),
                _ => write!(roots, r#"<{kind} id="{kind}_{name}" {kind}Code="{name}"/>"#),
            };
        }
        format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{zeebe} targetNamespace="http://example.org">{roots}{definitions}{}</definitions>"#,
            self.body
        )
    }
}

/// Words, where what is in parentheses or quotes is part of one.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut depth, mut quoted) = (0, false);
    for character in text.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            '"' => quoted = !quoted,
            _ => {}
        }
        if character == ' ' && depth == 0 && !quoted {
            words.push(String::new());
        } else if let Some(word) = words.last_mut() {
            word.push(character);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
