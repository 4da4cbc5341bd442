//! Dependencies point one way: ring 0 (pure) <- 1 (adapters) <- 2 (runtime) <- 3 (edges), never sideways between
//! adapters, and only the composition root names concrete back ends.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Crates of the default build, own and foreign. More of them make every build slower.
const MAX_CRATES: usize = 350;

/// The ring of every crate of the product. Crates of development may use all of them.
const RINGS: &[(&str, Ring)] = &[
    ("bpmn", Ring::Pure),
    ("feel", Ring::Pure),
    ("dmn", Ring::Pure),
    ("record", Ring::Pure),
    ("engine", Ring::Pure),
    // It drives the engine, needs no adapter, and the command line ships it.
    ("explore", Ring::Pure),
    ("journal", Ring::Adapter),
    ("store", Ring::Adapter),
    ("history", Ring::Adapter),
    ("connectors", Ring::Adapter),
    ("runtime", Ring::Runtime),
    ("api", Ring::Edge),
    ("server", Ring::Edge),
    ("bench", Ring::Development),
    ("oracle", Ring::Development),
    ("sim", Ring::Development),
    ("testkit", Ring::Development),
    ("xtask", Ring::Development),
];

/// Edges that the rings forbid and that are right all the same.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "runtime",
        "journal",
        "the engine thread encodes batches straight into the log's buffers; the disk is a port",
    ),
    ("api", "history", "search answers with the read model's own query and row types"),
    ("api", "connectors", "the templates that the designer asks for are the connectors' own"),
    ("server", "api", "the composition root names everything"),
    ("server", "journal", "the composition root names everything"),
    ("server", "store", "the composition root names everything"),
    ("server", "history", "the composition root names everything"),
    ("server", "connectors", "the composition root names everything"),
];

/// What a pure crate cannot need: runtimes, clients, databases, system calls, randomness.
const IMPURE: &[&str] = &[
    "axum",
    "crossbeam-channel",
    "fjall",
    "getrandom",
    "libc",
    "rand",
    "reqwest",
    "rusqlite",
    "rustix",
    "tempfile",
    "tokio",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ring {
    Pure,
    Adapter,
    Runtime,
    Edge,
    Development,
}

/// The crates of the workspace with what they depend on, except for their own tests.
pub struct Crates(BTreeMap<String, Crate>);

struct Crate {
    folder: String,
    dependencies: BTreeSet<String>,
}

impl Crates {
    pub fn read(metadata: &Value) -> Result<Self, String> {
        let members = strings(&metadata["workspace_members"]);
        let packages = metadata["packages"].as_array().ok_or("cargo metadata names no packages")?;
        let mut crates = BTreeMap::new();
        for package in packages {
            let text = |field: &str| package[field].as_str().unwrap_or_default();
            if !members.contains(&text("id")) {
                continue;
            }
            let normal = package["dependencies"].as_array().into_iter().flatten();
            let dependencies = normal
                .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
                .filter_map(|dependency| dependency["name"].as_str())
                .map(short)
                .collect();
            let folder = text("manifest_path").trim_end_matches("/Cargo.toml").rsplit('/').next();
            let folder = format!("crates/{}", folder.unwrap_or_default());
            crates.insert(short(text("name")), Crate { folder, dependencies });
        }
        Ok(Crates(crates))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|found| found.folder.as_str())
    }
}

