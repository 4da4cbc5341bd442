//! What can be searched: where each entity's rows come from, and its fields by the names of Camunda's API.

use crate::batch::task_changes;
use crate::deletion::is_there;
use crate::elements::unlist;
use crate::rows::{
    CorrelatedSubscriptionRow, ElementInstanceRow, IncidentRow, JobRow, MessageSubscriptionRow, OfDefinition,
    ProcessDefinitionRow, ProcessInstanceRow, UserTaskRow, VariableRow,
};
use rusqlite::Row;

/// Something that can be searched.
pub trait Entity {
    /// What a search gives.
    type Row: Send + 'static;
    /// Its name, plural, for people.
    const NAME: &'static str;
    /// Tables.
    const FROM: &'static str;
    /// Columns that [`Entity::read`] reads.
    const SELECT: &'static str;
    /// The key's expression.
    const KEY: &'static str;
    /// The tenant's expression.
    const TENANT: &'static str;
    /// Fields to filter and sort by.
    const FIELDS: &'static [Field];
    /// What a search finds; a get finds the others too.
    const SEARCHED: Option<&'static str> = None;
    /// Scopes of the variables of the instance and of the element instance, where there are some.
    const VARIABLES: Option<(&'static str, &'static str)> = None;
    /// Reads a row.
    fn read(row: &Row<'_>) -> rusqlite::Result<Self::Row>;
    /// The field with a name.
    fn field(name: &str) -> Option<&'static Field> {
        Self::FIELDS.iter().find(|field| field.name == name)
    }
}

/// A field of an entity.
#[derive(Debug)]
pub struct Field {
    /// Its name in the API.
    pub name: &'static str,
    /// The kind of its values.
    pub kind: Kind,
    pub(crate) sql: &'static str,
    /// A condition on related rows, with `{}` where the field's own condition goes.
    pub(crate) wrap: Option<&'static str>,
}

/// The kind of a field's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A name out of a fixed set, compared in upper case.
    Name,
    /// A key.
    Key,
    /// A number.
    Number,
    /// A moment, milliseconds since 1970.
    Time,
    /// True (1) or false (0).
    Truth,
    /// A list of texts: a condition holds where it holds of one of them.
    List,
}

/// A field of the entity's own row.
pub(crate) const fn field(name: &'static str, kind: Kind, sql: &'static str) -> Field {
    Field { name, kind, sql, wrap: None }
}

const fn related(name: &'static str, kind: Kind, sql: &'static str, wrap: &'static str) -> Field {
    Field { name, kind, sql, wrap: Some(wrap) }
}

use Kind::{Key, List, Name, Number, Text, Time, Truth};

/// Process definitions.
pub struct ProcessDefinitions;

impl Entity for ProcessDefinitions {
    type Row = ProcessDefinitionRow;
    const NAME: &'static str = "process definitions";
    const FROM: &'static str = "process_definitions d";
    const SELECT: &'static str =
        "d.key, d.id, d.version, d.version_tag, d.name, d.resource, d.deployment, d.created,
        d.has_start_form, d.tenant, EXISTS (SELECT 1 FROM deleted gone WHERE gone.key = d.key)";
    const KEY: &'static str = "d.key";
    const TENANT: &'static str = "d.tenant";
    const FIELDS: &'static [Field] = &[
        field("processDefinitionKey", Key, "d.key"),
        field("processDefinitionId", Text, "d.id"),
        field("name", Text, "d.name"),
        field("version", Number, "d.version"),
        field("versionTag", Text, "d.version_tag"),
        field("resourceName", Text, "d.resource"),
        field("deploymentKey", Key, "d.deployment"),
        field("hasStartForm", Truth, "d.has_start_form"),
        field("tenantId", Text, "d.tenant"),
        field("state", Name, concat!("iif(", is_there!("d.key"), ", 'ACTIVE', 'DELETED')")),
        field(
            "isLatestVersion",
            Truth,
            concat!(
                "(",
                is_there!("d.key"),
                " AND NOT EXISTS (SELECT 1 FROM process_definitions n WHERE n.tenant = d.tenant AND n.id = d.id
                   AND n.version > d.version AND ",
                is_there!("n.key"),
                "))"
            ),
        ),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<ProcessDefinitionRow> {
        Ok(ProcessDefinitionRow {
            key: row.get(0)?,
            id: row.get(1)?,
            version: row.get(2)?,
            version_tag: row.get(3)?,
            name: row.get(4)?,
            resource: row.get(5)?,
            deployment: row.get(6)?,
            created: row.get(7)?,
            has_start_form: row.get(8)?,
            tenant: row.get(9)?,
            deleted: row.get(10)?,
        })
    }
}

