//! The rules a model must obey, one function each.
//!
//! Rules of the document look at the tree (is every element known, does every reference lead somewhere); rules
//! of the model look at the typed view. A new rule is one function and one row in `DOCUMENT_RULES`, `MODEL_RULES`,
//! `EXECUTABLE_RULES` or `DEPLOYMENT_RULES`, and a page in `docs/errors`.
//!
//! **Invariant:** rules only report; all problems of a model are found in one run.

mod data;
mod events;
mod expressions;
mod flow;
mod items;
pub(crate) mod lint;
mod messages;
mod references;
mod schema;
mod services;
mod standard;
mod starts;
mod tasks;
mod zeebe;

pub(crate) use schema::bpmn_elements;

use crate::diagnostic::{Diagnostic, Severity};
use crate::limits;
use crate::model::{self, Definitions, Dialect, FlowNode, Process, SequenceFlow};
use crate::ns;
use crate::xml::{Document, Element};

type DocumentRule = fn(&Document, &mut Problems<'_>);
type ModelRule = fn(&Scope<'_>, &mut Problems<'_>);

/// Rules of the tree.
const DOCUMENT_RULES: &[DocumentRule] = &[
    schema::check,
    standard::gateway_direction,
    standard::loop_markers,
    standard::timer_several,
    standard::shared_event_definition,
    standard::quantities,
    standard::lonely_condition,
    standard::message_flows,
    standard::empty_expression,
    standard::formats,
    standard::not_for_execution,
    standard::resource_roles,
    standard::choreography_content,
    standard::flow_lists,
    data::collection,
    data::io_sets,
    data::associations,
    data::io_specification,
    data::reference_names,
    data::loop_items,
    expressions::formal,
    expressions::truth,
    expressions::script_format,
    services::tasks,
    services::calls,
    services::bindings,
    services::events,
    services::closed_choreography,
];

/// Rules of the standard, for one process of the typed view.
const MODEL_RULES: &[ModelRule] = &[
    flow::start_with_incoming,
    flow::end_with_outgoing,
    flow::boundary_with_incoming,
    flow::boundary_attachment,
    flow::event_sub_process_with_flows,
    flow::gateway_without_outgoing,
    flow::gateway_without_choice,
    flow::condition_source,
    flow::default_flow,
    flow::event_based_gateway,
    flow::unconnected,
    starts::sub_process_starts,
    starts::starts_and_ends,
    starts::instantiating,
    starts::called_process,
    events::compensation,
    events::placement,
    events::interrupting,
    events::link,
];

/// Rules of the standard that a process must obey to be executed; a drawing need not.
const EXECUTABLE_RULES: &[ModelRule] = &[
    flow::condition_missing,
    events::timer_text,
    events::error_and_escalation,
    events::conditional,
    tasks::multi_instance,
];

/// What an engine needs beyond the standard: this one, and for models of a vendor's dialect the vendor's.
const DEPLOYMENT_RULES: &[ModelRule] = &[
    starts::several_none_starts,
    events::timer,
    messages::message,
    events::constant_codes,
    events::signal,
    tasks::task_type,
    tasks::io_mapping,
    tasks::script,
    tasks::called,
    tasks::collections,
    tasks::numbers,
    tasks::listeners,
    zeebe::agents,
];

pub(crate) use references::Imports;

/// Checks the tree. Without `imports` nothing is said about references into other files.
pub(crate) fn check_document(document: &Document, imports: Option<Imports<'_>>) -> Vec<Diagnostic> {
    let mut problems = Problems::new(document.file());
    let root = document.root();
    if root.is(ns::BPMN, "definitions") {
        problems.dialect = model::dialect(document);
        references::check(document, imports, &mut problems);
        DOCUMENT_RULES.iter().for_each(|rule| rule(document, &mut problems));
    } else {
        let message =
            format!("the root element is `{}`, not `definitions` of {}", root.qualified_name(), ns::BPMN);
        problems.element(root, "bpmn.no-definitions", message, "give a BPMN 2.0 file");
    }
    problems.list
}

/// Checks the typed view against the standard. What engines need beyond it is [`check_deployment`], what this engine
/// cannot run yet [`crate::executable`].
pub fn check(definitions: &Definitions) -> Vec<Diagnostic> {
    let mut problems = Problems::new(&definitions.file);
    for process in &definitions.processes {
        let scope = Scope { definitions, process };
        MODEL_RULES.iter().for_each(|rule| rule(&scope, &mut problems));
        if process.executable {
            EXECUTABLE_RULES.iter().for_each(|rule| rule(&scope, &mut problems));
        }
    }
    problems.list
}

/// Checks what engines need of a process beyond the standard: names, job types, constants in range.
pub fn check_deployment(definitions: &Definitions) -> Vec<Diagnostic> {
    let mut problems = Problems::new(&definitions.file);
    for process in definitions.executable_processes() {
        let scope = Scope { definitions, process };
        DEPLOYMENT_RULES.iter().for_each(|rule| rule(&scope, &mut problems));
    }
    problems.list
}

/// Checks what Camunda 8's extension elements say in words.
pub(crate) fn check_extensions(document: &Document) -> Vec<Diagnostic> {
    zeebe::check(document)
}

/// Rules of the schema whose breach changes no meaning: engines and tools read such files all the same, so it is a
/// warning at deployment. A file whose warnings are not all shown may break them unseen.
const LETTER: &[&str] = &["bpmn.element-count", "bpmn.element-order", "bpmn.too-many-problems"];

/// The same rules for models in the dialect of Camunda 8, which validates every file against the schema.
const SCHEMA: &[&str] = &["bpmn.element-count", "bpmn.element-order", "bpmn.stray-text"];

/// Makes errors of the warnings about files that break the letter of the standard only.
pub(crate) fn hold_to_the_letter(problems: &mut [Diagnostic]) {
    for problem in problems.iter_mut().filter(|problem| LETTER.contains(&problem.code)) {
        problem.severity = Severity::Error;
    }
}

/// What a rule of the model looks at.
pub(crate) struct Scope<'a> {
    pub(crate) definitions: &'a Definitions,
    pub(crate) process: &'a Process,
}

