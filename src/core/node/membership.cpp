#include "core/node/membership.h"

#include <algorithm>

#include "base/planted.h"

namespace orgo {

std::string_view to_string(NodeState state) {
  switch (state) {
    case NodeState::alive:
      return "alive";
    case NodeState::draining:
      return "draining";
    case NodeState::suspected:
      return "suspected";
    case NodeState::dead:
      return "dead";
  }
  return "unknown";
}

NodeState state_of(const NodeSeen& node, const MembershipTimes& times) {
  if (node.is_dead || node.silent >= times.dead_after) return NodeState::dead;
  if (!node.is_connected && node.silent >= times.gone_after) return NodeState::dead;
  if (node.silent >= times.suspected_after) return NodeState::suspected;
  return node.info.draining ? NodeState::draining : NodeState::alive;
}

std::vector<NodeSeen> died(std::span<const NodeSeen> all, std::string_view boot, const MembershipTimes& times) {
  const auto own = std::ranges::find(
      all, boot, [](const NodeSeen& node) -> const auto& { return node.info.boot; });
  const bool may_judge = own != all.end() && !own->is_dead && own->silent < times.suspected_after;
  std::vector<NodeSeen> found;
  if (!may_judge && !ORGO_PLANT(silent_node_judges)) return found;
  for (const auto& node : all)
    if (node.info.boot != boot && !node.is_dead && state_of(node, times) == NodeState::dead) found.push_back(node);
  return found;
}

NameTaking take_name(const NodeSeen& holder, const std::optional<NodeSeen>& before, const MembershipTimes& times) {
  if (holder.is_dead || holder.silent >= times.dead_after) return NameTaking::free;
  // A process that was killed and starts again waits for nobody. One that has only lost its connection finds its name
  // taken, and ends.
  if (!holder.is_connected) return NameTaking::free;
  if (before && (before->info.boot != holder.info.boot || before->beats != holder.beats)) return NameTaking::refused;
  return NameTaking::wait;
}

}  // namespace orgo
