#include "core/ledger/ledger_alarm.h"

#include <algorithm>
#include <utility>

#include "core/alarm/alarm_change.h"
#include "core/alarm/alarm_task.h"

namespace orgo {
namespace {

constexpr std::size_t kNamedMost = 20;
constexpr std::string_view kActor = "ledger";

std::string named(std::int64_t count, std::span<const MessageId> first) {
  std::string names;
  for (const auto& one : first.subspan(0, std::min(first.size(), kNamedMost)))
    names += (names.empty() ? "" : ", ") + to_string(one);
  return names + (count > static_cast<std::int64_t>(std::min(first.size(), kNamedMost)) ? ", ..." : "");
}

/// "2 messages that were accepted are"
std::string subject(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " message that was accepted is" : " messages that were accepted are");
}

std::string words(const LedgerTrouble& trouble) {
  std::string text;
  if (trouble.stateless > 0)
    text = subject(trouble.stateless) +
           " in no state: neither decided nor waiting nor given up. That must never be, and nobody works on them: " +
           named(trouble.stateless, trouble.first_stateless) +
           ". Their bytes are kept. `orgo doctor --repair` puts them back to work; please report it.";
  if (trouble.missing > 0)
    text += (text.empty() ? "" : "\n") + subject(trouble.missing) +
            " gone from the database: " + named(trouble.missing, trouble.first_missing) +
            ". Orgo deletes none, so somebody did it by hand. A backup of the database has them.";
  if (trouble.lost > 0)
    text += (text.empty() ? "" : "\n") + subject(trouble.lost) +
            " without bytes: " + named(trouble.lost, trouble.first_lost) +
            ". `orgo doctor` says more; what a backup has of them (blobs/, or table raw_mails of a server) can be put "
            "back.";
  return text;
}

std::string title(const LedgerTrouble& trouble) {
  const auto count = trouble.stateless + trouble.missing + trouble.lost;
  std::string kinds;
  for (const auto& [some, kind] : {std::pair{trouble.stateless, "in no state"}, std::pair{trouble.missing, "gone"},
                                   std::pair{trouble.lost, "without bytes"}})
    if (some > 0) kinds += (kinds.empty() ? " " : " or ") + std::string(kind);
  return "The ledger does not balance: " + std::to_string(count) + (count == 1 ? " message is" : " messages are") +
         kinds;
}

}  // namespace

Changes raise_ledger_alarm(TenantId tenant, const LedgerTrouble& trouble, std::span<const std::string> administrators,
                           TimePoint now) {
  return raise_alarm(tenant,
                     {.source = std::string(kLedgerAlarm),
                      .actor = kActor,
                      .title = title(trouble),
                      .why = words(trouble),
                      .priority = Priority::urgent},
                     administrators, now);
}

Changes end_ledger_alarm(TenantId tenant, TaskNumber task, TimePoint now) {
  Changes changes{.tenant = tenant, .at = now};
  changes.add(AlarmClosed{std::string(kLedgerAlarm)});
  changes.events.push_back(
      alarm_comment(kActor, task, "The ledger balances again: each message is there and has its state.", now));
  return changes;
}

}  // namespace orgo
