#include "adapter/sql/accepting.h"

#include <algorithm>

#include "adapter/sql/rows.h"

namespace orgo {

using sql::Query;

namespace {

/// Of an id that more than 100 different mails have used, no more are looked at, or each would cost all before it,
/// while everybody waits for the writer: devices write one id into all of their mails. What is the same to the byte,
/// for the same recipient, is found by copies_ in any case; one of those that came by another door before is then taken
/// twice, which is better than lost.
constexpr const char* kKept =
    "SELECT id, known_id FROM (SELECT id, known_id, content, channel FROM messages WHERE tenant = ? AND id_hash = ? "
    "LIMIT 100) AS c WHERE content = ? AND channel IN (?, ?) ORDER BY id LIMIT 1";

Result<std::optional<Accepted>> first_of(sql::Lookup& lookup, std::size_t i) {
  ORGO_TRY(rows, lookup.rows(i));
  ORGO_TRY(there, rows->next());
  std::optional<Accepted> found;  // `known_id` is as it was when the message came first
  if (there) found = {.message = {rows->integer(0)}, .duplicate = true, .known_id = rows->integer(1) != 0};
  rows->again();  // what is written now is not held up by it
  return found;
}

}  // namespace

template <typename Alike>
std::optional<Accepted> Accepting::find_mine(std::size_t i, const Alike& is_alike) const {
  const auto of_id = mine_.find(keys_[i].id_hash);
  if (of_id == mine_.end()) return std::nullopt;
  for (auto [earlier, accepted] : of_id->second)
    if (messages_[earlier].envelope.tenant == messages_[i].envelope.tenant && is_alike(earlier)) {
      accepted.duplicate = true;
      return accepted;
    }
  return std::nullopt;
}

Accepting::Accepting(sql::Transaction& tx, std::span<const RawMessage> messages, std::span<const DedupKey> keys)
    : messages_(messages), keys_(keys),
      copies_(tx.connection(), "SELECT id, known_id FROM messages WHERE tenant = ? AND id_hash = ? AND copy_hash = ?"),
      kept_(tx.connection(), kKept),
      known_(tx.connection(), "SELECT 1 FROM messages WHERE tenant = ? AND id_hash = ? LIMIT 1") {
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto& envelope = messages[i].envelope;
    const auto& key = keys[i];
    copies_.ask(envelope.tenant.value, key.id_hash, key.copy_hash);
    known_.ask(envelope.tenant.value, key.id_hash);
    const auto doors = channels_of_same_mail(envelope.channel);
    kept_at_.push_back(kept_.size());
    if (!doors.empty())
      kept_.ask(envelope.tenant.value, key.id_hash, Query::Blob{sql::bytes_of(key.content)},
                static_cast<int>(doors.front()), static_cast<int>(doors.back()));
  }
  copies_.send();
  kept_.send();
  known_.send();
}

Result<std::optional<Accepted>> Accepting::find_copy(std::size_t i) {
  ORGO_TRY(copy, first_of(copies_, i));
  if (copy) return copy;
  const auto same = [&](std::size_t earlier) { return keys_[earlier].copy_hash == keys_[i].copy_hash; };
  if (auto mine = find_mine(i, same)) return mine;
  const auto doors = channels_of_same_mail(messages_[i].envelope.channel);
  if (doors.empty()) return std::optional<Accepted>();
  ORGO_TRY(kept, first_of(kept_, kept_at_[i]));
  if (kept) return kept;
  return find_mine(i, [&](std::size_t earlier) {
    return keys_[earlier].content == keys_[i].content &&
           std::ranges::find(doors, messages_[earlier].envelope.channel) != doors.end();
  });
}

Result<bool> Accepting::knows_id(std::size_t i) {
  if (find_mine(i, [](std::size_t /*earlier*/) { return true; })) return true;
  ORGO_TRY(rows, known_.rows(i));
  ORGO_TRY(there, rows->next());
  rows->again();
  return there;
}

}  // namespace orgo
