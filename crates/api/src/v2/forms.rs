//! Forms, deployed or part of a model.

use crate::authorized::{Authorized, DeployedFile, Read};
use crate::extract::PathKey;
use crate::problem::Problem;
use crate::state::AppState;
use crate::wire::NO_CONTENT;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use history::FormRow;
use record::Key;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![get_form_by_key]
}

/// A form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FormResult {
    /// The tenant.
    tenant_id: String,
    /// Its id.
    form_id: String,
    /// The form as a JSON document.
    schema: String,
    /// 1 for the first version of this id; of a form that stands in a model, the version of its process.
    version: i64,
    /// Its key; of a form that stands in a model, the key of its process definition.
    #[schema(value_type = String)]
    form_key: Key,
}

impl From<FormRow> for FormResult {
    fn from(row: FormRow) -> Self {
        FormResult {
            tenant_id: row.tenant,
            form_id: row.id,
            schema: row.schema,
            version: row.version.into(),
            form_key: Key(row.key),
        }
    }
}

/// The form, or that there is none.
pub(crate) fn answer(form: Option<FormRow>) -> Response {
    match form {
        Some(form) => Json(FormResult::from(form)).into_response(),
        None => NO_CONTENT.into_response(),
    }
}

/// A deployed form.
#[utoipa::path(get, path = "/v2/forms/{formKey}", operation_id = "getFormByKey", tag = "Form",
    params(("formKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = FormResult), (status = 404, body = Problem)))]
async fn get_form_by_key(
    auth: Authorized<Read, DeployedFile>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<FormResult>, Problem> {
    let tenant = auth.tenant();
    let found = app.read(move |history| history.form(&tenant, key.0)).await?;
    found.map(|row| Json(row.into())).ok_or_else(|| Problem::no_such("Form", key))
}