fn of_definition(row: &Row<'_>, at: usize) -> rusqlite::Result<OfDefinition> {
    Ok(OfDefinition {
        key: row.get(at)?,
        id: row.get::<_, Option<String>>(at + 1)?.unwrap_or_default(),
        name: row.get(at + 2)?,
        version: row.get::<_, Option<i32>>(at + 3)?.unwrap_or_default(),
    })
}

const WITH_ELEMENT: &str = "EXISTS (SELECT 1 FROM element_instances xi
    JOIN elements xe ON xe.definition = xi.definition AND xe.ordinal = xi.ordinal
    WHERE xi.instance = p.key AND xi.ordinal > 0 AND {})";
const WITH_INCIDENT: &str =
    "EXISTS (SELECT 1 FROM incidents xn WHERE xn.instance = p.key AND xn.state = 'ACTIVE' AND {})";
const WITH_JOB: &str = "EXISTS (SELECT 1 FROM jobs xj WHERE xj.instance = p.key AND xj.ended IS NULL AND {})";
const HAS_INCIDENT: &str =
    "EXISTS (SELECT 1 FROM incidents hi WHERE hi.instance = p.key AND hi.state = 'ACTIVE')";

/// Process instances.
pub struct ProcessInstances;

impl Entity for ProcessInstances {
    type Row = ProcessInstanceRow;
    const NAME: &'static str = "process instances";
    const FROM: &'static str = "process_instances p LEFT JOIN process_definitions d ON d.key = p.definition";
    const SELECT: &'static str =
        "p.key, p.definition, d.id, d.name, d.version, d.version_tag, p.state, p.started,
        p.ended, p.parent, p.parent_element, p.root, p.business_id, p.tags,
        EXISTS (SELECT 1 FROM incidents hi WHERE hi.instance = p.key AND hi.state = 'ACTIVE'), p.tenant,
        p.traceparent, p.suspended";
    const KEY: &'static str = "p.key";
    const TENANT: &'static str = "p.tenant";
    const FIELDS: &'static [Field] = &[
        field("processInstanceKey", Key, "p.key"),
        field("processDefinitionKey", Key, "p.definition"),
        field("processDefinitionId", Text, "d.id"),
        field("processDefinitionName", Text, "d.name"),
        field("processDefinitionVersion", Number, "d.version"),
        field("processDefinitionVersionTag", Text, "d.version_tag"),
        field("parentProcessInstanceKey", Key, "p.parent"),
        field("parentElementInstanceKey", Key, "p.parent_element"),
        field("rootProcessInstanceKey", Key, "p.root"),
        field("startDate", Time, "p.started"),
        field("endDate", Time, "p.ended"),
        field("suspendedDate", Time, "p.suspended"),
        field("state", Name, "p.state"),
        field("hasIncident", Truth, HAS_INCIDENT),
        field("tenantId", Text, "p.tenant"),
        field("businessId", Text, "p.business_id"),
        related("tags", List, "xt.value", "EXISTS (SELECT 1 FROM json_each(p.tags) xt WHERE {})"),
        related("errorMessage", Text, "xn.message", WITH_INCIDENT),
        related("incidentErrorType", Name, "xn.type", WITH_INCIDENT),
        related("elementId", Text, "xe.id", WITH_ELEMENT),
        related("elementInstanceState", Name, "xi.state", WITH_ELEMENT),
        related(
            "hasElementInstanceIncident",
            Truth,
            "EXISTS (SELECT 1 FROM incidents en WHERE en.element = xi.key AND en.state = 'ACTIVE')",
            WITH_ELEMENT,
        ),
        related("hasRetriesLeft", Truth, "(xj.state = 'FAILED' AND xj.retries > 0)", WITH_JOB),
    ];
    const VARIABLES: Option<(&'static str, &'static str)> = Some(("p.key", "p.key"));
    fn read(row: &Row<'_>) -> rusqlite::Result<ProcessInstanceRow> {
        Ok(ProcessInstanceRow {
            key: row.get(0)?,
            definition: of_definition(row, 1)?,
            version_tag: row.get(5)?,
            state: row.get(6)?,
            started: row.get(7)?,
            ended: row.get(8)?,
            parent: row.get(9)?,
            parent_element: row.get(10)?,
            root: row.get(11)?,
            business_id: row.get(12)?,
            tags: unlist(row.get(13)?),
            has_incident: row.get(14)?,
            tenant: row.get(15)?,
            traceparent: row.get(16)?,
            suspended: row.get(17)?,
        })
    }
}

