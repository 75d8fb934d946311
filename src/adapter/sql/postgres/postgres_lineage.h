#pragma once
#include <string>
#include <utility>

#include "adapter/sql/lineage_store.h"

namespace orgo::sql {

/// How far the database has come, as each of its nodes has marked it: a node's file says what that node marked last, so
/// its marks are its own, and only epochs are of all. Of what no node has marked, the row of one server counts.
class PostgresLineage final : public SqlLineageStore {
 public:
  PostgresLineage(Engine& engine, std::string node) : SqlLineageStore(engine), node_(std::move(node)) {}

 protected:
  Result<Lineage> read(Connection& db) override;
  /// conflict: another node has begun an epoch meanwhile.
  Status write(Connection& db, const Lineage& lineage, bool begins_epoch) override;

 private:
  const std::string node_;
};

}  // namespace orgo::sql
