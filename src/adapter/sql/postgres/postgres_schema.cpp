#include "adapter/sql/postgres/postgres_schema.h"

#include <array>

#include "base/planted.h"

namespace orgo::sql {
namespace {

// Append only: a released step is never edited. The tables are those of the other engine with the same columns (a test
// of both compares them); text is compared and sorted by its bytes, as there. Rows that change often leave room in
// their page for their next version.
constexpr auto kSteps = std::to_array<const char*>({
    R"sql(
CREATE TABLE tenants (
  id BIGINT, name TEXT COLLATE "C" NOT NULL UNIQUE, created_at BIGINT NOT NULL, version BIGINT NOT NULL DEFAULT 1,
  state SMALLINT NOT NULL DEFAULT 1, PRIMARY KEY (id));
CREATE INDEX tenants_suspended ON tenants (id) WHERE state = 2;
CREATE TABLE tenant_recipients (
  recipient TEXT COLLATE "C" NOT NULL, tenant BIGINT NOT NULL, PRIMARY KEY (recipient));
CREATE INDEX recipients_of_tenant ON tenant_recipients (tenant, recipient);
CREATE TABLE counters (
  tenant BIGINT NOT NULL, kind SMALLINT NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (tenant, kind))
  WITH (fillfactor = 50);
CREATE TABLE messages (
  tenant BIGINT NOT NULL, id BIGINT NOT NULL, channel SMALLINT NOT NULL, recipient TEXT COLLATE "C" NOT NULL,
  sender TEXT COLLATE "C" NOT NULL, peer TEXT COLLATE "C" NOT NULL, received_at BIGINT NOT NULL,
  id_hash BIGINT NOT NULL, copy_hash BIGINT NOT NULL, content BYTEA NOT NULL, known_id SMALLINT NOT NULL,
  blob TEXT COLLATE "C" NOT NULL, size BIGINT NOT NULL, archived_state SMALLINT NOT NULL,
  archived_at BIGINT NOT NULL, label TEXT COLLATE "C" NOT NULL, PRIMARY KEY (tenant, id));
CREATE UNIQUE INDEX messages_once ON messages (tenant, id_hash, copy_hash);
CREATE TABLE decisions (
  tenant BIGINT NOT NULL, message BIGINT NOT NULL, outcome SMALLINT NOT NULL, task BIGINT NOT NULL,
  decided_at BIGINT NOT NULL, subject TEXT COLLATE "C" NOT NULL, sender TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL, rules_version TEXT COLLATE "C" NOT NULL, trace TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, message));
CREATE INDEX decisions_by_sender ON decisions (tenant, sender);
CREATE INDEX decisions_of_task ON decisions (tenant, task, message) WHERE task <> 0;
CREATE TABLE thread_aliases (
  tenant BIGINT NOT NULL, id_hash BIGINT NOT NULL, task BIGINT NOT NULL, send BIGINT NOT NULL,
  PRIMARY KEY (tenant, id_hash));
CREATE TABLE work (
  tenant BIGINT NOT NULL, kind SMALLINT NOT NULL, reference BIGINT NOT NULL, state SMALLINT NOT NULL,
  visible_at BIGINT NOT NULL, token BIGINT NOT NULL, owner TEXT COLLATE "C" NOT NULL, attempts INT NOT NULL,
  error TEXT COLLATE "C" NOT NULL, died_at BIGINT NOT NULL, PRIMARY KEY (tenant, kind, reference))
  WITH (fillfactor = 70);
CREATE INDEX work_dead ON work (tenant, died_at, reference) WHERE state = 2;
CREATE INDEX work_waiting ON work (kind, visible_at) WHERE state = 1;
CREATE TABLE tasks (
  tenant BIGINT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL, state SMALLINT NOT NULL,
  priority SMALLINT NOT NULL, title TEXT COLLATE "C" NOT NULL, requester TEXT COLLATE "C" NOT NULL,
  team TEXT COLLATE "C" NOT NULL, assignee TEXT COLLATE "C" NOT NULL, tags TEXT COLLATE "C" NOT NULL,
  due_at BIGINT, escalation TEXT COLLATE "C" NOT NULL, origin BIGINT NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, sla TEXT COLLATE "C" NOT NULL DEFAULT '', type TEXT COLLATE "C" NOT NULL DEFAULT '',
  fields TEXT COLLATE "C" NOT NULL DEFAULT '', PRIMARY KEY (tenant, number)) WITH (fillfactor = 80);
CREATE INDEX open_tasks_by_requester ON tasks (tenant, requester) WHERE state < 5;
CREATE INDEX tasks_by_assignee ON tasks (tenant, assignee, state, number, team) WHERE assignee <> '';
CREATE INDEX tasks_by_requester ON tasks (tenant, requester, number) WHERE requester <> '';
CREATE INDEX tasks_by_state ON tasks (tenant, state, number);
CREATE INDEX tasks_by_team ON tasks (tenant, team, state, number);
CREATE TABLE events (
  tenant BIGINT NOT NULL, sequence BIGINT NOT NULL, at BIGINT NOT NULL, kind SMALLINT NOT NULL,
  subject_kind SMALLINT NOT NULL, subject BIGINT NOT NULL, message BIGINT NOT NULL, send BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL, data TEXT COLLATE "C" NOT NULL, PRIMARY KEY (tenant, sequence));
CREATE INDEX events_of_message ON events (tenant, message) WHERE subject = 0 AND message <> 0;
CREATE INDEX events_of_subject ON events (tenant, subject_kind, subject, sequence) WHERE subject <> 0;
CREATE TABLE timers (
  tenant BIGINT NOT NULL, subject_kind SMALLINT NOT NULL, subject BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL,
  due_at BIGINT NOT NULL, visible_at BIGINT NOT NULL, owner TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, subject_kind, subject, name)) WITH (fillfactor = 70);
CREATE INDEX timers_visible ON timers (name, visible_at);
CREATE TABLE outbox (
  tenant BIGINT NOT NULL, id BIGINT NOT NULL, kind SMALLINT NOT NULL, channel TEXT COLLATE "C" NOT NULL,
  recipient TEXT COLLATE "C" NOT NULL, recipient_key TEXT COLLATE "C" NOT NULL, priority SMALLINT NOT NULL,
  subject_kind SMALLINT NOT NULL, subject BIGINT NOT NULL, message BIGINT NOT NULL,
  template TEXT COLLATE "C" NOT NULL, note TEXT COLLATE "C" NOT NULL, state SMALLINT NOT NULL,
  attempts INT NOT NULL, lease BIGINT NOT NULL, owner TEXT COLLATE "C" NOT NULL, visible_at BIGINT NOT NULL,
  detail TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
  cause TEXT COLLATE "C" NOT NULL DEFAULT '', share SMALLINT NOT NULL DEFAULT 0,
  counted_at BIGINT NOT NULL DEFAULT 0, rule TEXT COLLATE "C" NOT NULL DEFAULT '',
  content BIGINT NOT NULL DEFAULT 0, sent_as TEXT COLLATE "C" NOT NULL DEFAULT '', PRIMARY KEY (tenant, id))
  WITH (fillfactor = 80);
CREATE INDEX outbox_answers ON outbox (tenant, recipient_key, created_at, id) WHERE kind = 3;
CREATE INDEX outbox_held ON outbox (tenant, id) WHERE state = 1 AND share > 1;
CREATE INDEX outbox_of_cause ON outbox (tenant, cause, share, counted_at, id) WHERE cause <> '';
CREATE INDEX outbox_of_lane ON outbox (tenant, channel, share, counted_at, id);
CREATE INDEX outbox_of_rule ON outbox (tenant, rule, share, counted_at, id) WHERE rule <> '';
CREATE INDEX outbox_of_subject ON outbox (tenant, subject_kind, subject, id) WHERE subject <> 0;
CREATE INDEX outbox_restored ON outbox (tenant, id) WHERE state = 6;
CREATE INDEX outbox_waiting ON outbox (channel, priority, tenant, visible_at, id) WHERE state = 1;
CREATE TABLE suppressions (
  tenant BIGINT NOT NULL, address TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL, active SMALLINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL, detail TEXT COLLATE "C" NOT NULL, failures BIGINT NOT NULL,
  since BIGINT NOT NULL, updated_at BIGINT NOT NULL, message BIGINT NOT NULL, actor TEXT COLLATE "C" NOT NULL,
  expires_at BIGINT, PRIMARY KEY (tenant, address));
CREATE TABLE mailboxes (
  tenant BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL, source TEXT COLLATE "C" NOT NULL,
  position TEXT COLLATE "C" NOT NULL, last_success BIGINT, last_error_at BIGINT,
  last_error TEXT COLLATE "C" NOT NULL, failures BIGINT NOT NULL, taken BIGINT NOT NULL,
  duplicates BIGINT NOT NULL, refused BIGINT NOT NULL, connection TEXT COLLATE "C" NOT NULL,
  updated_at BIGINT NOT NULL, PRIMARY KEY (tenant, name));
CREATE TABLE rhythms (
  tenant BIGINT NOT NULL, source TEXT COLLATE "C" NOT NULL, state TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, source));
CREATE TABLE alarms (
  tenant BIGINT NOT NULL, source TEXT COLLATE "C" NOT NULL, task BIGINT NOT NULL, opened_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, source));
