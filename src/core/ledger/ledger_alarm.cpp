#include "core/ledger/ledger_alarm.h"

#include <algorithm>

#include "core/alarm/alarm_change.h"
#include "core/alarm/alarm_task.h"

namespace orgo {
namespace {

constexpr std::size_t kNamedMost = 20;
constexpr std::string_view kActor = "ledger";

std::string words(std::int64_t messages, std::span<const MessageId> first) {
  std::string named;
  for (const auto& one : first.subspan(0, std::min(first.size(), kNamedMost)))
    named += (named.empty() ? "" : ", ") + to_string(one);
  return std::to_string(messages) +
         (messages == 1 ? " message that was accepted is" : " messages that were accepted are") +
         " in no state: neither decided nor waiting nor given up. That must never be, and nobody works on them: " +
         named + (static_cast<std::size_t>(messages) > kNamedMost ? ", ..." : "") +
         ". Their bytes are kept. `orgo doctor --repair` puts them back to work; please report it.";
}

}  // namespace

Changes raise_ledger_alarm(TenantId tenant, std::int64_t messages, std::span<const MessageId> first,
                           std::span<const std::string> administrators, TimePoint now) {
  return raise_alarm(tenant,
                     {.source = std::string(kLedgerAlarm),
                      .actor = kActor,
                      .title = "The ledger does not balance: " + std::to_string(messages) +
                               (messages == 1 ? " message is in no state" : " messages are in no state"),
                      .why = words(messages, first),
                      .priority = Priority::urgent},
                     administrators, now);
}

Changes end_ledger_alarm(TenantId tenant, TaskNumber task, TimePoint now) {
  Changes changes{.tenant = tenant, .at = now};
  changes.add(AlarmClosed{std::string(kLedgerAlarm)});
  changes.events.push_back(alarm_comment(kActor, task, "The ledger balances again: each message has its state.", now));
  return changes;
}

}  // namespace orgo
