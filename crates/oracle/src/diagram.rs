//! Diagrams as data, and their BPMN XML: what the generator builds and what tests are written in.
//!
//! Names stand for root elements: an event definition that names the message `M` makes the file declare it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A file with processes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagram {
    /// Id and content of each process.
    pub processes: Vec<(String, Scope)>,
    /// Other root elements, as XML.
    pub roots: BTreeSet<String>,
    /// Each process is drawn as a pool with lanes, beside one that nothing is known of.
    pub pools: bool,
    /// Sequence flows come before the nodes.
    pub flows_first: bool,
}

/// What a process or sub-process contains.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Flow nodes in document order.
    pub nodes: Vec<Node>,
    /// Sequence flows in document order.
    pub flows: Vec<Flow>,
    /// Associations of compensation boundary events with their handlers.
    pub associations: Vec<(String, String)>,
    /// Names of data objects; the id of the data object `x` is `data_x`.
    pub data: Vec<String>,
    /// References to data stores, with the ids of the stores.
    pub stores: Vec<(String, String)>,
}

/// A flow node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// `id`.
    pub id: String,
    /// Name of the element.
    pub element: String,
    /// Attributes but `id`.
    pub attributes: Vec<(String, String)>,
    /// Event definitions.
    pub events: Vec<Event>,
    /// Other children as XML.
    pub xml: String,
    /// Content of a sub-process.
    pub inner: Option<Scope>,
}

/// An event definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Message by name.
    Message(String),
    /// Signal by name.
    Signal(String),
    /// Error by code; empty catches all.
    Error(String),
    /// Escalation by code; empty catches all.
    Escalation(String),
    /// Timer by duration.
    Timer(String),
    /// Timer by cycle.
    Cycle(String),
    /// Condition.
    Conditional(String),
    /// Compensation of an activity, or of the scope where that is empty.
    Compensation {
        /// `activityRef`.
        activity: String,
        /// `waitForCompletion`.
        wait: bool,
    },
    /// Link by name.
    Link(String),
    /// Cancel.
    Cancel,
    /// Terminate.
    Terminate,
}

/// A sequence flow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    /// `id`.
    pub id: String,
    /// Id of the source.
    pub from: String,
    /// Id of the target.
    pub to: String,
    /// Condition.
    pub condition: Option<String>,
    /// The source's default flow.
    pub is_default: bool,
}

/// Root elements that a file declares because something names them: kind and name, or code.
pub type Names = BTreeSet<(&'static str, String)>;

impl Diagram {
    /// The file.
    pub fn xml(&self) -> String {
        let mut names = Names::new();
        let mut body = String::new();
        for (id, scope) in &self.processes {
            let _ = writeln!(body, "  <process id=\"{id}\" isExecutable=\"true\">");
            if self.pools {
                scope.write_lanes(id, &mut body);
            }
            scope.write(4, self.flows_first, &mut body, &mut names);
            body.push_str("  </process>\n");
        }
        let mut out = String::from(concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" ",
            "targetNamespace=\"http://example.org/model\">\n"
        ));
        for (kind, name) in &names {
            let _ = match *kind {
                "message" | "signal" => writeln!(out, "  <{kind} id=\"{kind}_{name}\" name=\"{name}\"/>"),
                _ => writeln!(out, "  <{kind} id=\"{kind}_{name}\" {kind}Code=\"{name}\"/>"),
            };
        }
        // Event definitions that loop markers refer to.
        for (kind, name) in &names {
            let definition = format!("{kind}EventDefinition");
            let _ = writeln!(out, "  <{definition} id=\"on_{kind}_{name}\" {kind}Ref=\"{kind}_{name}\"/>");
        }
        for root in &self.roots {
            let _ = writeln!(out, "  {root}");
        }
        if self.pools {
            self.write_pools(&mut out);
        }
        out.push_str(&body);
        out.push_str("</definitions>\n");
        out
    }

    /// A collaboration of all processes with someone outside.
    fn write_pools(&self, out: &mut String) {
        out.push_str("  <collaboration id=\"collaboration\">\n    <participant id=\"pool_outside\"/>\n");
        for (id, _) in &self.processes {
            let _ = writeln!(out, "    <participant id=\"pool_{id}\" processRef=\"{id}\"/>");
        }
        for (id, _) in &self.processes {
            let _ = writeln!(
                out,
                "    <messageFlow id=\"to_{id}\" sourceRef=\"pool_outside\" targetRef=\"pool_{id}\"/>"
            );
        }
        out.push_str("  </collaboration>\n");
    }

    /// The same in another document order, in which nothing that decides an order changed places: sequence flows come
    /// first, then what is reached over flows and neither joins nor contains anything, the last one first.
    #[must_use]
    pub fn reordered(&self) -> Diagram {
        let mut other = Diagram { flows_first: true, ..self.clone() };
        other.processes.iter_mut().for_each(|(_, scope)| scope.reorder());
        other
    }

    /// Names that the file declares.
    pub fn names(&self) -> Names {
        let mut names = Names::new();
        for (_, scope) in &self.processes {
            scope.write(0, false, &mut String::new(), &mut names);
        }
        names
    }
}

