#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/search/document.h"
#include "core/search/query.h"

namespace orgo::search {

/// How a team or person may be called in a condition: all of it, and what stands before the @ of an address; folded.
std::vector<std::string> names_of(std::string_view receiver);
/// Does it meet this one condition? `without` is heeded.
bool meets(const Document& document, const Condition& condition);
/// Is it found by the query? What every engine has to say, too; the cost is that of the document.
bool matches(const Document& document, const Query& query);

/// A piece of what was found, for people, with what they looked for in it.
struct Snippet {
  std::string text;                                       ///< one line; "..." where more stands around it
  std::vector<std::pair<std::size_t, std::size_t>> hits;  ///< bytes of `text`, in order, apart
  friend bool operator==(const Snippet&, const Snippet&) = default;
};
/// The text of a snippet in order: what was looked for, and what stands between.
struct Piece {
  std::string_view text;
  bool hit = false;
};
std::vector<Piece> pieces_of(const Snippet& snippet);
/// Around the first hit in the words of messages, else in another part; the beginning of the words when the query asks
/// for none.
Snippet snippet_of(const Document& document, const Query& query);

}  // namespace orgo::search
