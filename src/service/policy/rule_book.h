#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/module/module_set.h"
#include "core/rules/rule_set.h"

namespace orgo {

/// The rules of one tenant: read, and then in force, which is all or nothing (B2), for the organization's own files and
/// for each module. Between the two the caller keeps the version in the history: what decides has a name there first.
/// One thread at a time.
class RuleBook {
 public:
  /// With no rules at all: every mail becomes an unrouted task.
  RuleBook();

  /// What came of reading.
  struct Reloaded {
    bool accepted = false;
    bool changed = false;                          ///< accepted, and another version than before
    std::size_t rules = 0;                         ///< in force now, or once it is
    std::vector<Diagnostic> errors;                ///< of a refused set; the old rules stay
    std::vector<Diagnostic> warnings;              ///< of the organization's files; nothing is refused for them
    std::vector<modules::Shelf::Refused> refused;  ///< modules; each by itself, whatever became of the others
  };
  /// Rules that were read and are not in force yet.
  struct Draft {
    Reloaded report;
    std::shared_ptr<const rules::RuleSet> own;  ///< of the organization's files alone
    std::vector<modules::ModulePtr> modules;
    std::vector<modules::Remains> retired;
    std::shared_ptr<const rules::RuleSet> rules;  ///< of both; never null
    std::string trouble;                          ///< what is wrong with the files, in words; empty: nothing
  };
  [[nodiscard]] Draft read(const std::vector<SourceFile>& files, const modules::ModuleInput& modules = {}) const;
  void put_in_force(const Draft& draft);

  [[nodiscard]] std::shared_ptr<const rules::RuleSet> current() const { return current_; }
  /// Some rules were in force already.
  [[nodiscard]] bool began() const { return began_; }

 private:
  std::shared_ptr<const rules::RuleSet> own_;
  std::vector<modules::ModulePtr> modules_;
  std::shared_ptr<const rules::RuleSet> current_;
  bool began_ = false;
};

}  // namespace orgo
