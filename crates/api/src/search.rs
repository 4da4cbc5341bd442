//! Bodies of searches. Fields, operators and the OpenAPI schema all follow from the read model's entities.

use crate::extract::OptionalBody;
use crate::problem::Problem;
use crate::wire::time;
use axum::extract::{FromRequest, Request};
use history::{
    AgentDefinitions, Condition, CorrelatedSubscriptions, DecisionDefinitions, DecisionInstances,
    DecisionRequirements, ElementInstances, Entity, Field, Incidents, Jobs, Kind, MessageSubscriptions,
    Operator, Order, PageRequest, ProcessDefinitions, ProcessInstances, Query, Start, UserTasks, Value,
    Variables,
};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::marker::PhantomData;
use utoipa::openapi::schema::{
    AdditionalProperties, Array, ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, SchemaFormat, Type,
};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The body of a search for `E`: `filter`, `sort`, `page`, all optional.
pub(crate) struct SearchQuery<E> {
    /// What to search for, without the tenant.
    pub query: Query,
    entity: PhantomData<E>,
}

/// An entity with the name of its search's schema.
pub(crate) trait Searchable: Entity {
    /// The schema's name.
    const SCHEMA: &'static str;
}

macro_rules! searchable {
    ($( $entity:ident $schema:ident ),* $(,)?) => { $(
        impl Searchable for $entity {
            const SCHEMA: &'static str = stringify!($schema);
        }
        pub(crate) type $schema = SearchQuery<$entity>;
    )* };
}

searchable! {
    ProcessDefinitions ProcessDefinitionSearchQuery,
    ProcessInstances ProcessInstanceSearchQuery,
    ElementInstances ElementInstanceSearchQuery,
    Jobs JobSearchQuery,
    Variables VariableSearchQuery,
    Incidents IncidentSearchQuery,
    UserTasks UserTaskSearchQuery,
    MessageSubscriptions MessageSubscriptionSearchQuery,
    CorrelatedSubscriptions CorrelatedMessageSubscriptionSearchQuery,
    DecisionDefinitions DecisionDefinitionSearchQuery,
    DecisionRequirements DecisionRequirementsSearchQuery,
    DecisionInstances DecisionInstanceSearchQuery,
    AgentDefinitions AgentDefinitionSearchQuery,
}

impl<E: Searchable, S: Send + Sync> FromRequest<S> for SearchQuery<E> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let OptionalBody(body) =
            OptionalBody::<Option<Map<String, Json>>>::from_request(request, state).await?;
        Ok(SearchQuery { query: query::<E>(&body.unwrap_or_default())?, entity: PhantomData })
    }
}

impl<E> SearchQuery<E> {
    /// The search inside a tenant.
    pub fn of_tenant(mut self, tenant: String) -> Query {
        self.query.tenant = tenant;
        self.query
    }

    /// The search inside a tenant, where a field has a value.
    pub fn with(self, tenant: String, name: &str, value: impl Into<Value>) -> Query {
        self.which(tenant, name, Operator::Eq(value.into()))
    }

    /// The search inside a tenant, where something holds of a field.
    pub fn which(self, tenant: String, name: &str, operator: Operator) -> Query {
        let mut query = self.of_tenant(tenant);
        let fixed = Condition::Field { name: name.to_owned(), operator };
        query.condition = Condition::All(vec![query.condition, fixed]);
        query
    }
}

fn wrong(path: &str, must: &str) -> Problem {
    Problem::unreadable(
        format!("Request property [{path}] cannot be parsed"),
        format!("{path} must be {must}"),
    )
}

fn query<E: Searchable>(body: &Map<String, Json>) -> Result<Query, Problem> {
    let mut query = Query::default();
    if let Some(filter) = present(body, "filter") {
        query.condition = filter_of::<E>(filter, "filter")?;
    }
    if let Some(sort) = present(body, "sort") {
        let items = sort.as_array().ok_or_else(|| wrong("sort", "a list"))?;
        for (at, item) in items.iter().enumerate() {
            query.sort.push(sort_of::<E>(item, &format!("sort[{at}]"))?);
        }
    }
    if let Some(page) = present(body, "page") {
        query.page = page_of(page)?;
    }
    Ok(query)
}

fn present<'a>(object: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    object.get(name).filter(|value| !value.is_null())
}

fn sort_of<E: Searchable>(item: &Json, path: &str) -> Result<(String, Order), Problem> {
    let field = item.get("field").and_then(Json::as_str);
    let field = field.ok_or_else(|| Problem::invalid("Sort field must not be null."))?;
    let order = match item.get("order") {
        None | Some(Json::Null) => Order::Ascending,
        Some(Json::String(text)) if text.eq_ignore_ascii_case("asc") => Order::Ascending,
        Some(Json::String(text)) if text.eq_ignore_ascii_case("desc") => Order::Descending,
        Some(_) => return Err(wrong(&format!("{path}.order"), "ASC or DESC")),
    };
    if E::field(field).is_none() {
        let known = E::FIELDS.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
        return Err(Problem::invalid(format!("Unknown sortBy: {field}. Possible are {known}.")));
    }
    Ok((field.to_owned(), order))
}

