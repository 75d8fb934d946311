#pragma once
#include <string>
#include <string_view>

#include "adapter/sql/engine.h"
#include "base/hash.h"
#include "core/changes/event.h"
#include "core/changes/send.h"
#include "core/changes/subject.h"
#include "core/suppression/suppression.h"
#include "core/task/task.h"
#include "port/lease_owner.h"

/// How values stand in columns; shared by the files of the repositories.
namespace orgo::sql {

/// A condition of rows that are work to be done: a suspended tenant's stand still. TenantState::suspended; the number
/// stands in the text, since an index serves it.
#define ORGO_TENANT_IS_ACTIVE "tenant NOT IN (SELECT id FROM tenants WHERE state = 2)"

std::string tags_to_text(const std::vector<std::string>& tags);
std::vector<std::string> tags_from_text(std::string_view text);
std::string fields_to_text(const std::vector<TaskField>& fields);
std::vector<TaskField> fields_from_text(std::string_view text);
std::string ties_to_text(const TaskTies& ties);
TaskTies ties_from_text(std::string_view text);
std::string escalation_to_text(const Escalation& escalation);
Escalation escalation_from_text(std::string_view text);

/// Columns in the order of kTaskColumns.
#define ORGO_TASK_COLUMNS                                                                                              \
  "number, version, state, priority, title, requester, team, assignee, tags, due_at, escalation, origin, created_at, " \
  "updated_at, sla, type, fields, pending_until, ties"
inline constexpr int kTaskCreatedAt = 12;  ///< column of it
Task task_from_row(Query& row, TenantId tenant);

/// Of the outbox; what stands beside them in a row begins at kSendColumns.
#define ORGO_SEND_COLUMNS                                                                                        \
  "id, tenant, kind, channel, recipient, priority, subject_kind, subject, message, template, note, visible_at, " \
  "attempts, created_at, cause, rule, content, sent_as"
inline constexpr int kSendColumns = 18;
Send send_from_row(Query& row);
int send_attempts(Query& row);

#define ORGO_SUPPRESSION_COLUMNS \
  "address, version, active, reason, detail, failures, since, updated_at, message, actor, expires_at"
Suppression suppression_from_row(Query& row, TenantId tenant);

/// Appends an event that is about `subject` and `send` (its own, with the numbers that new things have got); its
/// sequence.
Result<std::int64_t> insert_event(Transaction& tx, TenantId tenant, const Event& event, Subject subject, SendId send);
/// The same of one that is about existing things.
inline Status insert_event(Transaction& tx, TenantId tenant, const Event& event) {
  ORGO_CHECK(insert_event(tx, tenant, event, event.subject, event.send.id()));
  return {};
}

/// Gives back what one owner (to_string(LeaseOwner)) holds, each row with a new token or none.
Status give_back_work(Connection& db, const std::string& owner, TimePoint now);
Status give_back_sends(Connection& db, const std::string& owner, TimePoint now);
Status give_back_timers(Connection& db, const std::string& owner);

/// Of the owners that `sql` selects, those whose leases are to be given back.
Result<std::vector<std::string>> owners_to_release(Connection& connection, const char* sql, const LeaseOwner& owner,
                                                   LeasesOf which);
/// Columns `subject_kind` and `subject`, which stand beside each other.
inline Subject subject_from_row(Query& row, int kind_column) {
  return {static_cast<SubjectKind>(row.integer(kind_column)), row.integer(kind_column + 1)};
}

inline std::string_view bytes_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
Sha256 digest_from(std::string_view blob);

}  // namespace orgo::sql