CREATE TABLE rule_texts (
  tenant BIGINT NOT NULL, hash TEXT COLLATE "C" NOT NULL, text TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, hash));
CREATE TABLE rule_versions (
  tenant BIGINT NOT NULL, id BIGINT NOT NULL, version TEXT COLLATE "C" NOT NULL, rules BIGINT NOT NULL,
  accepted_at BIGINT NOT NULL, files TEXT COLLATE "C" NOT NULL, modules TEXT COLLATE "C", PRIMARY KEY (tenant, id));
CREATE INDEX rule_versions_by_name ON rule_versions (tenant, version);
CREATE TABLE people (
  tenant BIGINT NOT NULL, login TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL,
  name TEXT COLLATE "C" NOT NULL, address TEXT COLLATE "C" NOT NULL, address_key TEXT COLLATE "C" NOT NULL,
  zone TEXT COLLATE "C" NOT NULL, teams TEXT COLLATE "C" NOT NULL, role SMALLINT NOT NULL,
  disabled SMALLINT NOT NULL, password TEXT COLLATE "C" NOT NULL, sessions_valid_after BIGINT NOT NULL,
  last_login BIGINT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, PRIMARY KEY (tenant, login));
CREATE UNIQUE INDEX people_by_address ON people (tenant, address_key) WHERE address_key <> '';
CREATE INDEX people_by_role ON people (tenant, role) WHERE disabled = 0;
CREATE TABLE login_attempts (
  tenant BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL, failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL, locked_until BIGINT, PRIMARY KEY (tenant, name));
