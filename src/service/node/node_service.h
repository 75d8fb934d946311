#pragma once
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "port/clock.h"
#include "port/nodes.h"

namespace orgo {

/// Says that this node is there, and gives back what dead ones hold. One thread calls step(); trouble(): any.
class NodeService {
 public:
  /// `self`: this node as it is now.
  NodeService(Nodes& nodes, Clock& clock, std::function<NodeInfo()> self, MembershipTimes times = {});

  struct Report {
    bool was_dead = false;            ///< others took this one for dead, and have given back what it held
    bool has_others = false;          ///< that work beside this one
    std::vector<std::string> buried;  ///< whose work is free now
  };
  /// One beat. conflict: another process has this node's name; what this one does is in vain. A node that can't be
  /// buried now is at the next beat, here or elsewhere.
  Result<Report> step();
  /// For /readyz: no beat went well for longer than the others wait; empty: they hear it.
  [[nodiscard]] std::string trouble() const;

 private:
  void note(const Result<std::vector<NodeSeen>>& beat);

  Nodes& nodes_;
  Clock& clock_;
  const std::function<NodeInfo()> self_;
  const MembershipTimes times_;
  mutable std::mutex mutex_;
  Deadline heard_at_;
  std::string why_;  ///< the last beat did not go well
};

}  // namespace orgo