/// What will be the body of a loop is one already, before its first iteration begins.
const ELEMENT_KIND: &str = "CASE WHEN e.role = 3 THEN 'AD_HOC_SUB_PROCESS_INNER_INSTANCE'
    WHEN e.role = 2 OR e.role = 0 AND el.multi_instance THEN 'MULTI_INSTANCE_BODY'
    ELSE coalesce(el.type, 'UNKNOWN') END";
const ELEMENT_INCIDENT: &str =
    "(SELECT min(n.key) FROM incidents n WHERE n.element = e.key AND n.state = 'ACTIVE')";

/// Element instances.
pub struct ElementInstances;

impl Entity for ElementInstances {
    type Row = ElementInstanceRow;
    const NAME: &'static str = "element instances";
    const FROM: &'static str = "element_instances e
        LEFT JOIN elements el ON el.definition = e.definition AND el.ordinal = e.ordinal
        LEFT JOIN process_definitions d ON d.key = e.definition
        LEFT JOIN process_instances p ON p.key = e.instance";
    const SELECT: &'static str = "e.key, e.instance, p.root, e.definition, d.id, d.name, d.version, el.id, el.name,
        CASE WHEN e.role = 3 THEN 'AD_HOC_SUB_PROCESS_INNER_INSTANCE'
          WHEN e.role = 2 OR e.role = 0 AND el.multi_instance THEN 'MULTI_INSTANCE_BODY'
          ELSE coalesce(el.type, 'UNKNOWN') END, e.scope, e.state, e.started,
        e.ended, (SELECT min(n.key) FROM incidents n WHERE n.element = e.key AND n.state = 'ACTIVE'), e.tenant";
    const KEY: &'static str = "e.key";
    const TENANT: &'static str = "e.tenant";
    const FIELDS: &'static [Field] = &[
        field("elementInstanceKey", Key, "e.key"),
        field("processInstanceKey", Key, "e.instance"),
        field("rootProcessInstanceKey", Key, "p.root"),
        field("processDefinitionKey", Key, "e.definition"),
        field("processDefinitionId", Text, "d.id"),
        field("elementId", Text, "el.id"),
        field("elementName", Text, "el.name"),
        field("type", Name, ELEMENT_KIND),
        field("state", Name, "e.state"),
        field("startDate", Time, "e.started"),
        field("endDate", Time, "e.ended"),
        field("elementInstanceScopeKey", Key, "e.scope"),
        field("incidentKey", Key, ELEMENT_INCIDENT),
        field(
            "hasIncident",
            Truth,
            "EXISTS (SELECT 1 FROM incidents n WHERE n.element = e.key AND n.state = 'ACTIVE')",
        ),
        field("tenantId", Text, "e.tenant"),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<ElementInstanceRow> {
        Ok(ElementInstanceRow {
            key: row.get(0)?,
            instance: row.get(1)?,
            root: row.get::<_, Option<i64>>(2)?.unwrap_or_default(),
            definition: of_definition(row, 3)?,
            element_id: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
            element_name: row.get(8)?,
            kind: row.get(9)?,
            scope: row.get(10)?,
            state: row.get(11)?,
            started: row.get(12)?,
            ended: row.get(13)?,
            incident: row.get(14)?,
            tenant: row.get(15)?,
        })
    }
}

