#include "adapter/sql/late_tables.h"

#include <functional>

namespace orgo::sql {

const LateTable& late_messages() {
  static const LateTable table(
      "messages (tenant, id, channel, recipient, sender, peer, received_at, id_hash, copy_hash, content, known_id, "
      "blob, size, archived_state, archived_at, label)");
  return table;
}

const LateTable& late_decisions() {
  static const LateTable table(
      "decisions (message, tenant, outcome, task, decided_at, subject, sender, reason, rules_version, trace)");
  return table;
}

const LateTable& late_aliases() {
  static const LateTable table("thread_aliases (tenant, id_hash, task, send)",
                               "ON CONFLICT (tenant, id_hash) DO NOTHING");
  return table;
}

const LateTable& late_events() {
  static const LateTable table(
      "events (tenant, sequence, at, kind, subject_kind, subject, message, send, actor, data)");
  return table;
}

const LateTable& late_tasks() {
  static const LateTable table(
      "tasks (tenant, number, version, state, priority, title, requester, team, assignee, tags, due_at, escalation, "
      "origin, created_at, updated_at, sla, type, fields, pending_until, ties)");
  return table;
}

const LateTable& late_sends() {
  static const LateTable table(
      "outbox (tenant, id, kind, channel, recipient, recipient_key, priority, subject_kind, subject, message, "
      "template, note, state, attempts, lease, owner, visible_at, detail, created_at, updated_at, cause, share, "
      "counted_at, rule, content, sent_as)");
  return table;
}

const LateTable& late_timers() {
  static const LateTable table(
      "timers (tenant, subject_kind, subject, name, due_at, visible_at, owner)",
      "ON CONFLICT (tenant, subject_kind, subject, name) DO UPDATE SET due_at = excluded.due_at, visible_at = "
      "excluded.visible_at, owner = ''");
  return table;
}

const LateTable& late_work() {
  static const LateTable table(
      "work (tenant, kind, reference, state, visible_at, token, owner, attempts, error, died_at)",
      "ON CONFLICT (tenant, kind, reference) DO NOTHING");
  return table;
}

std::int64_t timer_key(const Subject& subject, std::string_view name) {
  return subject.id() ^ static_cast<std::int64_t>(std::hash<std::string_view>()(name));
}

}  // namespace orgo::sql
