#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/work/work.h"

namespace orgo {

/// A hint as it lies at a broker, in a line of its kind: "TENANT REFERENCE".
std::string hint_text(const WorkKey& key);
/// nullopt: it is none.
std::optional<WorkKey> read_hint(std::string_view text, WorkKind kind);
/// Somebody else has put `count` things into the line of that name; they are forgotten.
void tell_unreadable(std::string_view line, std::size_t count);

}  // namespace orgo