/// Jobs.
pub struct Jobs;

impl Entity for Jobs {
    type Row = JobRow;
    const NAME: &'static str = "jobs";
    const FROM: &'static str = "jobs j
        LEFT JOIN element_instances e ON e.key = j.element
        LEFT JOIN elements el ON el.definition = e.definition AND el.ordinal = e.ordinal
        LEFT JOIN process_definitions d ON d.key = j.definition
        LEFT JOIN process_instances p ON p.key = j.instance";
    const SELECT: &'static str = "j.key, j.instance, p.root, j.definition, d.id, d.name, d.version, j.element, el.id,
        j.type, j.kind, j.event, j.state, j.retries, j.priority, j.worker, j.deadline, j.retry_at, j.error_code,
        j.error_message, j.failed_with_retries, j.denied, j.denied_reason, el.headers, j.created, j.updated, j.ended,
        j.tenant, p.business_id";
    const KEY: &'static str = "j.key";
    const TENANT: &'static str = "j.tenant";
    const FIELDS: &'static [Field] = &[
        field("jobKey", Key, "j.key"),
        field("type", Text, "j.type"),
        field("worker", Text, "j.worker"),
        field("state", Name, "j.state"),
        field("kind", Name, "j.kind"),
        field("processDefinitionKey", Key, "j.definition"),
        field("processDefinitionId", Text, "d.id"),
        field("processInstanceKey", Key, "j.instance"),
        field("rootProcessInstanceKey", Key, "p.root"),
        field("elementId", Text, "el.id"),
        field("elementInstanceKey", Key, "j.element"),
        field("deadline", Time, "j.deadline"),
        field("endTime", Time, "j.ended"),
        field("creationTime", Time, "j.created"),
        field("lastUpdateTime", Time, "j.updated"),
        field("retries", Number, "j.retries"),
        field("hasFailedWithRetriesLeft", Truth, "j.failed_with_retries"),
        field("errorCode", Text, "j.error_code"),
        field("errorMessage", Text, "j.error_message"),
        field("listenerEventType", Name, "coalesce(j.event, 'UNSPECIFIED')"),
        field("priority", Number, "j.priority"),
        field("isDenied", Truth, "j.denied"),
        field("deniedReason", Text, "j.denied_reason"),
        field("businessId", Text, "p.business_id"),
        field("tenantId", Text, "j.tenant"),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<JobRow> {
        Ok(JobRow {
            key: row.get(0)?,
            instance: row.get(1)?,
            root: row.get::<_, Option<i64>>(2)?.unwrap_or_default(),
            definition: of_definition(row, 3)?,
            element: row.get(7)?,
            element_id: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
            job_type: row.get(9)?,
            kind: row.get(10)?,
            listener_event: row.get::<_, Option<String>>(11)?.unwrap_or_else(|| "UNSPECIFIED".into()),
            state: row.get(12)?,
            retries: row.get(13)?,
            priority: row.get(14)?,
            worker: row.get(15)?,
            deadline: row.get(16)?,
            retry_at: row.get(17)?,
            error_code: row.get(18)?,
            error_message: row.get(19)?,
            failed_with_retries: row.get(20)?,
            denied: row.get(21)?,
            denied_reason: row.get(22)?,
            headers: unlist(row.get(23)?),
            created: row.get(24)?,
            updated: row.get(25)?,
            ended: row.get(26)?,
            tenant: row.get(27)?,
            business_id: row.get(28)?,
        })
    }
}