impl<'a> Scope<'a> {
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (usize, &'a FlowNode)> {
        self.process.nodes.iter().enumerate()
    }
}

/// Collects what rules report.
pub(crate) struct Problems<'a> {
    file: &'a str,
    list: Vec<Diagnostic>,
    /// Errors and warnings so far, those not kept included.
    seen: [usize; 2],
    /// The dialect of the file; plain where only the typed view is looked at, which knows its own.
    dialect: Dialect,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(file: &'a str) -> Self {
        Self { file, list: Vec::new(), seen: [0; 2], dialect: Dialect::default() }
    }

    pub(crate) fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }

    pub(crate) fn node(&mut self, node: &FlowNode, code: &'static str, message: String, help: &str) {
        self.error(code, Some(node.id.clone()), (node.line, node.column), message, help);
    }

    pub(crate) fn node_warning(&mut self, node: &FlowNode, code: &'static str, message: String, help: &str) {
        self.warning(code, Some(node.id.clone()), (node.line, node.column), message, help);
    }

    pub(crate) fn flow(&mut self, flow: &SequenceFlow, code: &'static str, message: String, help: &str) {
        self.error(code, Some(flow.id.clone()), (flow.line, flow.column), message, help);
    }

    pub(crate) fn element(&mut self, element: Element<'_>, code: &'static str, message: String, help: &str) {
        self.element_as(Severity::Error, element, code, message, help);
    }

    pub(crate) fn element_as(
        &mut self,
        severity: Severity,
        element: Element<'_>,
        code: &'static str,
        message: String,
        help: &str,
    ) {
        let place = element.place();
        // Elements without an id of their own are named by the nearest element that has one.
        let mut named = Some(element);
        while let Some(at) = named.filter(|at| at.attribute("", "id").is_none()) {
            named = at.parent();
        }
        let id = named.and_then(|at| at.attribute("", "id")).map(|id| id.into_owned());
        self.push(severity, code, id, (place.line, place.column), message, help);
    }

    pub(crate) fn error(
        &mut self,
        code: &'static str,
        id: Option<String>,
        at: (u32, u32),
        message: String,
        help: &str,
    ) {
        self.push(Severity::Error, code, id, at, message, help);
    }

    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        id: Option<String>,
        at: (u32, u32),
        message: String,
        help: &str,
    ) {
        self.push(Severity::Warning, code, id, at, message, help);
    }

    fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        element_id: Option<String>,
        (line, column): (u32, u32),
        message: String,
        help: &str,
    ) {
        let severity = match severity {
            Severity::Warning if self.dialect == Dialect::Zeebe && SCHEMA.contains(&code) => Severity::Error,
            severity => severity,
        };
        let seen = &mut self.seen[usize::from(severity == Severity::Warning)];
        *seen += 1;
        // Counted apart: no number of warnings hides an error, or makes one.
        if *seen > limits::DIAGNOSTICS + 1 {
            return;
        }
        let mut problem = Diagnostic {
            severity,
            code,
            element_id,
            file: self.file.to_owned(),
            line,
            column,
            message,
            help: help.to_owned(),
        };
        if *seen > limits::DIAGNOSTICS {
            problem.code = "bpmn.too-many-problems";
            problem.message = format!("more than {} problems; the rest is not shown", limits::DIAGNOSTICS);
            problem.help = "correct those shown first".to_owned();
        }
        self.list.push(problem);
    }
}
