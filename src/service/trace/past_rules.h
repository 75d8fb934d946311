#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/module/in_force.h"
#include "core/module/module.h"
#include "core/rules/rule_set.h"
#include "port/rule_store.h"

namespace orgo {

/// The rules as they were when a decision was made: the files of that version from the history, with the modules of
/// that time from their copies. What is asked for again soon (the messages of one task, a list that somebody walks) is
/// kept: the last kMost sets, each as large as one in force. Threads: any; one reads at a time.
class PastRules {
 public:
  /// The files of a module as they were; not_found: no copy is left.
  using Modules = std::function<Result<modules::ModuleSource>(TenantId tenant, const modules::InForce::One& module)>;
  /// The set in force now, which most questions are about; may be empty.
  using Current = std::function<std::shared_ptr<const rules::RuleSet>(TenantId tenant)>;
  static constexpr std::size_t kMost = 4;

  PastRules(RuleStore& history, Modules modules, Current current = {})
      : history_(history), modules_(std::move(modules)), current_(std::move(current)) {}

  /// By RuleSet::version(). not_found: the history does not have it, or a module of it is gone; invalid_input: this
  /// Orgo finds errors in it that the one of then did not; else as RuleStore.
  Result<std::shared_ptr<const rules::RuleSet>> of(TenantId tenant, const std::string& version);

 private:
  Result<std::shared_ptr<const rules::RuleSet>> read(TenantId tenant, const std::string& version);

  RuleStore& history_;
  Modules modules_;
  Current current_;
  std::mutex mutex_;
  struct Held {
    TenantId tenant;
    std::string version;
    std::shared_ptr<const rules::RuleSet> rules;
  };
  std::vector<Held> held_;  ///< the newest last
};

}  // namespace orgo