/// Variables.
pub struct Variables;

impl Entity for Variables {
    type Row = VariableRow;
    const NAME: &'static str = "variables";
    const FROM: &'static str = "variables v LEFT JOIN process_instances p ON p.key = v.instance";
    const SELECT: &'static str = "v.key, v.instance, p.root, v.scope, v.name, v.value, v.tenant";
    const KEY: &'static str = "v.key";
    const TENANT: &'static str = "v.tenant";
    const FIELDS: &'static [Field] = &[
        field("variableKey", Key, "v.key"),
        field("name", Text, "v.name"),
        field("value", Text, "v.value"),
        field("scopeKey", Key, "v.scope"),
        field("processInstanceKey", Key, "v.instance"),
        field("rootProcessInstanceKey", Key, "p.root"),
        field("isTruncated", Truth, "(length(v.value) > 8191)"),
        field("tenantId", Text, "v.tenant"),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<VariableRow> {
        Ok(VariableRow {
            key: row.get(0)?,
            instance: row.get(1)?,
            root: row.get::<_, Option<i64>>(2)?.unwrap_or_default(),
            scope: row.get(3)?,
            name: row.get(4)?,
            value: row.get(5)?,
            tenant: row.get(6)?,
        })
    }
}

/// Incidents.
pub struct Incidents;

impl Entity for Incidents {
    type Row = IncidentRow;
    const NAME: &'static str = "incidents";
    const FROM: &'static str = "incidents n
        LEFT JOIN elements el ON el.definition = n.definition AND el.ordinal = n.ordinal
        LEFT JOIN process_definitions d ON d.key = n.definition
        LEFT JOIN process_instances p ON p.key = n.instance";
    const SELECT: &'static str =
        "n.key, n.instance, p.root, n.definition, d.id, d.name, d.version, n.element, el.id,
        n.job, n.type, n.message, n.cause, n.state, n.created, n.resolved, n.tenant";
    const KEY: &'static str = "n.key";
    const TENANT: &'static str = "n.tenant";
    const FIELDS: &'static [Field] = &[
        field("incidentKey", Key, "n.key"),
        field("processDefinitionKey", Key, "n.definition"),
        field("processDefinitionId", Text, "d.id"),
        field("processInstanceKey", Key, "n.instance"),
        field("rootProcessInstanceKey", Key, "p.root"),
        field("errorType", Name, "n.type"),
        field("errorMessage", Text, "n.message"),
        field("elementId", Text, "el.id"),
        field("elementInstanceKey", Key, "n.element"),
        field("creationTime", Time, "n.created"),
        field("state", Name, "n.state"),
        field("jobKey", Key, "n.job"),
        field("tenantId", Text, "n.tenant"),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<IncidentRow> {
        Ok(IncidentRow {
            key: row.get(0)?,
            instance: row.get(1)?,
            root: row.get::<_, Option<i64>>(2)?.unwrap_or_default(),
            definition: of_definition(row, 3)?,
            element: row.get(7)?,
            element_id: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
            job: row.get(9)?,
            kind: row.get(10)?,
            message: row.get(11)?,
            cause: row.get(12)?,
            state: row.get(13)?,
            created: row.get(14)?,
            resolved: row.get(15)?,
            tenant: row.get(16)?,
        })
    }
}

/// User tasks.
pub struct UserTasks;

