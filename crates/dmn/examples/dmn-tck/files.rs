//! Finding and running the files of a TCK directory.

use dirigent_dmn::Model;
use dirigent_dmn::tck::{Case, Suite, Verdict};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folders of the TCK whose cases count, with their levels.
const LEVELS: [(&str, usize); 2] = [("compliance-level-2", 0), ("compliance-level-3", 1)];
/// Cases that need a Java virtual machine.
const SKIPPED: &str = "0076-feel-external-java";

/// A case of the TCK with its verdicts.
pub struct Done {
    /// 0 for level 2, 1 for level 3.
    pub level: usize,
    /// The folder and the file.
    pub file: String,
    /// One verdict for every result node.
    pub verdicts: Vec<Verdict>,
}

/// A suite with its models, read and ready.
pub struct Loaded {
    /// 0 for level 2, 1 for level 3.
    pub level: usize,
    /// The folder and the file.
    pub file: String,
    /// The test cases.
    pub suite: Suite,
    models: Vec<(String, Model)>,
    /// What is wrong with the files.
    pub problems: Vec<String>,
}

/// Reads all suites of a directory whose folder contains the filter.
pub fn load(directory: &Path, filter: &str) -> io::Result<Vec<Loaded>> {
    let mut all = Vec::new();
    for (folder, level) in LEVELS {
        for group in sorted(&directory.join(folder))? {
            let name = group.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name == SKIPPED || !group.is_dir() {
                continue;
            }
            let files = sorted(&group)?;
            let with = |extension: &'static str| {
                files.iter().filter(move |file| file.extension().is_some_and(|found| found == extension))
            };
            for suite in with("xml") {
                let file = format!("{name}/{}", suite.file_name().unwrap_or_default().to_string_lossy());
                if file.contains(filter) {
                    all.push(load_suite(level, file, suite, with("dmn"))?);
                }
            }
        }
    }
    Ok(all)
}

fn load_suite<'f>(
    level: usize,
    file: String,
    suite: &Path,
    models: impl Iterator<Item = &'f PathBuf>,
) -> io::Result<Loaded> {
    let mut problems = Vec::new();
    let suite = Suite::read(&fs::read_to_string(suite)?).unwrap_or_else(|error| {
        problems.push(format!("{file}: {error}"));
        Suite { model: String::new(), cases: Vec::new() }
    });
    let mut read = Vec::new();
    for path in models {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match Model::read(&fs::read_to_string(path)?) {
            Ok(model) => read.push((name, model)),
            Err(errors) => problems.extend(errors.iter().map(|error| format!("{name}: {error}"))),
        }
    }
    Ok(Loaded { level, file, suite, models: read, problems })
}

impl Loaded {
    /// Runs the cases of the suite.
    pub fn run(&self) -> Vec<Done> {
        let main = self.models.iter().find(|(name, _)| *name == self.suite.model).map(|(_, model)| model);
        let Some(main) = main else {
            return self.suite.cases.iter().map(|case| self.done(Vec::new(), case)).collect();
        };
        let others: Vec<&Model> =
            self.models.iter().map(|(_, model)| model).filter(|model| !std::ptr::eq(*model, main)).collect();
        let compiled = main.compile(&others);
        self.suite.cases.iter().map(|case| self.done(case.run(&compiled), case)).collect()
    }

    fn done(&self, verdicts: Vec<Verdict>, case: &Case) -> Done {
        let missing = verdicts.is_empty().then(|| Verdict {
            case: case.id.clone(),
            name: self.suite.model.clone(),
            passed: false,
            expected: feel::Value::Null,
            actual: feel::Value::Null,
            reasons: self.problems.clone(),
        });
        let verdicts = verdicts.into_iter().chain(missing).collect();
        Done { level: self.level, file: self.file.clone(), verdicts }
    }
}

impl Done {
    /// Whether every result is as expected.
    pub fn passed(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.passed)
    }
}

fn sorted(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