CREATE INDEX login_attempts_by_age ON login_attempts (tenant, last_at);
CREATE TABLE tokens (
  tenant BIGINT NOT NULL, id BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL, role SMALLINT NOT NULL,
  secret BYTEA NOT NULL UNIQUE, created_at BIGINT NOT NULL, revoked_at BIGINT,
  person TEXT COLLATE "C" NOT NULL DEFAULT '', PRIMARY KEY (tenant, id));
CREATE TABLE lineage (
  epoch BIGINT NOT NULL, number BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL, before_number BIGINT NOT NULL,
  before_name TEXT COLLATE "C" NOT NULL) WITH (fillfactor = 50);

INSERT INTO lineage VALUES (1, 0, '', 0, '');
)sql",
    // When a pending task is open again by itself; its links and merges; the task that a message was split off as.
    R"sql(ALTER TABLE tasks ADD COLUMN pending_until BIGINT;
ALTER TABLE tasks ADD COLUMN ties TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN split_to BIGINT NOT NULL DEFAULT 0)sql",
    // What comes of that which is older than a restore is held as well.
    R"sql(ALTER TABLE lineage ADD COLUMN restored_at BIGINT NOT NULL DEFAULT 0)sql",
    // Of nodes, so only here. A lock's token comes from the one row of lock_tokens.
    R"sql(