fn page_of(page: &Json) -> Result<PageRequest, Problem> {
    let page = page.as_object().ok_or_else(|| wrong("page", "an object"))?;
    let number = |name: &str| match present(page, name) {
        None => Ok(None),
        Some(value) => {
            let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
            number.map(Some).ok_or_else(|| wrong(&format!("page.{name}"), "a whole number from 0"))
        }
    };
    let cursor = |name: &str| match present(page, name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(&format!("page.{name}"), "a cursor")),
    };
    let mut starts = Vec::new();
    starts.extend(number("from")?.map(|from| Start::From(from as usize)));
    starts.extend(cursor("after")?.map(Start::After));
    starts.extend(cursor("before")?.map(Start::Before));
    if starts.len() > 1 {
        return Err(Problem::invalid("Only one of [from, after, before] is allowed."));
    }
    let limit = number("limit")?.unwrap_or(100);
    if limit > history::MAX_LIMIT as u64 {
        let must = format!("within the [0,{}] range", history::MAX_LIMIT);
        return Err(Problem::invalid(format!("The value for page.limit is '{limit}' but must be {must}.")));
    }
    Ok(PageRequest { limit: limit as usize, start: starts.pop().unwrap_or_default() })
}

/// The condition of a filter object: all of its members hold, and one of the alternatives in `$or`.
pub(crate) fn filter_of<E: Entity>(filter: &Json, path: &str) -> Result<Condition, Problem> {
    let members = filter.as_object().ok_or_else(|| wrong(path, "an object"))?;
    let mut all = Vec::new();
    for (name, value) in members {
        let path = format!("{path}.{name}");
        if value.is_null() {
            continue;
        }
        match (name.as_str(), E::VARIABLES) {
            ("$or", _) => {
                let parts = value.as_array().ok_or_else(|| wrong(&path, "a list"))?;
                let parts =
                    parts.iter().enumerate().map(|(at, part)| filter_of::<E>(part, &format!("{path}[{at}]")));
                all.push(Condition::Any(parts.collect::<Result<_, _>>()?));
            }
            ("variables" | "processInstanceVariables", Some(_)) => variables(value, &path, false, &mut all)?,
            ("localVariables", Some(_)) => variables(value, &path, true, &mut all)?,
            _ => {
                let Some(field) = E::field(name) else {
                    let known = E::FIELDS.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
                    let text = format!("[{path}] is not a field of {}; the fields are {known}.", E::NAME);
                    return Err(Problem::invalid(text));
                };
                field_of(field, value, &path, &mut all)?;
            }
        }
    }
    Ok(Condition::All(all))
}

fn field_of(field: &Field, value: &Json, path: &str, all: &mut Vec<Condition>) -> Result<(), Problem> {
    // All of the listed texts must be there.
    if let (Kind::List, Json::Array(items)) = (field.kind, value) {
        for item in items {
            let operator = Operator::Eq(value_of(field.kind, item, path)?);
            all.push(Condition::All(vec![Condition::Field { name: field.name.to_owned(), operator }]));
        }
        return Ok(());
    }
    for operator in operators(field.kind, value, path)? {
        all.push(Condition::Field { name: field.name.to_owned(), operator });
    }
    Ok(())
}

fn variables(value: &Json, path: &str, local: bool, all: &mut Vec<Condition>) -> Result<(), Problem> {
    let items = value.as_array().ok_or_else(|| wrong(path, "a list"))?;
    for (at, item) in items.iter().enumerate() {
        let path = format!("{path}[{at}]");
        let name = item.get("name").and_then(Json::as_str);
        let name = name.ok_or_else(|| Problem::invalid(format!("No {path}.name provided.")))?.to_owned();
        let value = item.get("value").filter(|value| !value.is_null());
        let value = value.ok_or_else(|| Problem::invalid(format!("No {path}.value provided.")))?;
        let operators = operators(Kind::Text, value, &format!("{path}.value"))?;
        all.push(Condition::Variable { name, operators, local });
    }
    Ok(())
}

/// A value alone means equality; an object holds operators, all of which must hold.
fn operators(kind: Kind, value: &Json, path: &str) -> Result<Vec<Operator>, Problem> {
    let Json::Object(members) = value else {
        return Ok(vec![Operator::Eq(value_of(kind, value, path)?)]);
    };
    let mut operators = Vec::new();
    for (name, value) in members {
        if value.is_null() {
            continue;
        }
        let path = format!("{path}.{name}");
        let one = || value_of(kind, value, &path);
        let list = || {
            let items = value.as_array().ok_or_else(|| wrong(&path, "a list"))?;
            items.iter().map(|item| value_of(kind, item, &path)).collect::<Result<Vec<_>, _>>()
        };
        operators.push(match name.as_str() {
            "$eq" => Operator::Eq(one()?),
            "$neq" => Operator::Neq(one()?),
            "$gt" => Operator::Gt(one()?),
            "$gte" => Operator::Gte(one()?),
            "$lt" => Operator::Lt(one()?),
            "$lte" => Operator::Lte(one()?),
            "$in" => Operator::In(list()?),
            "$notIn" => Operator::NotIn(list()?),
            "$exists" => Operator::Exists(value.as_bool().ok_or_else(|| wrong(&path, "true or false"))?),
            "$like" => {
                let pattern = value.as_str().ok_or_else(|| wrong(&path, "a text"))?;
                let fixed = kind == Kind::Name;
                Operator::Like(if fixed { pattern.to_uppercase() } else { pattern.to_owned() })
            }
            _ => {
                let known = "$eq, $neq, $exists, $in, $notIn, $like, $gt, $gte, $lt, $lte";
                return Err(Problem::invalid(format!("[{path}] is not an operator; there are {known}.")));
            }
        });
    }
    Ok(operators)
}

