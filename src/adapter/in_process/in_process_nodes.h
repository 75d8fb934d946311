#pragma once
#include <mutex>
#include <optional>

#include "port/nodes.h"

namespace orgo {

/// One node, itself: all that there is where no other process can use the store. It is heard whenever it is asked.
class InProcessNodes final : public Nodes {
 public:
  /// `schema`: version of the tables.
  InProcessNodes(TimePoint started_at, int schema) : started_at_(started_at), schema_(schema) {}

  Result<std::optional<NodeSeen>> join(const NodeInfo& self, const std::optional<NodeSeen>& before) override;
  Result<std::vector<NodeSeen>> beat(const NodeInfo& self) override;
  Result<TimePoint> time() override;
  Result<std::vector<NodeSeen>> list() override;
  Result<bool> bury(const NodeSeen& dead, TimePoint now) override;
  Status leave(const NodeInfo& self) override;

 private:
  void keep(const NodeInfo& self);

  const TimePoint started_at_;
  const int schema_;
  std::mutex mutex_;
  std::optional<NodeSeen> self_;
};

}  // namespace orgo
