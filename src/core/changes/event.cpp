#include "core/changes/event.h"

#include <array>
#include <cstddef>
#include <utility>

namespace orgo {
namespace {

constexpr std::array<std::pair<EventKind, std::string_view>, 58> kEventNames{{
    {EventKind::message_accepted, "message.accepted"},
    {EventKind::message_decided, "message.decided"},
    {EventKind::message_repeated, "message.repeated"},
    {EventKind::task_opened, "task.opened"},
    {EventKind::task_replied, "task.replied"},
    {EventKind::task_assigned, "task.assigned"},
    {EventKind::task_state, "task.state"},
    {EventKind::task_priority, "task.priority"},
    {EventKind::task_commented, "task.commented"},
    {EventKind::task_tagged, "task.tagged"},
    {EventKind::task_due, "task.due"},
    {EventKind::task_reopened, "task.reopened"},
    {EventKind::task_routed, "task.routed"},
    {EventKind::task_field, "task.field"},
    {EventKind::task_overdue, "task.overdue"},
    {EventKind::task_sla, "task.sla"},
    {EventKind::task_clock, "task.clock"},
    {EventKind::task_answered, "task.answered"},
    {EventKind::task_recalled, "task.recalled"},
    {EventKind::task_pending, "task.pending"},
    {EventKind::task_linked, "task.linked"},
    {EventKind::task_unlinked, "task.unlinked"},
    {EventKind::task_merged, "task.merged"},
    {EventKind::task_unmerged, "task.unmerged"},
    {EventKind::task_split, "task.split"},
    {EventKind::escalation_fired, "escalation.fired"},
    {EventKind::sla_warned, "sla.warned"},
    {EventKind::sla_breached, "sla.breached"},
    {EventKind::send_queued, "send.queued"},
    {EventKind::send_delivered, "send.delivered"},
    {EventKind::send_deferred, "send.deferred"},
    {EventKind::send_failed, "send.failed"},
    {EventKind::send_refused, "send.refused"},
    {EventKind::rules_loaded, "rules.loaded"},
    {EventKind::token_made, "token.made"},
    {EventKind::token_revoked, "token.revoked"},
    {EventKind::queue_retried, "queue.retried"},
    {EventKind::queue_dropped, "queue.dropped"},
    {EventKind::send_bounced, "send.bounced"},
    {EventKind::send_delayed, "send.delayed"},
    {EventKind::send_complained, "send.complained"},
    {EventKind::send_retried, "send.retried"},
    {EventKind::send_released, "send.released"},
    {EventKind::send_dropped, "send.dropped"},
    {EventKind::suppression_added, "suppression.added"},
    {EventKind::suppression_removed, "suppression.removed"},
    {EventKind::tenant_added, "tenant.added"},
    {EventKind::tenant_changed, "tenant.changed"},
    {EventKind::tenant_suspended, "tenant.suspended"},
    {EventKind::tenant_resumed, "tenant.resumed"},
    {EventKind::person_added, "person.added"},
    {EventKind::person_changed, "person.changed"},
    {EventKind::person_disabled, "person.disabled"},
    {EventKind::person_enabled, "person.enabled"},
    {EventKind::person_password, "person.password"},
    {EventKind::person_logged_in, "person.logged_in"},
    {EventKind::person_logged_out, "person.logged_out"},
    {EventKind::person_refused, "person.refused"},
}};

/// Two kinds of one number would be one in the log.
constexpr bool all_differ() {
  for (std::size_t i = 0; i < kEventNames.size(); ++i)
    for (std::size_t j = i + 1; j < kEventNames.size(); ++j)
      if (kEventNames[i].first == kEventNames[j].first || kEventNames[i].second == kEventNames[j].second) return false;
  return true;
}
static_assert(all_differ());

}  // namespace

std::string_view to_string(EventKind kind) {
  for (const auto& [known, name] : kEventNames)
    if (known == kind) return name;
  return "unknown";
}

std::optional<EventKind> parse_event_kind(std::string_view name) {
  for (const auto& [kind, known] : kEventNames)
    if (known == name) return kind;
  return std::nullopt;
}

}  // namespace orgo
