#pragma once
#include <string>

#include "base/time.h"

namespace orgo {

/// How long ago that was, for people: "just now", "90 seconds ago", "5 minutes ago", "30 hours ago". Needs no zone.
std::string ago(TimePoint at, TimePoint now);

}  // namespace orgo