impl Entity for UserTasks {
    type Row = UserTaskRow;
    const NAME: &'static str = "user tasks";
    const FROM: &'static str = "user_tasks t
        LEFT JOIN element_instances e ON e.key = t.element
        LEFT JOIN elements el ON el.definition = e.definition AND el.ordinal = e.ordinal
        LEFT JOIN process_definitions d ON d.key = t.definition
        LEFT JOIN process_instances p ON p.key = t.instance";
    const SELECT: &'static str = "t.key, t.instance, p.root, t.definition, d.id, d.name, d.version, t.element, el.id,
        el.name, t.state, t.assignee, t.candidate_users, t.candidate_groups, t.due, t.follow_up, t.priority, t.form,
        t.action, t.denied_reason, el.headers, p.tags, t.created, t.ended, t.tenant, p.business_id,
        t.changes, t.form_key";
    const KEY: &'static str = "t.key";
    const TENANT: &'static str = "t.tenant";
    const FIELDS: &'static [Field] = &[
        field("userTaskKey", Key, "t.key"),
        field("state", Name, "t.state"),
        field("assignee", Text, "t.assignee"),
        field("priority", Number, "t.priority"),
        field("elementId", Text, "el.id"),
        field("name", Text, "el.name"),
        field("processDefinitionKey", Key, "t.definition"),
        field("processDefinitionId", Text, "d.id"),
        field("processInstanceKey", Key, "t.instance"),
        field("rootProcessInstanceKey", Key, "p.root"),
        field("elementInstanceKey", Key, "t.element"),
        field("creationDate", Time, "t.created"),
        field("completionDate", Time, "t.ended"),
        field("dueDate", Time, "t.due"),
        field("followUpDate", Time, "t.follow_up"),
        field("businessId", Text, "p.business_id"),
        field("tenantId", Text, "t.tenant"),
        related(
            "candidateGroup",
            List,
            "xg.value",
            "EXISTS (SELECT 1 FROM json_each(t.candidate_groups) xg WHERE {})",
        ),
        related(
            "candidateUser",
            List,
            "xu.value",
            "EXISTS (SELECT 1 FROM json_each(t.candidate_users) xu WHERE {})",
        ),
        related("tags", List, "xt.value", "EXISTS (SELECT 1 FROM json_each(p.tags) xt WHERE {})"),
    ];
    const VARIABLES: Option<(&'static str, &'static str)> = Some(("t.instance", "t.element"));
    fn read(row: &Row<'_>) -> rusqlite::Result<UserTaskRow> {
        Ok(UserTaskRow {
            key: row.get(0)?,
            instance: row.get(1)?,
            root: row.get::<_, Option<i64>>(2)?.unwrap_or_default(),
            definition: of_definition(row, 3)?,
            element: row.get(7)?,
            element_id: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
            element_name: row.get(9)?,
            state: row.get(10)?,
            assignee: row.get(11)?,
            candidate_users: unlist(row.get(12)?),
            candidate_groups: unlist(row.get(13)?),
            due: row.get(14)?,
            follow_up: row.get(15)?,
            priority: row.get(16)?,
            form: row.get(17)?,
            action: row.get(18)?,
            denied_reason: row.get(19)?,
            headers: unlist(row.get(20)?),
            tags: unlist(row.get(21)?),
            created: row.get(22)?,
            ended: row.get(23)?,
            tenant: row.get(24)?,
            business_id: row.get(25)?,
            changes: task_changes(row, 26)?,
            form_key: row.get(27)?,
        })
    }
}

fn subscription(row: &Row<'_>) -> rusqlite::Result<MessageSubscriptionRow> {
    Ok(MessageSubscriptionRow {
        key: row.get(0)?,
        instance: row.get(1)?,
        root: row.get::<_, Option<i64>>(2)?.unwrap_or_default(),
        definition: of_definition(row, 3)?,
        element: row.get(7)?,
        element_id: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
        name: row.get(9)?,
        correlation_key: row.get(10)?,
        state: row.get(11)?,
        updated: row.get(12)?,
        tenant: row.get(13)?,
        business_id: row.get(14)?,
        properties: unlist(row.get(15)?),
    })
}

/// Message subscriptions of element instances.
pub struct MessageSubscriptions;

