#pragma once
#include "adapter/sql/engine.h"
#include "adapter/sql/postgres/postgres_line.h"
#include "port/nodes.h"

namespace orgo::sql {

/// The nodes of one database, in its table of nodes, with times of the server. A row also names the session that its
/// node beats over: the server knows at once when a process has ended, which no clock tells.
class PostgresNodes final : public Nodes {
 public:
  /// Beats go over `line`; what a dead one held is given back in one transaction of `engine`.
  PostgresNodes(PostgresLine& line, Engine& engine) : line_(line), engine_(engine) {}

  Result<std::optional<NodeSeen>> join(const NodeInfo& self, const std::optional<NodeSeen>& before) override;
  Result<std::vector<NodeSeen>> beat(const NodeInfo& self) override;
  Result<TimePoint> time() override;
  Result<Standbys> standbys() override;
  Result<std::vector<NodeSeen>> list() override;
  Result<bool> bury(const NodeSeen& dead, TimePoint now) override;
  Status leave(const NodeInfo& self) override;

 private:
  PostgresLine& line_;
  Engine& engine_;
};

}  // namespace orgo::sql
