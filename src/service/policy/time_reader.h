#pragma once
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "core/policy/policy.h"

namespace orgo {

using TimeReader = std::function<Result<std::optional<TimePoint>>(std::string_view text)>;

/// How times are read that people of this organization write (parse_due_or_none()): by its calendar, in its zone, or in
/// `zone` where somebody reads them in their own. The policy outlives it.
TimeReader reader_of_times(const Policy& policy, TimePoint now, std::optional<TimeZone> zone = {});

}  // namespace orgo
