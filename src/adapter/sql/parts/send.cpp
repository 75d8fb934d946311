#include "adapter/sql/late_tables.h"
#include "adapter/sql/parts/parts.h"
#include "adapter/sql/send_lanes.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo::sql {
namespace {

constexpr auto kQueued = static_cast<int>(SendState::queued);
constexpr auto kBounced = static_cast<int>(SendState::bounced);
constexpr auto kRestored = static_cast<int>(SendState::restored);
constexpr auto kRecalled = static_cast<int>(SendState::recalled);

SendState state_after(SendOutcome::Kind kind) {
  return kind == SendOutcome::Kind::delivered ? SendState::delivered
         : kind == SendOutcome::Kind::failed  ? SendState::failed
                                              : SendState::refused;
}

}  // namespace

Status check(Tx& tx, const Send& send) {
  ORGO_CHECK(tx.check_task(send.subject.task_ref()));
  if (send.content) ORGO_CHECK(tx.check_message(send.content));
  return send.message ? tx.check_message(send.message) : Status{};
}

Status apply(Tx& tx, const Send& send) {
  const auto subject = tx.subject(send.subject);
  const auto recipient = to_string(send.recipient), key = ascii_lower(recipient);
  ORGO_TRY(id, tx.transaction.next(tx.tenant, Counter::send));
  if (ORGO_PLANT(outbox_skipped)) {
    tx.add_send({id});
    return {};
  }
  const auto share = send.priority == Priority::urgent ? Share::urgent : Share::ordinary;
  ORGO_CHECK(tx.transaction.late().add(
      late_sends(), tx.tenant.value, id, tx.tenant.value, id, static_cast<int>(send.kind), lane_of(send), recipient,
      key, static_cast<int>(send.priority), static_cast<int>(subject.kind()), subject.id(), send.message.value,
      send.template_name, send.note, static_cast<int>(tx.sends_begin_as()), 0, 0, "", to_ms(send.due_at), "",
      to_ms(tx.at), to_ms(tx.at), send.cause, static_cast<int>(share), to_ms(tx.at), send.rule, send.content.value,
      to_string(send.sender)));
  tx.add_send({id});
  return {};
}

