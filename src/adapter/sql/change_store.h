#pragma once
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "adapter/sql/engine.h"
#include "port/change_store.h"

namespace orgo {

class SqlChangeStore final : public ChangeStore {
 public:
  explicit SqlChangeStore(sql::Engine& engine) : engine_(engine) {}

  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override;

  /// For TokenStore::token_changes().
  [[nodiscard]] std::uint64_t token_changes() const { return token_changes_; }

 private:
  /// The whole is an error when the database refuses a row of one and nobody knows of which: nothing is written then.
  Result<std::vector<Result<Committed>>> commit_together(std::span<const Changes> batch, Deadline deadline);

  sql::Engine& engine_;
  std::atomic<std::uint64_t> token_changes_{0};
};

}  // namespace orgo
