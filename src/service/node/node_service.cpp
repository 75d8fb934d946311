#include "service/node/node_service.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/node/agreement.h"
#include "service/node/probe.h"

namespace orgo {
namespace {

constexpr std::array kStates = {NodeState::alive, NodeState::draining, NodeState::suspected, NodeState::dead};

}  // namespace

NodeService::NodeService(Nodes& nodes, Clock& clock, std::function<NodeInfo()> self, MembershipTimes times)
    : nodes_(nodes), clock_(clock), self_(std::move(self)), times_(times), heard_at_(clock.steady()) {}

Result<NodeService::Report> NodeService::step() {
  const auto self = self_();
  const auto all = nodes_.beat(self);
  note(all);
  if (!all) return tl::unexpected(all.error());
  for (const auto state : kStates)
    NodeProbe::instance()
        .nodes.with({to_string(state)})
        .set(static_cast<double>(
            std::ranges::count_if(*all, [&](const NodeSeen& node) { return state_of(node, times_) == state; })));
  Report report;
  report.has_others = others_live(*all, self, times_);
  report.was_dead =
      std::ranges::any_of(*all, [&](const NodeSeen& node) { return node.info.boot == self.boot && node.is_dead; });
  for (const auto& dead : died(*all, self.boot, times_)) {
    const auto buried = nodes_.bury(dead, clock_.now());
    if (!buried) {
      log::warn("node.not_buried", {{"node", dead.info.name}, {"cause", buried.error().message}});
      continue;
    }
    if (!*buried) continue;  // another was faster, or it lives
    ++NodeProbe::instance().buried;
    log::warn("node.died", {{"node", dead.info.name}, {"silent", format_duration(dead.silent)}});
    report.buried.push_back(dead.info.name);
  }
  return report;
}

void NodeService::note(const Result<std::vector<NodeSeen>>& beat) {
  const std::lock_guard lock(mutex_);
  why_ = beat ? std::string() : beat.error().message;
  if (beat) heard_at_ = clock_.steady();
  else ++NodeProbe::instance().failed;
}

std::string NodeService::trouble() const {
  const std::lock_guard lock(mutex_);
  const auto silent = std::chrono::duration_cast<Millis>(clock_.steady() - heard_at_);
  if (silent < times_.suspected_after || ORGO_PLANT(late_node_is_ready)) return {};
  return "the other nodes have not heard this one for " + format_duration(silent) + "; after " +
         format_duration(times_.dead_after) + " they take over its work" + (why_.empty() ? "" : ": " + why_);
}

}  // namespace orgo
