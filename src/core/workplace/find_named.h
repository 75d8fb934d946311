#pragma once
#include <algorithm>
#include <string_view>

#include "base/same_text.h"

namespace orgo {

/// The entry of `name` in a table by names: written so, or with the same letters composed another way, as macOS types
/// "bücherei" with its dots apart. Case counts. end(): there is none.
template <typename Table>
auto find_named(Table& table, std::string_view name) {
  if (const auto found = table.find(name); found != table.end()) return found;
  return std::find_if(table.begin(), table.end(),
                      [&](const auto& entry) { return is_same_spelling(entry.first, name); });
}

}  // namespace orgo