Status check(Tx& tx, const SendOutcome& outcome) {
  if (tx.ahead != nullptr && tx.ahead->has_lease(tx.tenant, outcome)) return {};
  ORGO_CHECK(tx.transaction.late().settle(late_sends(), tx.tenant.value, outcome.send.value));
  Query query(tx.db, "SELECT lease, state FROM outbox WHERE tenant = ? AND id = ?");
  query.with(tx.tenant.value, outcome.send.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no send " + to_string(outcome.send));
  if (query.integer(0) != outcome.lease || query.integer(1) != kQueued)
    return failure(Errc::conflict, "the lease of send " + to_string(outcome.send) + " is not the newest");
  return {};
}

Status apply(Tx& tx, const SendOutcome& outcome) {
  const bool deferred = outcome.kind == SendOutcome::Kind::deferred;
  const auto what = "send " + to_string(outcome.send);
  if (deferred && outcome.wait == SendOutcome::Wait::held) {
    Query update(
        tx.db,
        "UPDATE outbox SET visible_at = ?, detail = ?, updated_at = ?, lease = lease + 1, owner = '', attempts "
        "= attempts - 1, share = CASE WHEN share < 2 THEN share + 2 ELSE share END WHERE id = ? AND tenant = ? "
        "AND lease = ? AND state = ?");
    update.with(to_ms(outcome.next_attempt), outcome.detail, to_ms(tx.at), outcome.send.value, tx.tenant.value,
                outcome.lease, kQueued);
    return run_and_change(tx.db, update, what);
  }
  if (deferred) {
    if (ORGO_PLANT(deferral_keeps_its_lease)) return {};
    Query update(
        tx.db,
        "UPDATE outbox SET visible_at = ?, detail = ?, updated_at = ?, lease = lease + 1, owner = '', attempts "
        "= attempts - ?, counted_at = CASE WHEN share < 2 THEN counted_at ELSE ? END, share = CASE WHEN share "
        "< 2 THEN share ELSE share - 2 END WHERE id = ? AND tenant = ? AND lease = ? AND state = ?");
    update.with(to_ms(outcome.next_attempt), outcome.detail, to_ms(tx.at),
                outcome.wait == SendOutcome::Wait::untried ? 1 : 0, to_ms(tx.at), outcome.send.value, tx.tenant.value,
                outcome.lease, kQueued);
    return run_and_change(tx.db, update, what);
  }
  Query update(tx.db,
               "UPDATE outbox SET state = ?, detail = ?, updated_at = ?, owner = '', counted_at = CASE WHEN share < 2 "
               "THEN counted_at ELSE ? END, share = CASE WHEN share < 2 THEN share ELSE share - 2 END WHERE id = ? "
               "AND tenant = ? AND lease = ? AND state = ?");
  update.with(static_cast<int>(state_after(outcome.kind)), outcome.detail, to_ms(tx.at), to_ms(tx.at),
              outcome.send.value, tx.tenant.value, outcome.lease, kQueued);
  return run_and_change(tx.db, update, what);
}

Status check(Tx& tx, const SendBounced& bounced) {
  ORGO_CHECK(tx.transaction.late().settle(late_sends(), tx.tenant.value, bounced.send.value));
  Query query(tx.db, "SELECT state FROM outbox WHERE tenant = ? AND id = ?");
  query.with(tx.tenant.value, bounced.send.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no send " + to_string(bounced.send));
  if (query.integer(0) == kBounced)
    return failure(Errc::conflict, "send " + to_string(bounced.send) + " has bounced already");
  return {};
}

Status apply(Tx& tx, const SendBounced& bounced) {
  Query update(
      tx.db,
      "UPDATE outbox SET state = ?, detail = ?, updated_at = ?, owner = '' WHERE id = ? AND tenant = ? AND state <> ?");
  update.with(kBounced, bounced.detail, to_ms(tx.at), bounced.send.value, tx.tenant.value, kBounced);
  return run_and_change(tx.db, update, "send " + to_string(bounced.send));
}

Status check(Tx& tx, const SendRetried& retried) {
  ORGO_CHECK(tx.transaction.late().settle(late_sends(), tx.tenant.value, retried.send.value));
  Query query(tx.db, "SELECT state, owner FROM outbox WHERE tenant = ? AND id = ?");
  query.with(tx.tenant.value, retried.send.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no send " + to_string(retried.send));
  if (query.integer(0) == static_cast<int>(SendState::delivered))
    return failure(Errc::conflict, "send " + to_string(retried.send) + " was delivered");
  if (query.integer(0) == kRecalled)
    return failure(Errc::conflict, "send " + to_string(retried.send) + " was taken back");
  if (query.integer(0) == kRestored && !ORGO_PLANT(retry_frees_what_is_held))
    return failure(Errc::conflict,
                   "send " + to_string(retried.send) + " is held since a backup was put back: release it or drop it");
  if (!query.text(1).empty())
    return failure(Errc::conflict, "send " + to_string(retried.send) + " is being sent right now");
  return {};
}

Status apply(Tx& tx, const SendRetried& retried) {
  Query update(tx.db,
               "UPDATE outbox SET state = ?, attempts = 0, visible_at = ?, lease = lease + 1, updated_at = ? WHERE "
               "tenant = ? AND id = ? AND state <> ? AND state <> ? AND state <> ? AND owner = ''");
  update.with(kQueued, to_ms(tx.at), to_ms(tx.at), tx.tenant.value, retried.send.value,
              static_cast<int>(SendState::delivered), kRecalled, ORGO_PLANT(retry_frees_what_is_held) ? 0 : kRestored);
  return run_and_change(tx.db, update, "send " + to_string(retried.send));
}

Status check(Tx& tx, const RestoredSendMoved& moved) {
  Query query(tx.db, "SELECT state FROM outbox WHERE tenant = ? AND id = ?");
  query.with(tx.tenant.value, moved.send.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no send " + to_string(moved.send));
  if (query.integer(0) != kRestored)
    return failure(Errc::conflict, "send " + to_string(moved.send) + " is not held by a restore");
  return {};
}

Status apply(Tx& tx, const RestoredSendMoved& moved) {
  const bool goes_out = moved.to == RestoredSendMoved::To::queued;
  Query update(tx.db,
               "UPDATE outbox SET state = ?, visible_at = CASE WHEN ? = 1 THEN ? ELSE visible_at END, detail = ?, "
               "updated_at = ? WHERE tenant = ? AND id = ? AND state = ?");
  update.with(goes_out ? kQueued : static_cast<int>(SendState::refused), goes_out ? 1 : 0, to_ms(tx.at), moved.detail,
              to_ms(tx.at), tx.tenant.value, moved.send.value, kRestored);
  return run_and_change(tx.db, update, "send " + to_string(moved.send));
}

Status check(Tx& tx, const SendRecalled& recalled) {
  ORGO_CHECK(tx.transaction.late().settle(late_sends(), tx.tenant.value, recalled.send.value));
  Query query(tx.db, "SELECT state, attempts, owner FROM outbox WHERE tenant = ? AND id = ?");
  query.with(tx.tenant.value, recalled.send.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no send " + to_string(recalled.send));
  if (query.integer(0) == kQueued && query.integer(1) == recalled.attempts && query.text(2).empty()) return {};
  return failure(Errc::conflict, "send " + to_string(recalled.send) + " is on its way already");
}

Status apply(Tx& tx, const SendRecalled& recalled) {
  Query update(tx.db,
               "UPDATE outbox SET state = ?, updated_at = ? WHERE tenant = ? AND id = ? AND state = ? AND attempts = ? "
               "AND owner = ''");
  update.with(kRecalled, to_ms(tx.at), tx.tenant.value, recalled.send.value, kQueued, recalled.attempts);
  return run_and_change(tx.db, update, "send " + to_string(recalled.send));
}

}  // namespace orgo::sql
