#pragma once
#include <span>
#include <vector>

#include "adapter/sql/engine.h"
#include "port/context_reader.h"

namespace orgo {

class SqlContextReader final : public ContextReader {
 public:
  explicit SqlContextReader(sql::Engine& engine) : engine_(engine) {}

  std::vector<Result<ContextFacts>> load(std::span<const ContextQuery> queries) override;

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
