#pragma once
#include <optional>
#include <string_view>

#include "base/id.h"
#include "core/message/finding.h"

namespace orgo {

/// Does it belong to a task that is known? The store has looked up what the headers and the marker point to; here it
/// becomes a finding. `evidence` says how: "In-Reply-To: <...>".
std::optional<Finding> find_follow_up(TaskNumber task, std::string_view evidence);

/// The marker in a subject: "Re: Fwd: [T-12] Water leak" is T-12. The first one wins, since every answer keeps ours in
/// front of whatever it quotes; upper or lower case; 0: none.
TaskNumber task_marker(std::string_view subject);

}  // namespace orgo
