#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "core/module/module_set.h"
#include "core/policy/policy.h"

namespace orgo {

/// Where the policy of one tenant is written down: its settings, rule files and modules. Calls come from one thread at
/// a time.
class PolicySource {
 public:
  virtual ~PolicySource() = default;
  struct Read {
    std::vector<SourceFile> files;  ///< rules, in their order, with absolute paths
    modules::ModuleInput modules;
    PolicySettings settings;
    std::string trouble;  ///< what could not be read and does not keep the rest from being in force; may be empty
  };
  /// All of it as it is now. unavailable, not_found: it can't be read; invalid_input: the settings have errors, told
  /// with their places.
  virtual Result<Read> read() = 0;
  /// True once for each change since read(). Cheap: it is asked every second.
  virtual bool changed() = 0;
  /// The feeds by URL that the rules named when they were read last.
  [[nodiscard]] virtual std::vector<std::string> feed_urls() const = 0;
};

}  // namespace orgo
