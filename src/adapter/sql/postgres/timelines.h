#pragma once
#include <atomic>
#include <memory>
#include <string>

namespace orgo::sql {

/// The newest timeline that this process has seen of a cluster of servers: a standby that is promoted begins a new one
/// (PostgreSQL's manual, "Timelines"). A server of an older one was the primary before; it may not know yet that it is
/// no longer, and what it says is old. All sessions of a process share it, so that one that finds the new primary turns
/// all away from the old one, whatever they are connected to.
class Timelines {
 public:
  using Newest = std::shared_ptr<std::atomic<int>>;
  /// Of the cluster with this system identifier, for as long as the process lives. Any thread.
  static Newest of(const std::string& system);
  /// `timeline` was seen. False: a newer one was.
  static bool saw(const Newest& newest, int timeline);
};

}  // namespace orgo::sql
