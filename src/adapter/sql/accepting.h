#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapter/sql/engine.h"
#include "adapter/sql/lookup.h"
#include "core/intake/raw_message.h"
#include "port/message_store.h"

namespace orgo {

/// What a batch asks of the store before it writes, all of it at once, and what it has accepted itself.
class Accepting {
 public:
  Accepting(sql::Transaction& tx, std::span<const RawMessage> messages, std::span<const DedupKey> keys);

  /// The message that was accepted before with this very key, or the same mail by another of the doors where mails are
  /// kept; nothing: it is new.
  Result<std::optional<Accepted>> find_copy(std::size_t i);
  Result<bool> knows_id(std::size_t i);
  void add(std::size_t i, const Accepted& accepted) { mine_[keys_[i].id_hash].push_back({i, accepted}); }

 private:
  /// The first of this batch that is alike.
  template <typename Alike>
  std::optional<Accepted> find_mine(std::size_t i, const Alike& is_alike) const;

  std::span<const RawMessage> messages_;
  std::span<const DedupKey> keys_;
  sql::Lookup copies_;
  sql::Lookup kept_;
  sql::Lookup known_;
  std::vector<std::size_t> kept_at_;
  std::unordered_map<std::int64_t, std::vector<std::pair<std::size_t, Accepted>>> mine_;  ///< by their id_hash
};

}  // namespace orgo
