#include "adapter/memory/parts/parts.h"
#include "base/planted.h"

namespace orgo::memory {
namespace {

Status check_send(const Tx& tx, SendId send) {
  if (tx.state.find_send(tx.tenant, send) != nullptr) return {};
  return failure(Errc::not_found, "there is no send " + to_string(send));
}

SendState state_after(SendOutcome::Kind kind) {
  return kind == SendOutcome::Kind::delivered ? SendState::delivered
         : kind == SendOutcome::Kind::failed  ? SendState::failed
                                              : SendState::refused;
}

}  // namespace

Status check(const Tx& tx, const SendOutcome& outcome) {
  ORGO_CHECK(check_send(tx, outcome.send));
  const auto* row = tx.state.find_send(tx.tenant, outcome.send);
  if (row->stored.state == SendState::queued && tx.fences.is_newest(outcome.lease, row->lease)) return {};
  return failure(Errc::conflict, "the lease of send " + to_string(outcome.send) + " is not the newest");
}

void apply(Tx& tx, const SendOutcome& outcome) {
  auto& row = tx.state.sends.at({tx.tenant, outcome.send});
  row.stored.detail = outcome.detail;
  row.stored.updated_at = tx.at;
  row.lease = ++tx.state.last_lease;  // told once: this lease is over
  row.leased_until = {};
  row.owner.clear();
  const bool deferred = outcome.kind == SendOutcome::Kind::deferred;
  const bool held = deferred && outcome.wait == SendOutcome::Wait::held;
  if (row.held && !held) row.counted_at = tx.at;
  row.held = held;
  if (deferred) {
    if (outcome.wait != SendOutcome::Wait::tried) --row.stored.attempts;
    row.stored.send.due_at = outcome.next_attempt;
    return;
  }
  row.stored.state = state_after(outcome.kind);
  tx.state.queued.erase({tx.tenant, outcome.send});
}

Status check(const Tx& tx, const SendBounced& bounced) {
  ORGO_CHECK(check_send(tx, bounced.send));
  if (tx.state.find_send(tx.tenant, bounced.send)->stored.state != SendState::bounced) return {};
  return failure(Errc::conflict, "send " + to_string(bounced.send) + " has bounced already");
}

void apply(Tx& tx, const SendBounced& bounced) {
  auto& row = tx.state.sends.at({tx.tenant, bounced.send});
  row.stored.state = SendState::bounced;
  row.stored.detail = bounced.detail;
  row.stored.updated_at = tx.at;
  tx.state.queued.erase({tx.tenant, bounced.send});
}

Status check(const Tx& tx, const SendRetried& retried) {
  ORGO_CHECK(check_send(tx, retried.send));
  const auto* row = tx.state.find_send(tx.tenant, retried.send);
  if (row->stored.state == SendState::delivered)
    return failure(Errc::conflict, "send " + to_string(retried.send) + " was delivered");
  if (row->stored.state == SendState::recalled)
    return failure(Errc::conflict, "send " + to_string(retried.send) + " was taken back");
  if (row->stored.state == SendState::restored && !ORGO_PLANT(retry_frees_what_is_held))
    return failure(Errc::conflict,
                   "send " + to_string(retried.send) + " is held since a backup was put back: release it or drop it");
  if (row->stored.state == SendState::queued && !row->owner.empty())
    return failure(Errc::conflict, "send " + to_string(retried.send) + " is being sent right now");
  return {};
}

void apply(Tx& tx, const SendRetried& retried) {
  auto& row = tx.state.sends.at({tx.tenant, retried.send});
  row.stored.state = SendState::queued;
  row.stored.attempts = 0;
  row.stored.updated_at = tx.at;
  row.stored.send.due_at = tx.at;
  row.lease = ++tx.state.last_lease;
  row.leased_until = {};
  tx.state.queued.insert({tx.tenant, retried.send});
}

Status check(const Tx& tx, const RestoredSendMoved& moved) {
  ORGO_CHECK(check_send(tx, moved.send));
  if (tx.state.find_send(tx.tenant, moved.send)->stored.state == SendState::restored) return {};
  return failure(Errc::conflict, "send " + to_string(moved.send) + " is not held by a restore");
}

void apply(Tx& tx, const RestoredSendMoved& moved) {
  auto& row = tx.state.sends.at({tx.tenant, moved.send});
  row.stored.detail = moved.detail;
  row.stored.updated_at = tx.at;
  if (moved.to == RestoredSendMoved::To::dropped) {
    row.stored.state = SendState::refused;
    return;
  }
  row.stored.state = SendState::queued;
  row.stored.send.due_at = tx.at;
  tx.state.queued.insert({tx.tenant, moved.send});
}

Status check(const Tx& tx, const SendRecalled& recalled) {
  ORGO_CHECK(check_send(tx, recalled.send));
  const auto* row = tx.state.find_send(tx.tenant, recalled.send);
  if (row->stored.state == SendState::queued && row->stored.attempts == recalled.attempts && row->owner.empty())
    return {};
  return failure(Errc::conflict, "send " + to_string(recalled.send) + " is on its way already");
}

void apply(Tx& tx, const SendRecalled& recalled) {
  auto& row = tx.state.sends.at({tx.tenant, recalled.send});
  row.stored.state = SendState::recalled;
  row.stored.updated_at = tx.at;
  tx.state.queued.erase({tx.tenant, recalled.send});
}

}  // namespace orgo::memory
