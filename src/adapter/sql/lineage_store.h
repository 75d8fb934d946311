#pragma once
#include "adapter/sql/engine.h"
#include "port/lineage_store.h"

namespace orgo {

class SqlLineageStore final : public LineageStore {
 public:
  explicit SqlLineageStore(sql::Engine& engine) : engine_(engine) {}

  Result<Lineage> read_lineage() override;
  Status keep(const Lineage& lineage) override;
  Result<std::int64_t> begin_epoch(const Lineage& lineage) override;

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
