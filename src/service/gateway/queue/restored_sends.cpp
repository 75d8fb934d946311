#include "service/gateway/queue/restored_sends.h"

#include <utility>

#include "base/planted.h"
#include "base/text.h"
#include "core/delivery/restored_alarm.h"

namespace orgo::gateway {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(60);
constexpr int kAtOnce = 500;
constexpr std::size_t kReasonMax = 500;

Status check(const RestoredSends::Decision& decision) {
  const auto reason = trim(decision.reason);
  if (decision.word == RestoredSends::Word::drop && (reason.empty() || reason.size() > kReasonMax))
    return failure(Errc::invalid_input, "say why they are dropped: 1 to 500 bytes; it stands in the history");
  return {};
}

}  // namespace

Result<int> RestoredSends::decide(TenantId tenant, const std::vector<SendId>& sends, const Decision& decision) {
  ORGO_CHECK(check(decision));
  std::vector<StoredSend> held;
  for (const auto id : sends) {
    ORGO_TRY(stored, ports_.outbox.read_send(tenant, id));
    if (stored.state != SendState::restored)
      return failure(Errc::conflict, "send " + to_string(id) + " is not held by a restore: it is " +
                                         std::string(to_string(stored.state)));
    held.push_back(std::move(stored));
  }
  ORGO_TRY(done, commit(tenant, held, decision));
  if (done == 0 && !held.empty() && !ORGO_PLANT(loser_is_told_nothing))
    return failure(Errc::conflict, held.size() == 1
                                       ? "send " + to_string(held[0].id) +
                                             " is not held by a restore any more: somebody has just decided"
                                       : "none of them is held by a restore any more: somebody has just "
                                         "decided");
  return done;
}

Result<int> RestoredSends::decide_all(TenantId tenant, const Decision& decision) {
  ORGO_CHECK(check(decision));
  int done = 0;
  for (SendId after{};;) {
    ORGO_TRY(held, ports_.outbox.restored_sends(tenant, after, kAtOnce));
    if (held.empty() || (ORGO_PLANT(only_the_first_are_released) && done > 0)) return done;
    after = held.back().id;
    ORGO_TRY(some, commit(tenant, held, decision));
    done += some;
  }
}

Result<int> RestoredSends::commit(TenantId tenant, const std::vector<StoredSend>& sends, const Decision& decision) {
  const auto now = ports_.clock.now();
  std::vector<Changes> all;
  for (const auto& one : sends)
    all.push_back(decision.word == Word::release
                      ? release_restored(tenant, one.id, one.send.subject, one.send.message, decision.actor, now)
                      : drop_restored(tenant, one.id, one.send.subject, one.send.message, trim(decision.reason),
                                      decision.actor, now));
  if (all.empty()) return 0;
  ORGO_TRY(answers, ports_.changes.commit(all, within(kCommitTime)));
  int done = 0;
  for (auto& answer : answers) {
    // conflict: somebody else has decided meanwhile.
    if (!answer && answer.error().code != Errc::conflict) return tl::unexpected(std::move(answer).error());
    done += answer ? 1 : 0;
  }
  return done;
}

}  // namespace orgo::gateway