impl Scope {
    /// Adds a node.
    pub fn node(&mut self, id: &str, element: &str) -> &mut Node {
        self.nodes.push(Node { id: id.to_owned(), element: element.to_owned(), ..Node::default() });
        let last = self.nodes.len() - 1;
        &mut self.nodes[last]
    }

    /// Adds a sequence flow, its id made of its ends.
    pub fn flow(&mut self, from: &str, to: &str) -> &mut Flow {
        let same = self.flows.iter().filter(|flow| flow.from == from && flow.to == to).count();
        let id = if same == 0 { format!("{from}__{to}") } else { format!("{from}__{to}_{same}") };
        self.flows.push(Flow { id, from: from.to_owned(), to: to.to_owned(), ..Flow::default() });
        let last = self.flows.len() - 1;
        &mut self.flows[last]
    }

    fn reorder(&mut self) {
        let flows = &self.flows;
        let moves = |node: &mut Node| {
            let joins = node.element.ends_with("Gateway")
                || node.attributes.iter().any(|(name, _)| name == "startQuantity");
            !joins && node.inner.is_none() && flows.iter().any(|flow| flow.to == node.id)
        };
        let mut first: Vec<Node> = self.nodes.extract_if(.., moves).collect();
        first.reverse();
        first.append(&mut self.nodes);
        self.nodes = first;
        self.nodes.iter_mut().filter_map(|node| node.inner.as_mut()).for_each(Scope::reorder);
    }

    /// Two lanes with every other node.
    fn write_lanes(&self, id: &str, out: &mut String) {
        let _ = writeln!(out, "    <laneSet id=\"lanes_{id}\">");
        for lane in 0..2 {
            let _ = write!(out, "      <lane id=\"lane_{id}_{lane}\">");
            for node in self.nodes.iter().skip(lane).step_by(2) {
                let _ = write!(out, "<flowNodeRef>{}</flowNodeRef>", node.id);
            }
            out.push_str("</lane>\n");
        }
        out.push_str("    </laneSet>\n");
    }

    fn write_flows(&self, pad: &str, out: &mut String) {
        for Flow { id, from, to, condition, .. } in &self.flows {
            let _ = write!(out, "{pad}<sequenceFlow id=\"{id}\" sourceRef=\"{from}\" targetRef=\"{to}\"");
            let _ = match condition {
                Some(text) => {
                    writeln!(
                        out,
                        "><conditionExpression>= {}</conditionExpression></sequenceFlow>",
                        escape(text)
                    )
                }
                None => writeln!(out, "/>"),
            };
        }
    }

    fn write(&self, indent: usize, flows_first: bool, out: &mut String, names: &mut Names) {
        let pad = " ".repeat(indent);
        for (id, store) in &self.stores {
            let _ = writeln!(
                out,
                "{pad}<dataStoreReference id=\"{id}\" name=\"{id}\" dataStoreRef=\"{store}\"/>"
            );
        }
        for name in &self.data {
            let _ = writeln!(out, "{pad}<dataObject id=\"data_{name}\" name=\"{name}\"/>");
        }
        if flows_first {
            self.write_flows(&pad, out);
        }
        for node in &self.nodes {
            let default = self.flows.iter().find(|flow| flow.is_default && flow.from == node.id);
            node.write(indent, flows_first, default, out, names);
        }
        if !flows_first {
            self.write_flows(&pad, out);
        }
        for (index, (from, to)) in self.associations.iter().enumerate() {
            let _ = writeln!(
                out,
                "{pad}<association id=\"{from}_handler{index}\" sourceRef=\"{from}\" targetRef=\"{to}\" associationDirection=\"One\"/>"
            );
        }
    }
}

