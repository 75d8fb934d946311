#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/read/split_text.h"
#include "core/rules/rule_set.h"

namespace orgo::rules {

// From the places that a trace keeps to words that people see marked: on a terminal, on a page.

/// The value that a place points into, of the same message; nullopt: the message has none such.
std::optional<std::string> value_of(const Highlight& place, const Facts& facts);

/// Bytes of a text.
struct Range {
  std::size_t offset = 0;
  std::size_t length = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

/// What is to be marked in `text`, so that it can be written from front to back: in order, what overlaps or touches as
/// one, within the text, whole characters (a mark never cuts one of several bytes), nothing empty. A trace is old, or
/// of another parser, when a place lies elsewhere; that is cut, too.
std::vector<Range> marks_in_order(std::vector<Range> ranges, std::string_view text);

/// Where a place of `body`, `new text`, `quoted text` or `signature` stands in Message::text, in which they are pieces;
/// several when it goes over the end of a piece. Empty for other fields.
std::vector<Range> places_in_body(const Highlight& place, const Message& message, const SplitText& split);

struct Piece {
  std::string text;
  bool marked = false;
};
/// One line with the marked words and up to `margin` bytes beside each; "..." for what is left out, at most `most`
/// bytes of text. `marks` as marks_in_order() makes them; without any, the beginning of the text.
std::vector<Piece> excerpt_of(std::string_view text, const std::vector<Range>& marks, std::size_t margin = 40,
                              std::size_t most = 400);

}  // namespace orgo::rules
