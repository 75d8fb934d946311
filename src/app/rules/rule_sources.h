#pragma once
#include <string>
#include <vector>

#include "adapter/module_folder/module_folder.h"
#include "app/rules/people_names.h"
#include "app/rules/rule_files.h"
#include "base/result.h"
#include "core/module/module_set.h"

namespace orgo {

/// All that decides on one machine: the organization's rule files and the modules of its data folder.
class RuleSources {
 public:
  RuleSources(std::vector<std::string> rule_files, const std::string& data_folder)
      : RuleSources(std::move(rule_files), data_folder, data_folder) {}
  /// With feeds by URL in one folder, and modules in another. `within`: see RuleFiles.
  RuleSources(std::vector<std::string> rule_files, const std::string& feeds_folder, const std::string& modules_folder,
              std::string within = {})
      : files_(std::move(rule_files), feeds_folder, std::move(within)), home_(modules_folder) {}

  struct Read {
    std::vector<SourceFile> files;
    modules::ModuleInput modules;
    std::string trouble;  ///< modules.yaml can't be read: there are no modules then
  };
  /// Whose names the rules may say.
  void know(PeopleNames people) { people_ = std::move(people); }
  /// Errors are those of the rule files; trouble with modules never keeps the rules from being read.
  Result<Read> read();
  /// True once for each change of a rule file, of modules.yaml, of a file of a module in force, or of somebody's name.
  bool changed();
  /// What stands there now in place of the rule files is no change.
  void note() { files_.note(); }
  /// The feeds by URL that the files named when they were read last.
  [[nodiscard]] std::vector<std::string> feed_urls() const { return files_.feed_urls(); }

 private:
  RuleFiles files_;
  ModuleHome home_;
  PeopleNames people_;
  RuleFiles watched_{{}};  ///< the files of modules, by the same means
};

}  // namespace orgo
