//! A file together with the BPMN files it imports: what one file alone does not show.
//!
//! **Invariant:** files are opened by the caller, each once; a circle of imports ends.

use std::collections::{HashMap, VecDeque};

use crate::diagnostic::Diagnostic;
use crate::model::{Definitions, EventTrigger, FlowNodeKind};
use crate::rules::{Problems, bpmn_elements};
use crate::xml::{Document, Element};
use crate::{check_standard, limits, ns, read};

/// What an `import` leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// A file: its name, which tells it from others and is what its own imports are relative to, and its content.
    File {
        /// Name, for instance a path.
        name: String,
        /// Content.
        bytes: Vec<u8>,
    },
    /// There is no such file.
    Missing,
    /// The file cannot be looked at from here, as one on another host; nothing is said about it.
    Elsewhere,
}

/// Every problem of a file and of what it imports by the standard alone, as [`check_standard`], and what is wrong
/// between the files. `open` gets the name of the importing file and the `location` of the import.
pub fn check_with_imports(
    bytes: &[u8],
    file_name: &str,
    open: &mut dyn FnMut(&str, &str) -> Imported,
) -> Vec<Diagnostic> {
    let mut problems = check_standard(bytes, file_name);
    let Ok(document) = read(bytes, file_name) else { return problems };
    let mut files = vec![File::new(document)];
    let mut waiting = VecDeque::from([0]);
    while let Some(index) = waiting.pop_front() {
        let name = files[index].document.file().to_owned();
        let mut own = Problems::new(&name);
        let imports: Vec<(String, String)> = files[index].imports().collect();
        for (at, (location, namespace)) in imports.iter().enumerate() {
            match load(open(&name, location), namespace, &files) {
                Ok(None) => {}
                Ok(Some((file, found))) => {
                    problems.extend(found);
                    waiting.push_back(files.len());
                    files.push(file);
                }
                Err(message) => {
                    if let Some(element) = import_elements(&files[index].document).nth(at) {
                        let message = format!("`{location}` {message}");
                        let help = "correct location and namespace, or add the file";
                        own.element(element, "bpmn.import", message, help);
                    }
                }
            }
        }
        problems.extend(own.into_list());
    }
    between(&files, &mut problems);
    problems
}

/// The imported file and its own problems; nothing where it is known already or cannot be looked at.
fn load(
    imported: Imported,
    namespace: &str,
    files: &[File],
) -> Result<Option<(File, Vec<Diagnostic>)>, String> {
    let (name, bytes) = match imported {
        Imported::File { name, bytes } => (name, bytes),
        Imported::Missing => return Err("does not exist".to_owned()),
        Imported::Elsewhere => return Ok(None),
    };
    if files.iter().any(|file| file.document.file() == name) {
        return Ok(None);
    }
    if files.len() >= limits::IMPORTED_FILES {
        return Err(format!("is more than the {} files that may be imported", limits::IMPORTED_FILES));
    }
    let document = read(&bytes, &name).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        format!("cannot be read: {first}")
    })?;
    let file = File::new(document);
    if file.definitions.target_namespace != namespace {
        return Err(format!(
            "has the namespace `{}`, not `{namespace}` as the import says",
            file.definitions.target_namespace
        ));
    }
    Ok(Some((file, check_standard(&bytes, &name))))
}

struct File {
    document: Document,
    definitions: Definitions,
}

impl File {
    fn new(document: Document) -> Self {
        let (definitions, _) = crate::model(&document);
        Self { document, definitions }
    }

    /// Location and namespace of the imported BPMN files.
    fn imports(&self) -> impl Iterator<Item = (String, String)> {
        import_elements(&self.document).map(|element| {
            let attribute = |name| element.attribute("", name).unwrap_or_default().trim().to_owned();
            (attribute("location"), attribute("namespace"))
        })
    }
}

fn import_elements(document: &Document) -> impl Iterator<Item = Element<'_>> {
    let imports = document.root().children_named(ns::BPMN, "import");
    imports.filter(|it| it.attribute("", "importType").is_some_and(|kind| kind.trim() == ns::BPMN))
}

/// Ids of one namespace are unique over its files, and references into other files lead somewhere.
fn between(files: &[File], problems: &mut Vec<Diagnostic>) {
    let mut ids: HashMap<(&str, String), Element<'_>> = HashMap::new();
    for file in files {
        let mut own = Problems::new(file.document.file());
        let mut new = Vec::new();
        for element in bpmn_elements(&file.document) {
            let Some(id) = element.attribute("", "id") else { continue };
            let key = (file.definitions.target_namespace.as_str(), id.into_owned());
            match ids.get(&key) {
                Some(first) => {
                    let message =
                        format!("the id `{}` is already used in {}", key.1, first.document().file());
                    let help = "give each element of a namespace an id of its own";
                    own.element(element, "bpmn.duplicate-id", message, help);
                }
                None => new.push((key, element)),
            }
        }
        ids.extend(new);
        problems.extend(own.into_list());
    }
    for file in files {
        let mut own = Problems::new(file.document.file());
        for element in bpmn_elements(&file.document) {
            for name in ["calledElement", "processRef"] {
                foreign_reference(element, name, files, &ids, &mut own);
            }
        }
        problems.extend(own.into_list());
    }
}

fn foreign_reference(
    element: Element<'_>,
    name: &str,
    files: &[File],
    ids: &HashMap<(&str, String), Element<'_>>,
    problems: &mut Problems<'_>,
) {
    let Some(value) = element.attribute("", name) else { return };
    let Some((prefix, id)) = value.trim().split_once(':') else { return };
    let Some(namespace) = element.namespace_of_prefix(prefix) else { return };
    // Nothing is known of files that were not looked at.
    let mut known = files.iter().filter(|file| file.definitions.target_namespace == namespace).peekable();
    if known.peek().is_none() {
        return;
    }
    if !ids.contains_key(&(namespace.as_ref(), id.to_owned())) {
        let message = format!("`{name}` refers to `{value}`, which does not exist in the imported file");
        let help = "correct the reference, or add the element";
        problems.element(element, "bpmn.dangling-reference", message, help);
    }
    let called = known.filter_map(|file| file.definitions.process(id)).next();
    let starts = called.into_iter().flat_map(|process| process.nodes.iter());
    let mut starts = starts.filter(|node| node.parent.is_none()).filter_map(|node| match &node.kind {
        FlowNodeKind::StartEvent { trigger, .. } => Some(trigger),
        _ => None,
    });
    let mut any = false;
    let none = starts.any(|trigger| {
        any = true;
        *trigger == EventTrigger::None
    });
    if name == "calledElement" && any && !none {
        let message = format!("the called process `{value}` has no none start event");
        problems.element(element, "bpmn.called-process", message, "add one to it");
    }
}