impl Node {
    /// Sets an attribute.
    pub fn with(&mut self, name: &str, value: &str) -> &mut Self {
        self.attributes.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an event definition.
    pub fn on(&mut self, event: Event) -> &mut Self {
        self.events.push(event);
        self
    }

    fn write(
        &self,
        indent: usize,
        flows_first: bool,
        default: Option<&Flow>,
        out: &mut String,
        names: &mut Names,
    ) {
        let pad = " ".repeat(indent);
        let _ = write!(out, "{pad}<{} id=\"{}\"", self.element, self.id);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", escape(value));
            // Send and receive tasks name their message by attribute.
            if let Some(message) = value.strip_prefix("message_").filter(|_| name == "messageRef") {
                names.insert(("message", message.to_owned()));
            }
        }
        if let Some(flow) = default {
            let _ = write!(out, " default=\"{}\"", flow.id);
        }
        for (kind, name) in referred(&self.xml) {
            names.insert((kind, name));
        }
        if self.events.is_empty() && self.xml.is_empty() && self.inner.is_none() {
            out.push_str("/>\n");
            return;
        }
        out.push_str(">\n");
        if !self.xml.is_empty() {
            let _ = writeln!(out, "{pad}  {}", self.xml);
        }
        for event in &self.events {
            let _ = writeln!(out, "{pad}  {}", event.xml(names));
        }
        if let Some(inner) = &self.inner {
            inner.write(indent + 2, flows_first, out, names);
        }
        let _ = writeln!(out, "{pad}</{}>", self.element);
    }
}

/// Root elements that raw XML refers to by `<kind>_<name>`, or by `on_<kind>_<name>` for an event definition.
fn referred(xml: &str) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    for kind in ["signal", "escalation", "message", "error"] {
        for start in [format!("\"on_{kind}_"), format!("{kind}Ref=\"{kind}_")] {
            for part in xml.split(&start).skip(1) {
                if let Some((name, _)) = part.split_once('"') {
                    out.push((kind, name.to_owned()));
                }
            }
        }
    }
    out
}

impl Event {
    fn xml(&self, names: &mut Names) -> String {
        let mut refer = |kind: &'static str, name: &String| {
            if name.is_empty() {
                return format!("<{kind}EventDefinition/>");
            }
            names.insert((kind, name.clone()));
            format!("<{kind}EventDefinition {kind}Ref=\"{kind}_{name}\"/>")
        };
        match self {
            Event::Message(name) => refer("message", name),
            Event::Signal(name) => refer("signal", name),
            Event::Error(code) => refer("error", code),
            Event::Escalation(code) => refer("escalation", code),
            Event::Timer(text) => timer("timeDuration", text),
            Event::Cycle(text) => timer("timeCycle", text),
            Event::Conditional(condition) => format!(
                "<conditionalEventDefinition><condition>= {}</condition></conditionalEventDefinition>",
                escape(condition)
            ),
            Event::Compensation { activity, wait } => {
                let activity = match activity.is_empty() {
                    true => String::new(),
                    false => format!(" activityRef=\"{activity}\""),
                };
                format!("<compensateEventDefinition{activity} waitForCompletion=\"{wait}\"/>")
            }
            Event::Link(name) => format!("<linkEventDefinition name=\"{name}\"/>"),
            Event::Cancel => "<cancelEventDefinition/>".to_owned(),
            Event::Terminate => "<terminateEventDefinition/>".to_owned(),
        }
    }
}

/// Static text in a timer needs a language in plain BPMN, or it counts as natural language.
fn timer(child: &str, text: &str) -> String {
    let typed = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"tFormalExpression\"";
    format!("<timerEventDefinition><{child} {typed}>{text}</{child}></timerEventDefinition>")
}

/// Text for XML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
