#pragma once
#include <optional>
#include <string>

#include "base/time.h"
#include "core/workplace/on_call.h"

namespace orgo {

/// When nobody is on duty by this rota within the next `days`, in a sentence for whoever writes the rules: it has not
/// begun, has ended, or has a gap. nullopt: somebody always is.
std::optional<std::string> rota_gap(const OnCall& rota, TimePoint now, int days = 30);

}  // namespace orgo
