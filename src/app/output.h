#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/json.h"
#include "base/result.h"

namespace orgo {

inline constexpr int kDone = 0, kFailed = 1, kAskedWrongly = 2;  ///< exit statuses

/// How this process speaks from here on: errors and notices as one JSON line each, for programs (--json), or as words.
/// Said once, before a command runs; one thread.
void speak_json(bool json);
bool speaks_json();

/// "orgo: <message>" on standard error, or {"error": {"code": "not_found", "message": ...}}. The exit status that fits:
/// asked wrongly for invalid_input, else failed.
int report(const Error& error);
/// The same of a command line that could not be read, in whose message its command is named already.
int report_misuse(const std::string& message);
/// All mistakes of files with their places, and how many there are; as JSON they stand in "errors". kFailed.
int report(const std::vector<Diagnostic>& errors, const std::vector<SourceFile>& sources);

/// Something to know beside the result, on standard error: "there are more", or {"notice": "there are more"}.
void notice(const std::string& text);

/// A list that ends at its limit: says so, and how to see more.
void tell_of_more(int limit);

/// One mistake as an object: file, line, column, message, hint.
json::object to_json(const Diagnostic& diagnostic);

/// `text` of a stranger for a terminal: one line, without control characters, cut to `width` characters (with an
/// ellipsis).
std::string cell(std::string_view text, std::size_t width = 200);

/// The text of a field of a JSON object; empty when it is missing or no text.
std::string text_of(const json::object& object, std::string_view name);

}  // namespace orgo
