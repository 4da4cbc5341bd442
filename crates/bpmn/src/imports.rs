//! A file together with the BPMN files it imports: what one file alone does not show.
//!
//! **Invariant:** files are opened by the caller, each once; a circle of imports ends.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Definitions, EventTrigger, FlowNodeKind};
use crate::rules::{Problems, bpmn_elements};
use crate::xml::{Document, Element};
use crate::{check_document_standard, limits, ns, read};

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
    let document = match read(bytes, file_name) {
        Ok(document) => document,
        Err(problems) => return problems,
    };
    let mut files = Files { open, missing: Severity::Error, read: BTreeMap::new() };
    let (together, mut between) = files.follow(Rc::new(File::new(document)));
    let mut problems = Vec::new();
    for (index, file) in together.iter().enumerate() {
        let others = together.iter().enumerate().filter(|(other, _)| *other != index);
        let others: Vec<&Document> = others.map(|(_, other)| &other.document).collect();
        problems.extend(check_document_standard(&file.document, &others));
    }
    problems.append(&mut between);
    problems
}

/// The BPMN files that a file imports, also through others: their names and contents.
pub fn imported_files(
    bytes: &[u8],
    file_name: &str,
    open: &mut dyn FnMut(&str, &str) -> Imported,
) -> Vec<(String, Vec<u8>)> {
    let Ok(document) = read(bytes, file_name) else { return Vec::new() };
    let mut files = Files { open, missing: Severity::Warning, read: BTreeMap::new() };
    let (together, _) = files.follow(Rc::new(File::new(document)));
    let others = together.iter().skip(1);
    others.map(|file| (file.document.file().to_owned(), file.document.to_bytes())).collect()
}

/// For each of the files that are deployed together, the positions of those that it imports, also through others.
pub fn imported_among(files: &[(&str, &[u8])]) -> Vec<Vec<usize>> {
    let documents = files.iter().map(|(name, bytes)| crate::read(bytes, name).ok());
    let roots: Vec<Option<Rc<File>>> =
        documents.map(|it| it.map(|document| Rc::new(File::new(document)))).collect();
    let known = roots.iter().flatten().map(|file| (file.document.file().to_owned(), file.clone()));
    let known: Known = known.collect();
    let mut open = |importing: &str, location: &str| among(files, &known, importing, location);
    let mut all = Files { open: &mut open, missing: Severity::Warning, read: known.clone() };
    let position = |file: &Rc<File>| files.iter().position(|(name, _)| *name == file.document.file());
    let mut imported = |root: Option<Rc<File>>| {
        let root = root.filter(|root| import_elements(&root.document).next().is_some());
        let found = root.map(|root| all.follow(root).0).unwrap_or_default();
        found.iter().skip(1).filter_map(position).collect()
    };
    roots.into_iter().map(&mut imported).collect()
}

/// The file among others that a `location` means: the one of that path, or the only one of that name.
fn among(files: &[(&str, &[u8])], known: &Known, importing: &str, location: &str) -> Imported {
    let Some(path) = relative(importing, location) else { return Imported::Elsewhere };
    let file = |(name, bytes): &(&str, &[u8])| {
        let bytes = if known.contains_key(*name) { Vec::new() } else { bytes.to_vec() };
        Imported::File { name: (*name).to_owned(), bytes }
    };
    if let Some(found) = files.iter().find(|(name, _)| clean(name) == path) {
        return file(found);
    }
    let mut named = files.iter().filter(|(name, _)| last(name) == last(&path));
    match (named.next(), named.next()) {
        (Some(found), None) => file(found),
        _ => Imported::Missing,
    }
}

/// What is wrong between a file and the BPMN files that it imports, also through others: not what is wrong inside of
/// each. A file that is missing is a warning, as it may be deployed on its own.
pub fn check_imports(
    bytes: &[u8],
    file_name: &str,
    open: &mut dyn FnMut(&str, &str) -> Imported,
) -> Vec<Diagnostic> {
    let Ok(document) = read(bytes, file_name) else { return Vec::new() };
    let mut files = Files { open, missing: Severity::Warning, read: BTreeMap::new() };
    files.follow(Rc::new(File::new(document))).1
}

/// As [`check_imports`], for files that are deployed together: each imports from among the others. A `location` is
/// relative to the importing file; where no file has that path, the only one with its name is meant.
pub fn check_together(files: &[(&str, &[u8])]) -> Vec<Diagnostic> {
    let documents = files.iter().filter_map(|(name, bytes)| crate::read(bytes, name).ok());
    let roots: Vec<Rc<File>> = documents.map(|document| Rc::new(File::new(document))).collect();
    let known = roots.iter().map(|file| (file.document.file().to_owned(), file.clone()));
    let known: Known = known.collect();
    let mut open = |importing: &str, location: &str| among(files, &known, importing, location);
    let mut all = Files { open: &mut open, missing: Severity::Warning, read: known.clone() };
    let mut problems = Vec::new();
    for root in roots {
        if import_elements(&root.document).next().is_some() {
            problems.extend(all.follow(root).1);
        }
    }
    let place = |it: &Diagnostic| (it.file.clone(), it.line, it.column, it.code);
    problems.sort_by_key(place);
    problems.dedup();
    problems
}

