#include "core/node/agreement.h"

#include <algorithm>

#include "base/planted.h"

namespace orgo {
namespace {

bool is_another_that_lives(const NodeSeen& node, const NodeInfo& self, const MembershipTimes& times) {
  return node.info.name != self.name && node.is_connected && state_of(node, times) != NodeState::dead;
}

std::string why_not_beside(const NodeInfo& self, const NodeInfo& other) {
  if (self.secret != other.secret && !ORGO_PLANT(another_secret_is_let_in))
    return "its secret.key is another one than that of node " + other.name +
           ", so that whoever logs in on one is a stranger on the other: copy secret.key from the data folder there "
           "over the one here";
  if (self.mails == other.mails || ORGO_PLANT(mails_elsewhere_are_let_in)) return {};
  const auto& from = other.mails.empty() ? self.name : other.name;
  const auto& to = other.mails.empty() ? other.name : self.name;
  return "mails of before files.store was database lie in the data folder of node " + from + ", where node " + to +
         " can't read them: copy the folder blobs/ from there, as a whole; nothing is added to it any more";
}

}  // namespace

std::string why_not_beside(const NodeInfo& self, std::span<const NodeSeen> all, const MembershipTimes& times) {
  for (const auto& node : all) {
    if (!is_another_that_lives(node, self, times)) continue;
    if (auto why = why_not_beside(self, node.info); !why.empty()) return why;
  }
  return {};
}

bool others_live(std::span<const NodeSeen> all, const NodeInfo& self, const MembershipTimes& times) {
  return std::ranges::any_of(all, [&](const NodeSeen& node) { return is_another_that_lives(node, self, times); });
}

}  // namespace orgo
