#include "adapter/in_process/in_process_nodes.h"

#include <chrono>

namespace orgo {
namespace {

Error taken_by_another(const NodeInfo& self) {
  return {Errc::conflict, "there is a node " + self.name + " already"};
}

}  // namespace

void InProcessNodes::keep(const NodeInfo& self) {
  const auto beats = self_ ? self_->beats : 0;
  self_ = NodeSeen{.info = self, .started_at = started_at_, .beats = beats + 1};
  self_->info.schema = schema_;
}

Result<std::optional<NodeSeen>> InProcessNodes::join(const NodeInfo& self, const std::optional<NodeSeen>& before) {
  (void)before;
  const std::lock_guard lock(mutex_);
  if (self_ && self_->info.boot != self.boot) return tl::unexpected(taken_by_another(self));
  keep(self);
  return std::optional<NodeSeen>();
}

Result<std::vector<NodeSeen>> InProcessNodes::beat(const NodeInfo& self) {
  const std::lock_guard lock(mutex_);
  if (self_ && self_->info.boot != self.boot) return tl::unexpected(taken_by_another(self));
  std::vector<NodeSeen> before;
  if (self_) before.push_back(*self_);
  keep(self);
  return before;
}

Result<TimePoint> InProcessNodes::time() {
  return std::chrono::floor<Millis>(std::chrono::system_clock::now());
}

Result<std::vector<NodeSeen>> InProcessNodes::list() {
  const std::lock_guard lock(mutex_);
  return self_ ? std::vector<NodeSeen>{*self_} : std::vector<NodeSeen>();
}

Result<bool> InProcessNodes::bury(const NodeSeen& dead, TimePoint now) {
  (void)dead, (void)now;
  return false;
}

Status InProcessNodes::leave(const NodeInfo& self) {
  const std::lock_guard lock(mutex_);
  if (self_ && self_->info.boot == self.boot) self_.reset();
  return {};
}

}  // namespace orgo