/// The path that a `location` means in a file with another path, its parts joined by `/`; nothing for an address on
/// another host or a drive.
pub fn relative(importing: &str, location: &str) -> Option<String> {
    if location.contains(':') {
        return None;
    }
    let location = decoded(location);
    let folder = importing.rfind(['/', '\\']).map_or("", |at| &importing[..=at]);
    let is_absolute = location.starts_with(['/', '\\']);
    Some(clean(&format!("{}{location}", if is_absolute { "" } else { folder })))
}

/// A path without `.` and without the `..` that take something back.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !last.is_empty() && *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn last(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A location with what is written as `%20` and the like; unchanged where that makes no text.
fn decoded(location: &str) -> String {
    let mut bytes = Vec::with_capacity(location.len());
    let mut rest = location.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |at: usize| tail.get(at).and_then(|it| char::from(*it).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| location.to_owned())
}

/// Files that were read, by name.
type Known = BTreeMap<String, Rc<File>>;

/// The files that were read, by name, and how others are found.
struct Files<'o> {
    open: &'o mut dyn FnMut(&str, &str) -> Imported,
    missing: Severity,
    read: Known,
}

/// Why an import cannot be followed.
struct Broken {
    severity: Severity,
    message: String,
}

impl Broken {
    fn new(message: String) -> Self {
        Broken { severity: Severity::Error, message }
    }
}

impl Files<'_> {
    /// A file with all that it imports, and what is wrong between them.
    fn follow(&mut self, root: Rc<File>) -> (Vec<Rc<File>>, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let mut files = vec![root];
        let mut waiting = VecDeque::from([0]);
        while let Some(index) = waiting.pop_front() {
            let importing = files[index].clone();
            let mut own = Problems::new(importing.document.file());
            for element in import_elements(&importing.document) {
                let (location, namespace) = (trimmed(element, "location"), trimmed(element, "namespace"));
                let imported = (self.open)(importing.document.file(), &location);
                match self.load(imported, &namespace, &files) {
                    Ok(None) => {}
                    Ok(Some(file)) => {
                        waiting.push_back(files.len());
                        files.push(file);
                    }
                    Err(broken) => {
                        let message = format!("`{location}` {}", broken.message);
                        let help = "correct location and namespace, or add the file";
                        own.element_as(broken.severity, element, "bpmn.import", message, help);
                    }
                }
            }
            problems.extend(own.into_list());
        }
        between(&files, &mut problems);
        (files, problems)
    }

    /// The imported file; nothing where it is there already or cannot be looked at.
    fn load(
        &mut self,
        imported: Imported,
        namespace: &str,
        files: &[Rc<File>],
    ) -> Result<Option<Rc<File>>, Broken> {
        let (name, bytes) = match imported {
            Imported::File { name, bytes } => (name, bytes),
            Imported::Missing => {
                return Err(Broken { severity: self.missing, message: "does not exist".to_owned() });
            }
            Imported::Elsewhere => return Ok(None),
        };
        if files.iter().any(|file| clean(file.document.file()) == clean(&name)) {
            return Ok(None);
        }
        if files.len() >= limits::IMPORTED_FILES {
            let most = limits::IMPORTED_FILES;
            return Err(Broken::new(format!("is more than the {most} files that may be imported")));
        }
        let file = match self.read.get(&name) {
            Some(file) => file.clone(),
            None => {
                let document = read(&bytes, &name).map_err(|problems| {
                    let first = problems.first().map(ToString::to_string).unwrap_or_default();
                    Broken::new(format!("cannot be read: {first}"))
                })?;
                let file = Rc::new(File::new(document));
                self.read.insert(name, file.clone());
                file
            }
        };
        let own = &file.definitions.target_namespace;
        if own != namespace {
            return Err(Broken::new(format!(
                "has the namespace `{own}`, not `{namespace}` as the import says"
            )));
        }
        Ok(Some(file))
    }
}

fn trimmed(element: Element<'_>, name: &str) -> String {
    element.attribute("", name).unwrap_or_default().trim().to_owned()
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
}

fn import_elements(document: &Document) -> impl Iterator<Item = Element<'_>> {
    let imports = document.root().children_named(ns::BPMN, "import");
    imports.filter(|it| it.attribute("", "importType").is_some_and(|kind| kind.trim() == ns::BPMN))
}

/// Ids of one namespace are unique over its files, and references into other files lead somewhere.
fn between(files: &[Rc<File>], problems: &mut Vec<Diagnostic>) {
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
    files: &[Rc<File>],
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
