#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"

namespace orgo::testing {

/// Why a Sieve test has no counterpart among our conditions.
struct Untranslatable {
  std::string reason;
};

/// A test of Sieve (RFC 5228 and its extensions), as the tree of the sieve-cases corpus, in the words of our rules.
std::variant<std::string, Untranslatable> condition_of(const json::object& test);

}  // namespace orgo::testing