CREATE TABLE lock_tokens (last BIGINT NOT NULL) WITH (fillfactor = 50);
INSERT INTO lock_tokens VALUES (0);
CREATE TABLE locks (
  name TEXT COLLATE "C" NOT NULL, owner TEXT COLLATE "C" NOT NULL, claim TEXT COLLATE "C" NOT NULL,
  token BIGINT NOT NULL, ends_at BIGINT NOT NULL, PRIMARY KEY (name)) WITH (fillfactor = 70);
)sql",
    // The bytes of mails, of this engine alone (ADR 29). They are packed by us; rows of small ones stay whole, two to a
    // page.
    R"sql(
CREATE TABLE raw_mails (
  tenant BIGINT NOT NULL, message BIGINT NOT NULL, part INT NOT NULL, length BIGINT NOT NULL,
  stored BIGINT NOT NULL, is_compressed SMALLINT NOT NULL, checksum BIGINT NOT NULL, bytes BYTEA NOT NULL,
  PRIMARY KEY (tenant, message, part)) PARTITION BY HASH (tenant);
DO $$ BEGIN
  FOR n IN 0..15 LOOP
    EXECUTE format('CREATE TABLE raw_mails_%s PARTITION OF raw_mails FOR VALUES WITH (MODULUS 16, REMAINDER %s) '
                   'WITH (toast_tuple_target = 4080)', n, n);
    EXECUTE format('ALTER TABLE raw_mails_%s ALTER COLUMN bytes SET STORAGE EXTERNAL, '
                   'ALTER COLUMN bytes SET STATISTICS 0', n);
  END LOOP;
END $$;
)sql",
    // Times are the server's, in ms; since when the session is there over which a node beats, in us. How far the
    // database was when each node marked it last.
    R"sql(
CREATE TABLE nodes (
  name TEXT COLLATE "C" NOT NULL, boot TEXT COLLATE "C" NOT NULL, address TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL, roles TEXT COLLATE "C" NOT NULL, secret TEXT COLLATE "C" NOT NULL,
  mails TEXT COLLATE "C" NOT NULL, schema_step BIGINT NOT NULL, load BIGINT NOT NULL, draining BIGINT NOT NULL,
  started_at BIGINT NOT NULL, heard_at BIGINT NOT NULL,
  beats BIGINT NOT NULL, session BIGINT NOT NULL, session_since BIGINT NOT NULL, dead BIGINT NOT NULL,
  PRIMARY KEY (name)) WITH (fillfactor = 50);
CREATE TABLE node_marks (
  node TEXT COLLATE "C" NOT NULL, epoch BIGINT NOT NULL, number BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL,
  before_number BIGINT NOT NULL, before_name TEXT COLLATE "C" NOT NULL, PRIMARY KEY (node)) WITH (fillfactor = 50);
)sql",
    // The last transaction that each writing connection has committed (CommitMark).
    R"sql(
