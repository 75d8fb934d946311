#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace orgo {

inline constexpr int kDone = 0, kFailed = 1, kAskedWrongly = 2;  ///< exit statuses

/// "orgo: <message>" on standard error. The exit status that fits: asked wrongly for invalid_input, else failed.
int report(const Error& error);

/// `text` of a stranger for a terminal: one line, without control characters, cut to `width` characters (with an
/// ellipsis).
std::string cell(std::string_view text, std::size_t width = 200);

/// The text of a field of a JSON object; empty when it is missing or no text.
std::string text_of(const json::object& object, std::string_view name);

/// Columns that line up, two spaces apart; the last is not filled. Widths are counted in characters, not bytes.
class Table {
 public:
  explicit Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.size() <= 1; }
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace orgo
