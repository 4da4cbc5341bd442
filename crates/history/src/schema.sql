-- The read model. Keys are unique across tenants, so a row's key alone is its primary key; every index that a
-- search walks starts with the tenant, and every search names its tenant. Times are milliseconds since 1970.

CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  format INTEGER NOT NULL,
  position INTEGER NOT NULL,
  time INTEGER NOT NULL
);

-- Every record, with the events of its aggregate: what an instance's history, audit and change streams read.
CREATE TABLE records (
  lsn INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  request_id TEXT,
  traceparent TEXT,
  instance INTEGER NOT NULL,
  aggregate TEXT NOT NULL,
  command TEXT NOT NULL,
  events BLOB,
  -- The instance's definition when the record began; a migration changes it.
  definition INTEGER
);
CREATE INDEX records_instance ON records (instance, lsn) WHERE instance <> 0;

CREATE TABLE deployments (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  created INTEGER NOT NULL,
  actor TEXT NOT NULL
);
CREATE TABLE resources (
  deployment INTEGER NOT NULL,
  name TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (deployment, name)
);
CREATE TABLE process_definitions (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  version_tag TEXT,
  name TEXT,
  resource TEXT NOT NULL,
  deployment INTEGER NOT NULL,
  created INTEGER NOT NULL,
  has_start_form INTEGER NOT NULL
);
CREATE UNIQUE INDEX process_definitions_id ON process_definitions (tenant, id, version);

-- Flow nodes and sequence flows of a definition by their ordinal in document order; 0 is the process.
CREATE TABLE elements (
  definition INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT,
  type TEXT NOT NULL,
  bpmn_type TEXT NOT NULL,
  headers TEXT,
  multi_instance INTEGER NOT NULL,
  properties TEXT,
  PRIMARY KEY (definition, ordinal)
) WITHOUT ROWID;

-- Elements that are AI agents.
CREATE TABLE agent_definitions (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  definition INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  type TEXT NOT NULL
);
CREATE INDEX agent_definitions_tenant ON agent_definitions (tenant, key);

CREATE TABLE process_instances (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  definition INTEGER NOT NULL,
  state TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER,
  suspended INTEGER,
  parent INTEGER,
  parent_element INTEGER,
  root INTEGER NOT NULL,
  business_id TEXT,
  tags TEXT,
  traceparent TEXT
);
CREATE INDEX process_instances_definition ON process_instances (tenant, definition);
CREATE INDEX process_instances_parent ON process_instances (parent) WHERE parent IS NOT NULL;
CREATE INDEX process_instances_root ON process_instances (root);
CREATE INDEX process_instances_active ON process_instances (tenant, key) WHERE state = 'ACTIVE';
CREATE INDEX process_instances_business ON process_instances (tenant, business_id) WHERE business_id IS NOT NULL;

CREATE TABLE element_instances (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  instance INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  -- 0 the element, 1 an iteration of it, 2 the body around the iterations, 3 the scope of an activity of an ad-hoc
  -- sub-process. Bodies and scopes of activities are not counted.
  role INTEGER NOT NULL,
  state TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER
);
CREATE INDEX element_instances_instance ON element_instances (instance);

-- How many element instances of an element are in which state.
CREATE TABLE element_counts (
  definition INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  active INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  terminated INTEGER NOT NULL,
  PRIMARY KEY (definition, ordinal)
) WITHOUT ROWID;

CREATE TABLE sequence_flows (
  instance INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (instance, definition, ordinal)
) WITHOUT ROWID;

-- Tokens that wait at the end of a flow for others.
CREATE TABLE waiting_tokens (
  instance INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  PRIMARY KEY (instance, scope, ordinal)
) WITHOUT ROWID;

CREATE TABLE jobs (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  instance INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  element INTEGER NOT NULL,
  type TEXT NOT NULL,
  kind TEXT NOT NULL,
  event TEXT,
  state TEXT NOT NULL,
  retries INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  worker TEXT,
  deadline INTEGER,
  retry_at INTEGER,
  error_code TEXT,
  error_message TEXT,
  failed_with_retries INTEGER NOT NULL,
  denied INTEGER,
  denied_reason TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  ended INTEGER
);
CREATE INDEX jobs_instance ON jobs (instance);
CREATE INDEX jobs_open ON jobs (tenant, type) WHERE ended IS NULL;

CREATE TABLE variables (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  instance INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  updated INTEGER NOT NULL
);
CREATE UNIQUE INDEX variables_scope ON variables (scope, name);
CREATE INDEX variables_instance ON variables (instance);

