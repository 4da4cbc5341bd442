//! BPMN XML: lossless tree, typed view, dialects, validation with located diagnostics.
//!
//! The file is read into a lossless tree, [`mod@model`] holds the typed
//! view of it, and every problem found on the way is a [`Diagnostic`] with a stable code, a place and advice.
//!
//! **Invariant:** pure functions of their input: no clock, file, socket or randomness, and no input panics.

pub mod diagnostic;
pub mod executable;
mod imports;
pub mod interchange;
pub mod limits;
pub mod model;
pub mod rules;
pub mod timer;
pub mod xml;

pub use diagnostic::{Diagnostic, Severity};
pub use imports::{
    Imported, check_imports, check_together, check_with_imports, imported_among, imported_files, relative,
};
pub use model::Definitions;
pub use xml::{Document, read};

/// The typed view of a document, with every problem of its structure: unknown, misplaced or incomplete elements,
/// duplicate ids, references that lead nowhere. What is missing is left out of the view.
pub fn model(document: &Document) -> (Definitions, Vec<Diagnostic>) {
    model_with(document, &[], None)
}

/// The typed view of a document that imports others, of which what it refers to is part.
pub fn model_importing(document: &Document, imported: &[(&str, &[u8])]) -> Definitions {
    let others = read_all(imported);
    model_with(document, &others.iter().collect::<Vec<_>>(), None).0
}

/// The files that can be read; what is wrong with the others is told where they are checked themselves.
fn read_all(files: &[(&str, &[u8])]) -> Vec<Document> {
    files.iter().filter_map(|(name, bytes)| read(bytes, name).ok()).collect()
}

fn model_with(
    document: &Document,
    imported: &[&Document],
    checked: Option<rules::Imports<'_>>,
) -> (Definitions, Vec<Diagnostic>) {
    let problems = rules::check_document(document, checked);
    let root = document.root();
    let definitions = match root.is(ns::BPMN, "definitions") {
        true => model::definitions(document, imported),
        false => Definitions { file: document.file().to_owned(), ..Definitions::default() },
    };
    (definitions, problems)
}

/// Every problem of the typed view that prevents deployment, and warnings: [`rules::check`], then
/// [`rules::check_deployment`], [`executable::check`], and warnings about what never happens.
pub fn validate(definitions: &Definitions) -> Vec<Diagnostic> {
    let mut problems = rules::check(definitions);
    problems.extend(rules::check_deployment(definitions));
    problems.extend(executable::check(definitions));
    problems.extend(rules::lint::check(definitions));
    sort(&mut problems);
    problems
}

/// Every problem of a file by the standard alone: reading, structure, rules. Whether an engine can run it is
/// another question, which [`load`] answers.
pub fn check_standard(bytes: &[u8], file_name: &str) -> Vec<Diagnostic> {
    let document = match read(bytes, file_name) {
        Ok(document) => document,
        Err(problems) => return problems,
    };
    check_document_standard(&document, &[])
}

fn check_document_standard(document: &Document, imported: &[&Document]) -> Vec<Diagnostic> {
    let imports = rules::Imports { files: imported, complete: false };
    let (definitions, mut problems) = model_with(document, imported, Some(imports));
    problems.extend(rules::check(&definitions));
    rules::hold_to_the_letter(&mut problems);
    sort(&mut problems);
    problems
}

/// Reads, checks and validates a file for deployment: the typed view with warnings.
///
/// # Errors
/// All problems of the file at once, warnings included, when at least one is an error.
pub fn load(bytes: &[u8], file_name: &str) -> Result<(Definitions, Vec<Diagnostic>), Vec<Diagnostic>> {
    load_with(bytes, file_name, &[])
}

/// As [`load`], for a file that imports others: what it refers to in them is part of its view. What is wrong inside of
/// them, and between them, [`check_together`] says.
///
/// # Errors
/// All problems of the file at once, warnings included, when at least one is an error.
pub fn load_with(
    bytes: &[u8],
    file_name: &str,
    imported: &[(&str, &[u8])],
) -> Result<(Definitions, Vec<Diagnostic>), Vec<Diagnostic>> {
    let document = read(bytes, file_name)?;
    let others = read_all(imported);
    let others: Vec<&Document> = others.iter().collect();
    let imports = rules::Imports { files: &others, complete: true };
    let (definitions, mut problems) = model_with(&document, &others, Some(imports));
    problems.extend(rules::check_extensions(&document));
    problems.extend(validate(&definitions));
    sort(&mut problems);
    match problems.iter().any(Diagnostic::is_error) {
        true => Err(problems),
        false => Ok((definitions, problems)),
    }
}

/// Document order, so that a reader can follow along; what two rules find is told once.
fn sort(problems: &mut Vec<Diagnostic>) {
    problems.sort_by(|a, b| (a.line, a.column, a.code).cmp(&(b.line, b.column, b.code)));
    problems.dedup();
}

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
