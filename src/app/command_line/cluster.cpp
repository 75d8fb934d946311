#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_cluster(Command& root) {
  const auto options = std::make_shared<ClusterOptions>();
  auto cluster = root.add("cluster", "The processes that work on one database",
                          "  orgo cluster status\n  orgo cluster status --json | jq '.[].state'");
  cluster.require_subcommand();
  auto status = cluster.add("status", "List the nodes: how each stands, what it does, how busy its machine is",
                            "  orgo cluster status\n  orgo cluster status --json | jq '.[].state'");
  status.common(options->common);
  status.on_run([options] { return cmd_cluster(*options); });
}

}  // namespace orgo