CREATE TABLE commit_marks (
  writer TEXT COLLATE "C" NOT NULL, mark BIGINT NOT NULL, marked_at BIGINT NOT NULL, PRIMARY KEY (writer))
  WITH (fillfactor = 50);
)sql",
    // Tenants are kept apart by the server as well (ADR 34): rows of those that orgo.tenants names ('{1,2}'), or of all
    // ('all'); where nobody has said whose, a statement is refused. The planner takes IS NOT NULL for nearly always
    // true, so that it goes on choosing by what the statement asks; the setting is read once for each statement.
    R"sql(
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'tenant'
        AND NOT a.attisdropped ORDER BY c.relname LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY of_tenant ON %I USING (nullif((tenant = ANY ((SELECT '
                   'nullif(current_setting(''orgo.tenants''), ''all'')::bigint[])::bigint[])) IS NOT FALSE, false) '
                   'IS NOT NULL)', name);
  END LOOP;
END $$;
)sql",
});

/// Two that start at once: one of them makes the tables.
constexpr const char* kOneAtATime = "SELECT pg_advisory_xact_lock(1330792271)";

Status apply(Connection& connection, int step, TimePoint now) {
  ORGO_CHECK(connection.execute(kSteps[static_cast<std::size_t>(step)]));
  if (step == 0)
    ORGO_CHECK(connection.execute("INSERT INTO tenants (id, name, created_at) VALUES (1, 'default', " +
                                  std::to_string(to_ms(now)) + ")"));
  return connection.execute("INSERT INTO schema_steps VALUES (" + std::to_string(step + 1) + ", " +
                            std::to_string(to_ms(now)) + ")");
}

/// A node of an older version works on: what it knows of the tables would not be so any more. Of those that serve, it
/// is one that does not hold the lock of our version (PqSession).
Status refuse_beside_older(Connection& connection, const std::string& schema, int version) {
  Query older(
      connection,
      "SELECT count(*) FROM pg_locks AS serving WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND "
      "database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND classid = 1330792271 AND "
      "objid::bigint = hashtext(?)::bigint & 4294967295 AND pid <> pg_backend_pid() AND NOT EXISTS (SELECT 1 "
      "FROM pg_locks AS known WHERE known.pid = serving.pid AND known.locktype = 'advisory' AND known.objsubid "
      "= 2 AND known.classid = 1330792272 AND known.objid::bigint = ?)");
  ORGO_TRY(row, older.with(schema, postgres_schema_version()).next());
  if (!row || older.integer(0) == 0) return {};
  return failure(Errc::conflict, "nodes of an older Orgo work on the database, and the tables (version " +
                                     std::to_string(version) + ") have to be brought to version " +
                                     std::to_string(postgres_schema_version()) +
                                     ": stop all nodes, then start this one first; nothing was changed");
}

/// All steps that are missing, in one transaction: killed in between, the next start begins again.
Status migrate_in_transaction(Connection& connection, const std::string& schema, TimePoint now) {
  ORGO_CHECK(connection.execute(kOneAtATime));
  ORGO_CHECK(connection.execute("CREATE SCHEMA IF NOT EXISTS " + schema));
  ORGO_CHECK(
      connection.execute("CREATE TABLE IF NOT EXISTS schema_steps (step INT PRIMARY KEY, applied_at BIGINT NOT NULL)"));
  ORGO_TRY(version, read_postgres_schema_version(connection));
  if (version > postgres_schema_version())
    return failure(Errc::conflict, "the database has schema version " + std::to_string(version) +
                                       ", but this Orgo knows only up to " + std::to_string(postgres_schema_version()) +
                                       ": it was written by a newer Orgo. Start that one, or restore a backup made "
                                       "before the upgrade; nothing was changed");
  if (version > 0 && version < postgres_schema_version() && !ORGO_PLANT(tables_change_under_others))
    ORGO_CHECK(refuse_beside_older(connection, schema, version));
  for (int step = version; step < postgres_schema_version(); ++step) {
    const auto applied = apply(connection, step, now);
    if (!applied) return tl::unexpected(applied.error().in("schema step " + std::to_string(step + 1)));
  }
  return {};
}

}  // namespace

int postgres_schema_version() {
  return static_cast<int>(kSteps.size());
}

Result<int> read_postgres_schema_version(Connection& connection) {
  {
    Query exists(connection, "SELECT to_regclass('schema_steps') IS NOT NULL");
    ORGO_TRY(row, exists.next());
    if (!row || exists.integer(0) == 0) return 0;
  }
  Query query(connection, "SELECT coalesce(max(step), 0) FROM schema_steps");
  ORGO_TRY(row, query.next());
  return row ? static_cast<int>(query.integer(0)) : 0;
}

Status migrate_postgres(Connection& connection, const std::string& schema, TimePoint now) {
  connection.see(Scope::all());
  ORGO_CHECK(connection.begin());
  auto status = migrate_in_transaction(connection, schema, now);
  if (status) status = connection.commit();
  if (!status) connection.rollback();
  return status;
}

}  // namespace orgo::sql
