#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace orgo {

/// "pending_until" as people read it: "pending until".
std::string name_in_words(std::string_view name);

/// A value without the marks of JSON: a text as `shown` gives it, numbers as they are, yes and no, "none", lists with
/// commas between, members of objects as "name: value"; objects of a list with semicolons between. Depth and length are
/// those of the value.
std::string value_in_words(const json::value& value, const std::function<std::string(std::string)>& shown);

/// "from: open, to: pending" of an object; members that are null are left out.
std::string members_in_words(const json::object& object, const std::function<std::string(std::string)>& shown);

}  // namespace orgo