fn short(name: &str) -> String {
    name.strip_prefix("dirigent-").unwrap_or(name).to_owned()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn ring(name: &str) -> Option<Ring> {
    RINGS.iter().find(|(known, _)| *known == name).map(|(_, ring)| *ring)
}

pub fn check(crates: &Crates) -> Vec<String> {
    let mut violations = Vec::new();
    for (name, found) in &crates.0 {
        let Some(own) = ring(name) else {
            violations.push(format!("crates/{name}: give it a ring in crates/xtask/src/tidy/layers.rs"));
            continue;
        };
        for dependency in &found.dependencies {
            if own == Ring::Pure && IMPURE.contains(&dependency.as_str()) {
                violations.push(format!("crates/{name}: it is pure and must not need {dependency}"));
            }
            let Some(other) = ring(dependency).filter(|_| crates.0.contains_key(dependency)) else {
                continue;
            };
            if !allowed(name, own, dependency, other) {
                violations.push(format!(
                    "crates/{name}: it must not depend on {dependency} ({own:?} on {other:?}): turn the edge \
                     round with a trait in record::port, or move what is shared inwards"
                ));
            }
        }
    }
    violations
}

fn allowed(name: &str, own: Ring, dependency: &str, other: Ring) -> bool {
    if EXCEPTIONS.iter().any(|(from, to, _)| *from == name && *to == dependency) {
        return true;
    }
    match own {
        Ring::Development => true,
        Ring::Pure | Ring::Adapter => other == Ring::Pure,
        Ring::Runtime => other == Ring::Pure,
        Ring::Edge => other == Ring::Pure || other == Ring::Runtime,
    }
}

/// The number of crates that the default members need to be built.
pub fn check_number(metadata: &Value) -> Result<Vec<String>, String> {
    let nodes = metadata["resolve"]["nodes"].as_array().ok_or("cargo metadata resolved nothing")?;
    let by_id: BTreeMap<&str, &Value> =
        nodes.iter().filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let mut waiting = strings(&metadata["workspace_default_members"]);
    let mut seen: BTreeSet<&str> = waiting.iter().copied().collect();
    while let Some(id) = waiting.pop() {
        let dependencies = by_id.get(id).map(|node| &node["deps"]).and_then(Value::as_array);
        for dependency in dependencies.into_iter().flatten() {
            let kinds = dependency["dep_kinds"].as_array();
            let built = kinds.into_iter().flatten().any(|kind| kind["kind"].as_str() != Some("dev"));
            if let (true, Some(id)) = (built, dependency["pkg"].as_str())
                && seen.insert(id)
            {
                waiting.push(id);
            }
        }
    }
    Ok(match seen.len() {
        number if number > MAX_CRATES => {
            vec![format!("Cargo.toml: the default build has {number} crates, at most {MAX_CRATES}")]
        }
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn crates(list: &[(&str, &[&str])]) -> Crates {
        let packages: Vec<Value> = list
            .iter()
            .map(|(name, dependencies)| {
                let dependencies: Vec<Value> = dependencies
                    .iter()
                    .map(|name| match name.strip_suffix(" (dev)") {
                        Some(name) => json!({ "name": name, "kind": "dev" }),
                        None => json!({ "name": name, "kind": null }),
                    })
                    .collect();
                let manifest = format!("/r/crates/{}/Cargo.toml", short(name));
                json!({ "id": name, "name": name, "manifest_path": manifest, "dependencies": dependencies })
            })
            .collect();
        let members: Vec<&str> = list.iter().map(|(name, _)| *name).collect();
        Crates::read(&json!({ "workspace_members": members, "packages": packages })).unwrap()
    }

    fn violations(list: &[(&str, &[&str])]) -> Vec<String> {
        check(&crates(list))
    }

    const RECORD: (&str, &[&str]) = ("dirigent-record", &[]);
    const STORE: (&str, &[&str]) = ("dirigent-store", &["dirigent-record"]);

    #[test]
    fn edges_that_point_inwards_are_right() {
        let list: &[(&str, &[&str])] = &[
            RECORD,
            STORE,
            ("dirigent-runtime", &["dirigent-record", "dirigent-store (dev)"]),
            ("dirigent-api", &["dirigent-runtime", "serde"]),
            ("dirigent-server", &["dirigent-api", "dirigent-store"]),
            ("dirigent-sim", &["dirigent-store", "dirigent-runtime"]),
        ];
        assert_eq!(violations(list), Vec::<String>::new());
    }

    #[test]
    fn an_edge_outwards_sideways_or_to_a_back_end_is_found() {
        let wrong: &[(&str, &[&str])] = &[
            ("dirigent-engine", &["dirigent-store"]),
            ("dirigent-journal", &["dirigent-store"]),
            ("dirigent-runtime", &["dirigent-store"]),
            ("dirigent-api", &["dirigent-store"]),
        ];
        for row in wrong {
            let violations = violations(&[RECORD, STORE, *row]);
            assert_eq!(violations.len(), 1, "{row:?}: {violations:?}");
            assert!(violations[0].contains("must not depend on store"), "{violations:?}");
        }
    }

    #[test]
    fn an_impure_dependency_and_an_unknown_crate_are_found() {
        let impure = violations(&[("dirigent-engine", &["tokio", "tempfile (dev)"])]);
        assert_eq!(impure, ["crates/engine: it is pure and must not need tokio"]);
        assert!(violations(&[("dirigent-novel", &[])])[0].contains("give it a ring"));
    }

    #[test]
    fn every_exception_is_one_and_has_a_reason() {
        for (from, to, reason) in EXCEPTIONS {
            assert!(ring(from).is_some() && ring(to).is_some() && !reason.is_empty());
        }
    }

    #[test]
    fn too_many_crates_are_found() {
        let graph = |number: usize| {
            let name = |index: usize| format!("c{index}");
            let nodes: Vec<Value> = (0..number)
                .map(|index| {
                    let next = json!({ "pkg": name(index + 1), "dep_kinds": [{ "kind": null }] });
                    let test = json!({ "pkg": "only-for-tests", "dep_kinds": [{ "kind": "dev" }] });
                    json!({ "id": name(index), "deps": [next, test] })
                })
                .collect();
            json!({ "workspace_default_members": ["c0"], "resolve": { "nodes": nodes } })
        };
        assert!(check_number(&graph(MAX_CRATES - 1)).unwrap().is_empty());
        assert_eq!(check_number(&graph(MAX_CRATES)).unwrap().len(), 1);
    }
}