impl Entity for MessageSubscriptions {
    type Row = MessageSubscriptionRow;
    const NAME: &'static str = "message subscriptions";
    const FROM: &'static str = "message_subscriptions s
        LEFT JOIN elements el ON el.definition = s.definition AND el.ordinal = s.ordinal
        LEFT JOIN process_definitions d ON d.key = s.definition
        LEFT JOIN process_instances p ON p.key = s.instance";
    const SELECT: &'static str =
        "s.key, s.instance, p.root, s.definition, d.id, d.name, d.version, s.element, el.id,
        s.name, s.correlation_key, s.state, s.updated, s.tenant, p.business_id, el.properties";
    const KEY: &'static str = "s.key";
    const TENANT: &'static str = "s.tenant";
    const FIELDS: &'static [Field] = &[
        field("messageSubscriptionKey", Key, "s.key"),
        field("processDefinitionKey", Key, "s.definition"),
        field("processDefinitionId", Text, "d.id"),
        field("processInstanceKey", Key, "s.instance"),
        field("rootProcessInstanceKey", Key, "p.root"),
        field("elementId", Text, "el.id"),
        field("elementInstanceKey", Key, "s.element"),
        field("messageSubscriptionState", Name, "s.state"),
        field("lastUpdatedDate", Time, "s.updated"),
        field("messageName", Text, "s.name"),
        field("correlationKey", Text, "s.correlation_key"),
        field("messageSubscriptionType", Name, "'PROCESS_EVENT'"),
        field("tenantId", Text, "s.tenant"),
        field("businessId", Text, "p.business_id"),
        field("processDefinitionName", Text, "d.name"),
        field("processDefinitionVersion", Number, "d.version"),
        field(
            "toolName",
            Text,
            "(SELECT json_extract(x.value, '$[1]') FROM json_each(el.properties) x
               WHERE json_extract(x.value, '$[0]') = 'io.camunda.tool:name' LIMIT 1)",
        ),
        field(
            "inboundConnectorType",
            Text,
            "(SELECT json_extract(x.value, '$[1]') FROM json_each(el.properties) x
               WHERE json_extract(x.value, '$[0]') = 'inbound.type' LIMIT 1)",
        ),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<MessageSubscriptionRow> {
        subscription(row)
    }
}

/// Messages that element instances took.
pub struct CorrelatedSubscriptions;

impl Entity for CorrelatedSubscriptions {
    type Row = CorrelatedSubscriptionRow;
    const NAME: &'static str = "correlated message subscriptions";
    const FROM: &'static str = "correlations c
        JOIN message_subscriptions s ON s.key = c.subscription
        LEFT JOIN elements el ON el.definition = s.definition AND el.ordinal = s.ordinal
        LEFT JOIN process_definitions d ON d.key = s.definition
        LEFT JOIN process_instances p ON p.key = s.instance";
    const SELECT: &'static str =
        "s.key, s.instance, p.root, s.definition, d.id, d.name, d.version, s.element, el.id,
        s.name, s.correlation_key, s.state, s.updated, s.tenant, p.business_id, el.properties,
        c.message, c.partition, c.time";
    const KEY: &'static str = "c.key";
    const TENANT: &'static str = "s.tenant";
    const FIELDS: &'static [Field] = &[
        field("subscriptionKey", Key, "s.key"),
        field("messageKey", Key, "c.message"),
        field("partitionId", Number, "c.partition"),
        field("correlationTime", Time, "c.time"),
        field("processDefinitionKey", Key, "s.definition"),
        field("processDefinitionId", Text, "d.id"),
        field("processInstanceKey", Key, "s.instance"),
        field("elementId", Text, "el.id"),
        field("elementInstanceKey", Key, "s.element"),
        field("messageName", Text, "s.name"),
        field("correlationKey", Text, "s.correlation_key"),
        field("tenantId", Text, "s.tenant"),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<CorrelatedSubscriptionRow> {
        Ok(CorrelatedSubscriptionRow {
            subscription: subscription(row)?,
            message: row.get(16)?,
            partition: row.get(17)?,
            time: row.get(18)?,
        })
    }
}
