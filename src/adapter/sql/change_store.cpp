#include "adapter/sql/change_store.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "adapter/sql/parts/parts.h"
#include "adapter/sql/rows.h"
#include "base/planted.h"
#include "core/parts/parts.h"

namespace orgo {
namespace {

/// All that can refuse a Changes, looked at before anything is written.
Status check_all(sql::Tx& tx, const Changes& changes) {
  ORGO_CHECK(check_form(changes));
  for (const auto& part : changes.parts)
    ORGO_CHECK(std::visit([&](const auto& one) { return sql::check(tx, one); }, part.value));
  for (const auto& send : changes.sends) ORGO_CHECK(sql::check(tx, send));
  for (const auto& timer : changes.timers) ORGO_CHECK(sql::check(tx, timer));
  return {};
}

Result<Committed> apply_all(sql::Tx& tx, const Changes& changes) {
  ORGO_CHECK(tx.number_tasks());
  for (const auto& send : changes.sends) ORGO_CHECK(sql::apply(tx, send));
  for (const auto& part : changes.parts)
    ORGO_CHECK(std::visit([&](const auto& one) { return sql::apply(tx, one); }, part.value));
  for (const auto& timer : changes.timers) ORGO_CHECK(sql::apply(tx, timer));
  Committed committed{.task = tx.first_new_task(), .token = tx.token};
  for (const auto& event : changes.events) {
    ORGO_TRY(sequence,
             sql::insert_event(tx.transaction, tx.tenant, event, tx.subject(event.subject), tx.id(event.send)));
    committed.last_event = sequence;
  }
  return committed;
}

/// Is it about one Changes? Any other error is trouble of the engine, and ends the transaction.
bool is_refusal(Errc code) {
  return code == Errc::conflict || code == Errc::not_found || code == Errc::invalid_input;
}

}  // namespace

Result<std::vector<Result<Committed>>> SqlChangeStore::commit(std::span<const Changes> batch, Deadline deadline) {
  auto committed = commit_together(batch, deadline);
  // The database refuses a row where no check foresaw it, and by then nobody knows whose it was: a batch is one job,
  // and its rows go together. So it is undone as a whole, and its halves go by themselves until the one stands alone.
  if (committed || !is_refusal(committed.error().code) || ORGO_PLANT(refused_change_holds_its_batch)) return committed;
  std::vector<Result<Committed>> answers;
  if (batch.size() == 1) {
    answers.emplace_back(tl::unexpected(std::move(committed).error()));
    return answers;
  }
  for (const auto part : {batch.first(batch.size() / 2), batch.subspan(batch.size() / 2)}) {
    ORGO_TRY(some, commit(part, deadline));
    std::ranges::move(some, std::back_inserter(answers));
  }
  return answers;
}

Result<std::vector<Result<Committed>>> SqlChangeStore::commit_together(std::span<const Changes> batch,
                                                                       Deadline deadline) {
  std::vector<TenantId> tenants;
  for (const auto& changes : batch) tenants.push_back(changes.tenant);
  // Of those whose check went well and that met another writer all the same: left out when the transaction runs again.
  std::vector<std::optional<Error>> overtaken(batch.size());
  auto committed = engine_.write(
      std::move(tenants),
      [&](sql::Transaction& transaction) -> Result<std::vector<Result<Committed>>> {
        std::vector<Result<Committed>> answers;
        answers.reserve(batch.size());
        std::optional<sql::Ahead> ahead;
        if (transaction.connection().batching() != nullptr) {
          ORGO_TRY(read, sql::Ahead::read(transaction.connection(), batch));
          ahead = std::move(read);
        }
        for (std::size_t i = 0; i < batch.size(); ++i) {
          if (overtaken[i]) {
            answers.emplace_back(tl::unexpected(*overtaken[i]));
            continue;
          }
          sql::Tx tx(transaction, batch[i], ahead ? &*ahead : nullptr);
          auto checked = check_all(tx, batch[i]);
          auto answer = checked ? apply_all(tx, batch[i]) : tl::unexpected(checked.error());
          if (!answer && !is_refusal(answer.error().code)) return tl::unexpected(std::move(answer).error());
          if (checked && !answer) {
            overtaken[i] = answer.error();
            transaction.run_again();
            return answers;
          }
          answers.push_back(std::move(answer));
        }
        return answers;
      },
      deadline);
  if (std::ranges::any_of(batch, changes_tokens)) ++token_changes_;  // also when it is not known how it ended
  return committed;
}

}  // namespace orgo
