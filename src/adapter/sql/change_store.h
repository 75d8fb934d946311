#pragma once
#include <span>
#include <vector>

#include "adapter/sql/engine.h"
#include "port/change_store.h"

namespace orgo {

class SqlChangeStore final : public ChangeStore {
 public:
  explicit SqlChangeStore(sql::Engine& engine) : engine_(engine) {}

  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override;

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
