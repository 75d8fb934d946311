#include "app/cluster/cluster_part.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include "app/version.h"
#include "base/log.h"
#include "base/text.h"

namespace orgo {
namespace {

constexpr MembershipTimes kTimes;
constexpr Millis kAskAgain{500};
constexpr Millis kJoinMost = kTimes.dead_after + Millis{5'000};

/// Of the last minute; 0 where the system does not tell.
std::int64_t load_of_machine() {
  double average = 0;
  if (::getloadavg(&average, 1) != 1) return 0;
  const auto processors = std::max(1U, std::thread::hardware_concurrency());
  return static_cast<std::int64_t>(average * 100 / processors);
}

}  // namespace

Result<ClusterPart*> ClusterPart::open(Node& node, const Roles& roles, StoragePart& storage,
                                       Coordination& coordination) {
  auto& part = node.lifecycle().own(std::make_unique<ClusterPart>());
  part.nodes_ = coordination.open_nodes(storage.stores());
  part.is_shared_ = coordination.is_shared();
  part.self_ = {.name = node.name(), .boot = node.boot(), .version = std::string(kVersion), .roles = to_string(roles)};
  ORGO_CHECK(part.join());
  node.lifecycle().on_stop("cluster", [&part](Deadline) { (void)part.nodes_->leave(part.self()); });
  // What an earlier process of this node held: nobody waits for the ends of its leases. Never another node's.
  ORGO_CHECK(storage.give_back_earlier(node.clock().now()));
  ORGO_CHECK(coordination.locks().release_all(storage.owner(), LeasesOf::earlier_boots));
  part.service_ = std::make_unique<NodeService>(
      *part.nodes_, node.clock(), [&part] { return part.self(); }, kTimes);
  part.loops_ = &node.add_loops("beats");
  if (part.is_shared_) part.loops_->add("orgo-beat", [&part] { return part.step(); });
  return &part;
}

/// Who has the name is silent, as a rule, since it has died: soon that is known.
Status ClusterPart::join() {
  std::optional<NodeSeen> before;
  std::mutex mutex;
  std::condition_variable never;
  for (const auto until = within(kJoinMost); std::chrono::steady_clock::now() < until;) {
    ORGO_TRY(holder, nodes_->join(self(), before));
    if (!holder) return {};
    if (!before) {
      log::info("node.waits", {{"node", self_.name}, {"cause", "another process had this name a moment ago"}});
      before = std::move(holder);
    }
    std::unique_lock lock(mutex);
    never.wait_for(lock, kAskAgain);
  }
  return failure(Errc::conflict,
                 "node " + self_.name + " is there already and can't be told from a dead one: try again");
}

NodeInfo ClusterPart::self() const {
  const std::lock_guard lock(mutex_);
  auto now = self_;
  now.load = load_of_machine();
  return now;
}

Millis ClusterPart::step() {
  const auto report = service_->step();
  if (report) {
    if (report->was_dead)
      log::error("node.was_dead", {{"cause",
                                    "the others did not hear this node and have taken over its work; it goes "
                                    "on with new work"}});
    return kTimes.beat;
  }
  log::error("node.not_heard", {{"cause", report.error().message}});
  // Two of one name would each take what is the other's at its next start.
  if (report.error().code == Errc::conflict) (void)::kill(::getpid(), SIGTERM);
  return kTimes.beat;
}

void ClusterPart::opened(Node& node, std::string address) {
  const auto change = [this](auto set) {
    {
      const std::lock_guard lock(mutex_);
      set(self_);
    }
    loops_->wake();
    if (!is_shared_) (void)nodes_->beat(self());
  };
  change([&](NodeInfo& info) { info.address = std::move(address); });
  node.lifecycle().on_stop("node", [change](Deadline) { change([](NodeInfo& info) { info.draining = true; }); });
}

std::vector<gateway::ReadyCheck> ClusterPart::ready_checks() const {
  if (!is_shared_) return {};
  return {{"node", [service = service_.get()] {
             const auto trouble = service->trouble();
             return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, trouble));
           }}};
}

}  // namespace orgo
