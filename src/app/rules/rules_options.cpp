#include "app/rules/rules_options.h"

namespace orgo {

void declare(OptionSet& options, RulesConfig& rules) {
  options.section("rules", "What is to be done with which message (docs/rules.md).")
      .list({"rules.files", "Rule files, in order. They are read again when they change.",
             "[rules.yaml, more-rules.yaml]"},
            rules.files);
}

void declare(OptionSet& options, ModulesConfig& modules) {
  options
      .section("modules",
               "Rules for a whole field of work, to be added and removed while running (docs/guide/write-a-module.md).")
      .text({"modules.dir", "Folder that `orgo module add NAME` takes modules from. Empty: those that come with Orgo.",
             "/srv/orgo/modules"},
            modules.dir);
}

}  // namespace orgo
