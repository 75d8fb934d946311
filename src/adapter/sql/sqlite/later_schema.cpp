#include <array>

#include "adapter/sql/sqlite/schema.h"

namespace orgo::sql {
namespace {

// As those before them in schema.cpp: append only.
constexpr auto kLaterSteps = std::to_array<const char*>({
    // Several tenants: how they stand, and whose mail is whose.
    R"sql(
ALTER TABLE tenants ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE tenants ADD COLUMN state SMALLINT NOT NULL DEFAULT 1;
CREATE INDEX tenants_suspended ON tenants (id) WHERE state = 2;
CREATE TABLE tenant_recipients (recipient TEXT PRIMARY KEY, tenant BIGINT NOT NULL) WITHOUT ROWID;
CREATE INDEX recipients_of_tenant ON tenant_recipients (tenant, recipient);
)sql",
    // Who works with it, and how often a wrong password came from where. address_key is the address in lower case.
    // Tokens belong to somebody; those from before have their own name and role.
    R"sql(
CREATE TABLE people (
  tenant BIGINT NOT NULL, login TEXT NOT NULL, version BIGINT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL,
  address_key TEXT NOT NULL, language TEXT NOT NULL, zone TEXT NOT NULL, teams TEXT NOT NULL, role SMALLINT NOT NULL,
  disabled SMALLINT NOT NULL, password TEXT NOT NULL, sessions_valid_after BIGINT NOT NULL, last_login BIGINT,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, login)) WITHOUT ROWID;
CREATE UNIQUE INDEX people_by_address ON people (tenant, address_key) WHERE address_key <> '';
CREATE INDEX people_by_role ON people (tenant, role) WHERE disabled = 0;
CREATE TABLE login_attempts (
  tenant BIGINT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL, failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL, locked_until BIGINT, PRIMARY KEY (tenant, name)) WITHOUT ROWID;
CREATE INDEX login_attempts_by_age ON login_attempts (tenant, last_at);
ALTER TABLE tokens ADD COLUMN person TEXT NOT NULL DEFAULT '';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('people', 'people', '10000 10000 1'),
  ('people', 'people_by_address', '10000 10000 1'),
  ('people', 'people_by_role', '10000 10000 10');
ANALYZE sqlite_schema;
)sql",
    // Two indexes that others answer as well by a few seeks: each costs a write for each send, and more for its lease.
    // And two that give the order too, so that of many that are due, or belong to one task, only a page is read.
    R"sql(
DROP INDEX outbox_next;
DROP INDEX outbox_by_time;
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (channel, priority, tenant, visible_at, id) WHERE state = 1;
DROP INDEX outbox_of_subject;
CREATE INDEX outbox_of_subject ON outbox (tenant, subject_kind, subject, id) WHERE subject <> 0;
DROP INDEX tasks_by_assignee;
CREATE INDEX tasks_by_assignee ON tasks (tenant, assignee, state, number, team) WHERE assignee <> '';
DROP INDEX decisions_of_task;
CREATE INDEX decisions_of_task ON decisions (tenant, task, message) WHERE task <> 0;
DROP INDEX outbox_answers;
CREATE INDEX outbox_answers ON outbox (tenant, recipient_key, created_at, id) WHERE kind = 3;
DROP INDEX work_dead;
CREATE INDEX work_dead ON work (tenant, died_at, reference) WHERE state = 2;
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('outbox', 'outbox_waiting', '1000 500 250 20 2 1'),
  ('outbox', 'outbox_of_subject', '1000000 1000000 1000000 3 1'),
  ('outbox', 'outbox_answers', '100000 100000 5 1 1'),
  ('work', 'work_dead', '100 100 1 1'),
  ('tasks', 'tasks_by_assignee', '500000 500000 5000 1000 1 1'),
  ('decisions', 'decisions_of_task', '1000000 1000000 3 1');
ANALYZE sqlite_schema;)sql",
    // What the brake counts: whose mail led to a send (cause), as what it counts (Share), and since when.
    R"sql(
ALTER TABLE outbox ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN share SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN counted_at BIGINT NOT NULL DEFAULT 0;
UPDATE outbox SET share = CASE WHEN priority = 4 THEN 1 ELSE 0 END, counted_at = created_at;
DROP INDEX outbox_of_lane;
CREATE INDEX outbox_of_lane ON outbox (tenant, channel, share, counted_at, id);
CREATE INDEX outbox_of_cause ON outbox (tenant, cause, share, counted_at, id) WHERE cause <> '';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('outbox', 'outbox_of_lane', '1000000 1000000 900000 500000 2 1'),
  ('outbox', 'outbox_of_cause', '1000000 1000000 20 10 2 1');
ANALYZE sqlite_schema;)sql",
    "ALTER TABLE people DROP COLUMN language",  // there are no words in a language of somebody's own
    // How far the database has come, and what a restore holds (SendState::restored).
    R"sql(
CREATE TABLE lineage (
  epoch BIGINT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, before_number BIGINT NOT NULL,
  before_name TEXT NOT NULL);
INSERT INTO lineage VALUES (1, 0, '', 0, '');
CREATE INDEX outbox_restored ON outbox (tenant, id) WHERE state = 6;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('outbox', 'outbox_restored', '100 100 1');
ANALYZE sqlite_schema;)sql",
    // Which rule set a send off, for the brake, and what the brake holds.
    R"sql(ALTER TABLE outbox ADD COLUMN rule TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_of_rule ON outbox (tenant, rule, share, counted_at, id) WHERE rule <> '';
CREATE INDEX outbox_held ON outbox (tenant, id) WHERE state = 1 AND share > 1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('outbox', 'outbox_of_rule', '1000000 1000000 20000 10000 2 1'), ('outbox', 'outbox_held', '100 100 1');
ANALYZE sqlite_schema;)sql",
    // Answers of people: the message whose words they carry, and as whom they go out.
    R"sql(ALTER TABLE outbox ADD COLUMN content BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN sent_as TEXT NOT NULL DEFAULT '')sql",
    // When a pending task is open again by itself; its links and merges; the task that a message was split off as.
    R"sql(ALTER TABLE tasks ADD COLUMN pending_until BIGINT;
ALTER TABLE tasks ADD COLUMN ties TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN split_to BIGINT NOT NULL DEFAULT 0)sql",
    // What comes of that which is older than a restore is held as well.
    R"sql(ALTER TABLE lineage ADD COLUMN restored_at BIGINT NOT NULL DEFAULT 0)sql",
});

}  // namespace

std::span<const char* const> later_schema_steps() {
  return kLaterSteps;
}

}  // namespace orgo::sql
