#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/module/module_set.h"
#include "core/rules/rule_set.h"

namespace orgo {

/// The rules in force, shared by all workers; a reload is all or nothing (B2), for the organization's own files and for
/// each module. Any thread.
class RuleBook {
 public:
  /// With no rules at all: every mail becomes an unrouted task.
  RuleBook();
  [[nodiscard]] std::shared_ptr<const rules::RuleSet> current() const;

  struct Reloaded {
    bool accepted = false;
    bool changed = false;                          ///< accepted, and another version than before
    std::size_t rules = 0;                         ///< in force now
    std::vector<Diagnostic> errors;                ///< of a refused set; the old rules stay
    std::vector<Diagnostic> warnings;              ///< of the organization's files; nothing is refused for them
    std::vector<modules::Shelf::Refused> refused;  ///< modules; each by itself, whatever became of the others
  };
  Reloaded reload(const std::vector<SourceFile>& files, const modules::ModuleInput& modules = {});
  /// Which modules are in force, in order.
  [[nodiscard]] std::vector<modules::ModulePtr> modules_in_force() const;
  /// What is wrong with the newest files, in words; empty when they are in force. For /readyz and `orgo doctor`.
  [[nodiscard]] std::string trouble() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const rules::RuleSet> own_;  ///< of the organization's files alone
  std::vector<modules::ModulePtr> modules_;
  std::vector<modules::Remains> retired_;
  std::shared_ptr<const rules::RuleSet> current_;  ///< of both
  std::string trouble_;
};

}  // namespace orgo