CREATE TABLE incidents (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  instance INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  element INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  job INTEGER,
  type TEXT NOT NULL,
  message TEXT NOT NULL,
  cause TEXT,
  state TEXT NOT NULL,
  created INTEGER NOT NULL,
  resolved INTEGER
);
CREATE INDEX incidents_instance ON incidents (instance);
CREATE INDEX incidents_active ON incidents (tenant, definition) WHERE state = 'ACTIVE';
CREATE INDEX incidents_active_element ON incidents (element) WHERE state = 'ACTIVE';
CREATE INDEX incidents_active_instance ON incidents (instance) WHERE state = 'ACTIVE';

CREATE TABLE user_tasks (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  instance INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  element INTEGER NOT NULL,
  state TEXT NOT NULL,
  assignee TEXT,
  candidate_users TEXT NOT NULL,
  candidate_groups TEXT NOT NULL,
  due INTEGER,
  follow_up INTEGER,
  priority INTEGER NOT NULL,
  -- Name of a form outside, or key of one in the model.
  form TEXT,
  -- The deployed form.
  form_key INTEGER,
  action TEXT,
  denied_reason TEXT,
  -- What the transition under way will change.
  changes BLOB,
  created INTEGER NOT NULL,
  ended INTEGER
);
CREATE INDEX user_tasks_instance ON user_tasks (instance);
CREATE INDEX user_tasks_open ON user_tasks (tenant, assignee) WHERE ended IS NULL;

CREATE TABLE timers (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  instance INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  element INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  due INTEGER NOT NULL,
  repetitions INTEGER NOT NULL,
  state TEXT NOT NULL
);
CREATE INDEX timers_instance ON timers (instance);

CREATE TABLE message_subscriptions (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  instance INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  element INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  correlation_key TEXT NOT NULL,
  state TEXT NOT NULL,
  updated INTEGER NOT NULL
);
CREATE INDEX message_subscriptions_instance ON message_subscriptions (instance);
CREATE INDEX message_subscriptions_open ON message_subscriptions (tenant, name) WHERE state = 'CREATED';

CREATE TABLE signal_subscriptions (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  instance INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  element INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  created INTEGER NOT NULL
);
CREATE INDEX signal_subscriptions_instance ON signal_subscriptions (instance);

-- Conditions that are waited for.
CREATE TABLE conditions (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  instance INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  element INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  state TEXT NOT NULL,
  created INTEGER NOT NULL
);
CREATE INDEX conditions_instance ON conditions (instance);

CREATE TABLE correlations (
  key INTEGER PRIMARY KEY,
  subscription INTEGER NOT NULL,
  message INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  time INTEGER NOT NULL
);
CREATE INDEX correlations_subscription ON correlations (subscription);

CREATE TABLE messages (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  correlation_key TEXT NOT NULL,
  message_id TEXT,
  published INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  state TEXT NOT NULL
);

CREATE TABLE decision_requirements (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  resource TEXT NOT NULL,
  deployment INTEGER NOT NULL,
  created INTEGER NOT NULL
);
CREATE UNIQUE INDEX decision_requirements_id ON decision_requirements (tenant, id, version);

CREATE TABLE decision_definitions (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  requirements INTEGER NOT NULL
);
CREATE UNIQUE INDEX decision_definitions_id ON decision_definitions (tenant, id, version);
CREATE INDEX decision_definitions_requirements ON decision_definitions (requirements);

-- One row for each decision of an evaluation; the id is "<evaluation>-<place in it from 1>".
CREATE TABLE decision_instances (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  state TEXT NOT NULL,
  evaluated INTEGER NOT NULL,
  failure TEXT,
  instance INTEGER,
  definition INTEGER,
  element INTEGER,
  decision INTEGER NOT NULL,
  decision_id TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  root_decision INTEGER NOT NULL,
  requirements INTEGER NOT NULL,
  result TEXT NOT NULL,
  inputs TEXT NOT NULL,
  rules TEXT NOT NULL
);
CREATE UNIQUE INDEX decision_instances_id ON decision_instances (id);
CREATE INDEX decision_instances_evaluation ON decision_instances (evaluation);
CREATE INDEX decision_instances_instance ON decision_instances (instance) WHERE instance IS NOT NULL;
CREATE INDEX decision_instances_decision ON decision_instances (tenant, decision);

-- Deployed files that are neither processes nor decisions; their content is in resources.
CREATE TABLE files (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  version_tag TEXT,
  deployment INTEGER NOT NULL,
  -- Forms have ids of their own.
  is_form INTEGER NOT NULL
);
CREATE UNIQUE INDEX files_id ON files (tenant, is_form, id, version);
