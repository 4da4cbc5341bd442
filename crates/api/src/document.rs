//! The OpenAPI document: what the handlers say of themselves, and what any operation of their kind can answer besides.
//!
//! A handler names the answers that are its own. Those that come from around it (a key or a body that cannot be read, a
//! server that takes nothing in or has no administrator yet) follow from the shape of the operation, so they are added
//! here once; and every problem is of the type that problems really have.

use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response};

/// What programs ask to learn whether the server is there; these are answered by all servers at any time.
const PROBES: [&str; 3] = ["/v2/status", "/v2/license", "/api/v1/status"];

/// The document with everything that an operation can answer.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        let is_probe = PROBES.contains(&path.as_str());
        for operation in operations(item) {
            for status in answers_of_its_kind(operation, is_probe) {
                let answer = || RefOr::T(Response::new(meaning(status)));
                operation.responses.responses.entry(status.to_owned()).or_insert_with(answer);
            }
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response
                    && status.starts_with(['4', '5'])
                {
                    be_problem(status, response);
                }
            }
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

fn answers_of_its_kind(operation: &Operation, is_probe: bool) -> Vec<&'static str> {
    let has_parameter = operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => matches!(parameter.parameter_in, ParameterIn::Path | ParameterIn::Query),
        _ => true,
    });
    let has_body = operation.request_body.is_some();
    let mut answers = Vec::new();
    if has_parameter || has_body {
        answers.push("400");
    }
    if has_body {
        answers.extend(["413", "415"]);
    }
    if !is_probe {
        answers.extend(["401", "503"]);
    }
    answers
}

fn be_problem(status: &str, response: &mut Response) {
    let schema = Ref::from_schema_name("Problem");
    let content = RefOr::T(Content::new(Some(RefOr::Ref(schema))));
    response.content.clear();
    response.content.insert("application/problem+json".to_owned(), content);
    if response.description.is_empty() {
        meaning(status).clone_into(&mut response.description);
    }
}

fn meaning(status: &str) -> &'static str {
    match status {
        "400" => "The request cannot be read, or a value in it is not possible; `detail` names it.",
        "401" => "Nobody may do this yet: the server has no administrator.",
        "404" => "What the request names is not there.",
        "409" => "What the request names is not in a state for it.",
        "413" => "The request is larger than the server takes.",
        "415" => "The body is missing, or not of a type that the server reads.",
        "503" => {
            "The server takes no more in at present, or has not yet read what was acknowledged; `detail` says which."
        }
        "504" => "What was waited for did not come in time.",
        _ => "The server failed; `detail` says at what.",
    }
}

#[cfg(test)]
mod tests {
    use crate::openapi;
    use serde_json::Value;

    /// Method, path and the object of each operation.
    fn operations(document: &Value) -> Vec<(String, &Value)> {
        let paths = document["paths"].as_object().expect("paths");
        let each = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
        });
        each.collect()
    }

    #[test]
    fn every_problem_is_described_as_one() {
        let document = serde_json::to_value(openapi()).expect("a document");
        let mut problems = 0;
        for (name, operation) in operations(&document) {
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let types: Vec<&String> =
                    response["content"].as_object().into_iter().flatten().map(|it| it.0).collect();
                let is_problem = status.as_str() >= "400";
                assert_eq!(types == ["application/problem+json"], is_problem, "{name} {status}: {types:?}");
                assert!(!is_problem || response["description"] != "", "{name} {status}");
                problems += usize::from(is_problem);
            }
        }
        assert!(problems > 300, "{problems}");
    }

    #[test]
    fn answers_follow_from_the_shape_of_an_operation() {
        let document = serde_json::to_value(openapi()).expect("a document");
        for (name, operation) in operations(&document) {
            let answers = |status: &str| operation["responses"].get(status).is_some();
            assert!(!name.contains('{') || answers("400"), "{name}");
            assert!(operation.get("requestBody").is_none() || (answers("413") && answers("415")), "{name}");
            assert_eq!(answers("401"), !super::PROBES.iter().any(|probe| name.ends_with(probe)), "{name}");
        }
    }
}
