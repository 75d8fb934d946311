#include "service/work/ledger_repair.h"

#include <map>
#include <utility>

#include "base/one_line.h"
#include "base/planted.h"
#include "core/mail/read/read_message.h"
#include "core/processing/context.h"
#include "core/processing/decision_of_event.h"

namespace orgo {
namespace {

constexpr Millis kCommitTime{60'000};
constexpr int kStatesAtOnce = 10'000;
constexpr std::size_t kSubjectMax = 500;  // bytes, as of any decision

}  // namespace

Result<std::vector<LedgerRepair::Mended>> LedgerRepair::repair(std::optional<TenantId> only) {
  std::vector<Mended> mended;
  for (LedgerPlace after{.tenant = only.value_or(kTrialTenant)};;) {
    ORGO_TRY(states, ports_.ledger.look_at_states(after, kStatesAtOnce));
    std::map<TenantId, std::vector<MessageId>> stateless;
    for (const auto& place : states.stateless)
      if (!only || place.tenant == *only) stateless[place.tenant].push_back(place.message);
    for (const auto& [tenant, messages] : stateless) ORGO_CHECK(repair_of(tenant, messages, mended));
    after = states.last;
    if (states.seen.size() < static_cast<std::size_t>(kStatesAtOnce) || (only && after.tenant != *only)) return mended;
  }
}

Status LedgerRepair::repair_of(TenantId tenant, const std::vector<MessageId>& stateless, std::vector<Mended>& mended) {
  ORGO_TRY(events, ports_.ledger.decided_events(tenant, stateless));
  std::map<MessageId, const Event*> decided;
  for (const auto& event : events) decided.insert_or_assign(event.message, &event);
  std::vector<WorkKey> to_work;
  for (const auto message : stateless) {
    const auto event = decided.find(message);
    const auto changes = event != decided.end() ? decision_of(tenant, *event->second) : std::nullopt;
    if (changes) {
      const auto done = commit_one(ports_.changes, *changes, within(kCommitTime));
      if (done) mended.push_back({{tenant, message}, true});
      if (done || done.error().code == Errc::conflict) continue;  // conflict: somebody has decided it meanwhile
      if (done.error().code != Errc::not_found) return tl::unexpected(done.error());
      // Its task is gone, too: what it says holds no more.
    }
    to_work.push_back({tenant, WorkKind::process, message.value});
    mended.push_back({{tenant, message}, false});
  }
  return to_work.empty() ? Status{} : ports_.work.add(to_work, ports_.clock.now());
}

std::optional<Changes> LedgerRepair::decision_of(TenantId tenant, const Event& decided) {
  if (ORGO_PLANT(repair_decides_anew)) return std::nullopt;
  std::string subject, from;
  // For lists only: what can't be read keeps no message in no state.
  if (const auto stored = ports_.messages.read(tenant, decided.message)) {
    if (const auto bytes = ports_.messages.read_bytes(tenant, decided.message)) {
      const auto message = read_message(*bytes);
      subject = one_line(message.subject, kSubjectMax);
      from = sender_of(stored->envelope, message);
    }
  }
  return decision_of_event(tenant, decided, std::move(subject), std::move(from));
}

}  // namespace orgo
