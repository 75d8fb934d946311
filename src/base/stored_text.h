#pragma once
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace orgo {

/// Text as a text column of any database takes it: well-formed UTF-8 without NUL. What strangers send (the answer of a
/// peer, an address, a subject, an error that quotes them) is neither for sure, and one such row would make a database
/// refuse the whole transaction, for ever. Each byte that begins no character, and each NUL, becomes U+FFFD; past
/// `bytes_max` it is cut between two characters. A view of what was given while nothing is to mend, which is nearly
/// always: then it costs one look at the bytes. Mending twice changes nothing.
class StoredText {
 public:
  static constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

  /// `text` outlives it.
  explicit StoredText(std::string_view text, std::size_t bytes_max = kNoLimit);
  StoredText(const StoredText&) = delete;
  StoredText& operator=(const StoredText&) = delete;

  [[nodiscard]] std::string_view view() const { return mended_.empty() ? given_ : std::string_view(mended_); }
  [[nodiscard]] bool is_mended() const { return !mended_.empty(); }

 private:
  std::string_view given_;
  std::string mended_;  ///< empty: `given_` is as it must be
};

/// Well-formed UTF-8 without NUL.
bool is_storable(std::string_view text);
/// A StoredText as a string of its own.
std::string stored_text(std::string_view text, std::size_t bytes_max = StoredText::kNoLimit);

}  // namespace orgo
