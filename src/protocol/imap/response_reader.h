#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/imap/response.h"

namespace orgo::imap {

/// Cuts what a server sends into responses, in pieces of any size, and parses them: tolerant of what servers really
/// send (bare LF, missing texts, spaces too many, 8-bit octets, unknown responses), bounded against the rest. Literals
/// of any kind ({n}, {n+}, ~{n}) are taken; one beyond `literal_max` is read past without being kept. Time is linear in
/// what comes.
class ResponseReader {
 public:
  static constexpr std::size_t kLineMost = 256U
                                           << 10U;  ///< of a response without its literals; SEARCH may be of any length
  static constexpr std::size_t kValuesMost = 10'000;  ///< of one response
  static constexpr int kDepthMost = 16;
  static constexpr std::size_t kSearchChunk = 4096;  ///< numbers of SEARCH that are told at once

  enum class State : std::uint8_t {
    more,      ///< all input is taken, nothing is complete yet
    response,  ///< take() it; input may be left
    garbage,   ///< this is no IMAP; why() says what was found. Nothing can be read any more
  };
  /// Removes from `input` what it took.
  State read(std::string_view& input);
  Response take();
  [[nodiscard]] const std::string& why() const { return why_; }

  /// For literals that begin from now on; all literals of a response together may have 64 KB more.
  void set_literal_max(std::uint64_t octets) { literal_max_ = octets; }

 private:
  State on_line_end();
  State on_search_part(bool end);
  State fail(std::string why);
  [[nodiscard]] bool is_free_text() const;
  [[nodiscard]] bool is_search() const;

  std::string line_;  ///< with "{n}\r\n" where a literal stands, its octets in literals_
  std::vector<Value> literals_;
  std::uint64_t literal_left_ = 0;  ///< octets of the literal under way
  bool in_literal_ = false;
  std::uint64_t literal_max_ = 64U << 10U;
  std::uint64_t kept_ = 0;     ///< octets of literals of this response
  std::size_t line_from_ = 0;  ///< where the current physical line begins in line_
  bool searching_ = false;     ///< within a SEARCH that was told in part
  Response response_;
  std::string why_;
};

}  // namespace orgo::imap
