#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/json.h"

namespace orgo {

/// How the command line calls what the API calls by another name: "due_at" -> "time", "requester" -> "--from". An empty
/// one is left out, so that what stands in it is named alone.
using FieldNames = std::map<std::string, std::string, std::less<>>;

/// "/files/0/content" is "--attach 1 content" where `names` has "--attach" for "files"; what it has no name for is
/// called as the API does.
std::string field_in_words(std::string_view pointer, const FieldNames& names);

/// What a problem of the API (RFC 9457) says to whoever typed a command: of fields each once, on a line of its own, by
/// its name there; else its detail. Empty: it says nothing.
std::string problem_in_words(const json::object& problem, const FieldNames& names);

}  // namespace orgo
