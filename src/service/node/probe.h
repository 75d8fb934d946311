#pragma once
#include "base/metrics.h"

namespace orgo {

/// What this node sees of all.
struct NodeProbe {
  metrics::Gauge nodes{"orgo_nodes",
                       "Nodes that work on the database, as this one sees them: alive, draining, suspected, dead.",
                       {"state"}};
  metrics::Counter buried{"orgo_nodes_buried_total", "Dead nodes whose work this one has given to those that live."};
  metrics::Gauge standbys{"orgo_database_standbys",
                          "Servers that follow the database's: those that confirm each commit, those that only follow.",
                          {"confirms"}};
  metrics::Counter failed{"orgo_node_beats_failed_total", "Times when this node could not say that it is there."};

  static const NodeProbe& instance() {
    static const NodeProbe probe;
    return probe;
  }
};

}  // namespace orgo
