#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace orgo::gateway {

/// Why a part of the program can't do its work; OK when it can. Quick: /readyz is asked every second.
struct ReadyCheck {
  std::string name;  ///< "database", "rules", "disk", "mailbox office"
  std::function<Status()> check;
  bool required = true;  ///< false: is told, but traffic can come all the same
};
/// Those that there are now: parts come and go. Any thread.
using ReadyChecks = std::function<std::vector<ReadyCheck>()>;

}  // namespace orgo::gateway
