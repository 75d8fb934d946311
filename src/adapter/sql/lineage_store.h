#pragma once
#include "adapter/sql/engine.h"
#include "port/lineage_store.h"

namespace orgo {

class SqlLineageStore : public LineageStore {
 public:
  explicit SqlLineageStore(sql::Engine& engine) : engine_(engine) {}

  Result<Lineage> read_lineage() override;
  Status keep(const Lineage& lineage) override;
  Result<std::int64_t> begin_epoch(const Lineage& lineage) override;

 protected:
  virtual Result<Lineage> read(sql::Connection& db);
  virtual Status write(sql::Connection& db, const Lineage& lineage, bool begins_epoch);

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