fn value_of(kind: Kind, value: &Json, path: &str) -> Result<Value, Problem> {
    let number = || value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    match kind {
        Kind::Text | Kind::List => value.as_str().map(Value::from).ok_or_else(|| wrong(path, "a text")),
        Kind::Name => value
            .as_str()
            .map(|text| text.to_uppercase().as_str().into())
            .ok_or_else(|| wrong(path, "a name")),
        Kind::Key => number().map(Value::from).ok_or_else(|| wrong(path, "a key")),
        Kind::Number => number().map(Value::from).ok_or_else(|| wrong(path, "a whole number")),
        Kind::Truth => value
            .as_bool()
            .map(|truth| Value::from(i64::from(truth)))
            .ok_or_else(|| wrong(path, "true or false")),
        Kind::Time => {
            let text = value.as_str().ok_or_else(|| wrong(path, "a date and time"))?;
            time(text).map(Value::from).ok_or_else(|| {
                let rule = "cannot be parsed as a date according to RFC 3339, section 5.6.";
                Problem::invalid(format!("The provided {path} '{text}' {rule}"))
            })
        }
    }
}

// ---- OpenAPI

impl<E: Searchable> ToSchema for SearchQuery<E> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(E::SCHEMA)
    }
}

impl<E: Searchable> PartialSchema for SearchQuery<E> {
    fn schema() -> RefOr<Schema> {
        let mut filter = ObjectBuilder::new();
        let mut sortable = Vec::new();
        for field in E::FIELDS {
            filter = filter.property(field.name, field_schema(field.kind));
            sortable.push(field.name);
        }
        if E::VARIABLES.is_some() {
            for name in ["variables", "processInstanceVariables", "localVariables"] {
                filter = filter.property(name, Array::new(variable_schema()));
            }
        }
        filter = filter.property(
            "$or",
            ArrayBuilder::new()
                .items(ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(true))))
                .description(Some("Alternatives, each a filter of its own, of which one must hold.")),
        );
        let sort = ObjectBuilder::new()
            .property("field", ObjectBuilder::new().schema_type(Type::String).enum_values(Some(sortable)))
            .required("field")
            .property(
                "order",
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["ASC", "DESC"])),
            );
        let number = || ObjectBuilder::new().schema_type(Type::Integer);
        let page = ObjectBuilder::new()
            .property("limit", number().description(Some("Items of a page, 100 where it does not say.")))
            .property("from", number().description(Some("Items to pass over.")))
            .property("after", text().description(Some("The `endCursor` of the page before this one.")))
            .property("before", text().description(Some("The `startCursor` of the page after this one.")));
        let body = ObjectBuilder::new()
            .property("filter", filter)
            .property("sort", Array::new(sort))
            .property("page", page);
        RefOr::T(Schema::Object(body.build()))
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn variable_schema() -> Object {
    ObjectBuilder::new()
        .property("name", text())
        .required("name")
        .property("value", field_schema(Kind::Text))
        .required("value")
        .description(Some("A variable with the JSON text of its value."))
        .build()
}

fn field_schema(kind: Kind) -> Schema {
    let value = match kind {
        Kind::Text | Kind::Name | Kind::Key | Kind::List => text(),
        Kind::Time => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))),
        Kind::Number => ObjectBuilder::new().schema_type(Type::Integer),
        Kind::Truth => return ObjectBuilder::new().schema_type(Type::Boolean).into(),
    };
    let value = value.build();
    let mut advanced = ObjectBuilder::new();
    for name in ["$eq", "$neq"] {
        advanced = advanced.property(name, value.clone());
    }
    if matches!(kind, Kind::Number | Kind::Time) {
        for name in ["$gt", "$gte", "$lt", "$lte"] {
            advanced = advanced.property(name, value.clone());
        }
    } else {
        advanced = advanced.property("$like", text());
    }
    for name in ["$in", "$notIn"] {
        advanced = advanced.property(name, Array::new(value.clone()));
    }
    advanced = advanced.property("$exists", ObjectBuilder::new().schema_type(Type::Boolean));
    let mut either = OneOfBuilder::new().item(value.clone()).item(advanced);
    if kind == Kind::List {
        either = either.item(Array::new(value));
    }
    Schema::OneOf(either.build())
}
