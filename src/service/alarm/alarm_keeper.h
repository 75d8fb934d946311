#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/changes/changes.h"
#include "port/change_store.h"
#include "port/silence_store.h"
#include "port/task_store.h"

namespace orgo {

/// Opens and ends the alarms of one source, one at a time for each tenant, as a watch finds trouble or none. It knows
/// which are open, so that a round costs nothing for tenants without one; those of earlier processes are looked up
/// once, for tenants to whom anything ever happened. One thread.
class AlarmKeeper {
 public:
  AlarmKeeper(std::string_view source, TaskStore& tasks, ChangeStore& changes, SilenceStore& alarms)
      : source_(source), tasks_(tasks), changes_(changes), alarms_(alarms) {}

  using Raise = std::function<Changes(TenantId)>;
  using End = std::function<Changes(TenantId, TaskNumber)>;
  /// `bad`: tenants for which the alarm has to be open; for all others it has to be closed. Returns how many it
  /// opened. An error leaves the rest for the next call.
  Result<int> settle(const std::set<TenantId>& bad, const Raise& raise, const End& end);

 private:
  Status find_open();
  Status settle_one(TenantId tenant, bool bad, const Raise& raise, const End& end, int& raised);

  const std::string source_;
  TaskStore& tasks_;
  ChangeStore& changes_;
  SilenceStore& alarms_;
  std::optional<std::set<TenantId>> open_;  ///< as far as we know; nullopt: not looked yet
};

}  // namespace orgo
