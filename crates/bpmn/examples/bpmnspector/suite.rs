//! Runs models that obey the standard (`success` in their name) or break one of its rules (`fail`), and counts.
//!
//! **Invariant:** both directions count, and no file is left out but those in [`NOT_JUDGED`], each with its reason.

use dirigent_bpmn::{Imported, check_with_imports};
use std::path::{Path, PathBuf};

/// Files named `fail` that break no rule of the standard, or none that can be judged from what is here.
const NOT_JUDGED: &[(&str, &str)] = &[
    ("002/fail_import_URL.bpmn", "the imported file is on a host of the network"),
    ("012/EXT012_failure_sequenceFlow_manualFix.bpmn", "corrected: the process is no longer executable"),
    ("098/fail_multiple_manualFix.bpmn", "corrected: only the allowed timer is left"),
    ("106/fail_cancel_end_event_manualFix.bpmn", "corrected: the cancel event is removed"),
    ("106/fail_sub_process_manualFix.bpmn", "corrected: the cancel event is removed"),
    ("128/EXT128_failure_endEvent_manualFix.bpmn", "corrected: the process is no longer executable"),
    ("mojo/failure_collaboration_deadlock.bpmn", "a deadlock between pools; the standard forbids none"),
    (
        "mojo/failure_no-detection-deadlock-in-subprocess.bpmn",
        "a deadlock, which `lint.deadlock` warns of; the standard forbids none",
    ),
    ("wsdl/wsdl-fail.bpmn", "the imported WSDL breaks the rules of WSDL; the BPMN file breaks none"),
];

/// How many models there are of a kind, and how many were judged as they are named.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub passed: usize,
    pub total: usize,
}

impl Count {
    fn add(&mut self, passed: bool) {
        self.passed += usize::from(passed);
        self.total += 1;
    }
}

/// What a run found.
#[derive(Debug, Default)]
pub struct Report {
    /// Models that obey the standard.
    pub accept: Count,
    /// Models that break a rule.
    pub reject: Count,
    /// Files that were judged otherwise than named, with what was found.
    pub misses: Vec<String>,
    /// Files that are not judged, with the reason.
    pub not_judged: Vec<String>,
}

impl Report {
    /// True when all was judged as named.
    pub fn passed(&self) -> bool {
        self.misses.is_empty() && self.accept.total + self.reject.total > 0
    }

    /// The last line of a run.
    pub fn line(&self) -> String {
        let Self { accept, reject, .. } = self;
        format!(
            "bpmnspector: accept {}/{} reject {}/{}",
            accept.passed, accept.total, reject.passed, reject.total
        )
    }
}

/// Judges every model below the directory.
pub fn run(directory: &Path) -> std::io::Result<Report> {
    let mut report = Report::default();
    for path in models(directory)? {
        let name = path.strip_prefix(directory).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let lower = name.to_lowercase();
        let obeys = lower.contains("success");
        if !obeys && !lower.contains("fail") {
            continue;
        }
        if let Some((_, reason)) = NOT_JUDGED.iter().find(|(file, _)| *file == name) {
            report.not_judged.push(format!("{name}: {reason}"));
            continue;
        }
        let errors = errors(&path)?;
        if obeys {
            report.accept.add(errors.is_empty());
        } else {
            report.reject.add(!errors.is_empty());
        }
        match errors.first() {
            Some(first) if obeys => report.misses.push(format!("{name}: refused: {first}")),
            None if !obeys => report.misses.push(format!("{name}: accepted")),
            _ => {}
        }
    }
    Ok(report)
}

/// The errors of a model and what it imports, by the standard.
fn errors(path: &Path) -> std::io::Result<Vec<String>> {
    let bytes = std::fs::read(path)?;
    let problems = check_with_imports(&bytes, &path.to_string_lossy(), &mut open);
    Ok(problems.iter().filter(|problem| problem.is_error()).map(ToString::to_string).collect())
}

/// Opens what a file imports, relative to it.
fn open(importing: &str, location: &str) -> Imported {
    if location.contains("://") {
        return Imported::Elsewhere;
    }
    let path = Path::new(importing).parent().unwrap_or(Path::new("")).join(location);
    let Ok(path) = path.canonicalize() else { return Imported::Missing };
    match std::fs::read(&path) {
        Ok(bytes) => Imported::File { name: path.to_string_lossy().into_owned(), bytes },
        Err(_) => Imported::Missing,
    }
}

/// The BPMN files below a folder, sorted.
fn models(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "bpmn") {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}
