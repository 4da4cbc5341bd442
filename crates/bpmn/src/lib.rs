//! BPMN XML: lossless tree, typed view, dialects, validation with located diagnostics.
//!
//! The file is read into a lossless tree, [`mod@model`] holds the typed
//! view of it, and every problem found on the way is a [`Diagnostic`] with a stable code, a place and advice.
//!
//! **Invariant:** pure functions of their input: no clock, file, socket or randomness, and no input panics.

pub mod diagnostic;
pub mod model;

pub use diagnostic::{Diagnostic, Severity};
pub use model::Definitions;

/// Namespace URIs this crate recognises. Elements are known by these, never by their prefix.
pub mod ns {
    /// BPMN 2.0 semantic model.
    pub const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    /// BPMN diagram interchange.
    pub const BPMNDI: &str = "http://www.omg.org/spec/BPMN/20100524/DI";
    /// Diagram definition, graphics.
    pub const DC: &str = "http://www.omg.org/spec/DD/20100524/DC";
    /// Diagram definition, interchange.
    pub const DI: &str = "http://www.omg.org/spec/DD/20100524/DI";
    /// Camunda 8 extension elements.
    pub const ZEEBE: &str = "http://camunda.org/schema/zeebe/1.0";
    /// Camunda modeler attributes (`executionPlatform`).
    pub const MODELER: &str = "http://camunda.org/schema/modeler/1.0";
    /// Camunda 7 extension elements.
    pub const CAMUNDA: &str = "http://camunda.org/schema/1.0/bpmn";
    /// Operaton extension elements, the same vocabulary as Camunda 7.
    pub const OPERATON: &str = "http://operaton.org/schema/1.0/bpmn";
    /// Flowable extension elements (codbex Hyperion's models use these).
    pub const FLOWABLE: &str = "http://flowable.org/bpmn";
    /// Activiti extension elements, the vocabulary Flowable grew from.
    pub const ACTIVITI: &str = "http://activiti.org/bpmn";
    /// XML Schema instance.
    pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
}
