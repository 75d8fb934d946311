#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orgo::imap {

/// A piece of a response: what the grammar of RFC 9051, section 9, calls atom, number, string, nil or parenthesised
/// list.
struct Value {
  enum class Kind : std::uint8_t {
    atom,    ///< also numbers, flags and "BODY[HEADER]<0>"
    string,  ///< quoted or literal
    nil,
    list,
    dropped,  ///< a literal beyond the limit: `size` octets were read and thrown away
  };
  Kind kind = Kind::nil;
  std::string text;
  std::vector<Value> items;
  std::uint64_t size = 0;

  [[nodiscard]] bool is_atom(std::string_view word) const;
  /// 0 to `most`; -1 where this is no such number.
  [[nodiscard]] std::int64_t number(std::int64_t most = INT64_MAX) const;
};

/// One response of a server.
struct Response {
  enum class Kind : std::uint8_t {
    tagged,        ///< `name` is OK, NO or BAD
    untagged,      ///< `name` is CAPABILITY, FETCH, EXISTS, OK, BYE ...
    continuation,  ///< "+ ..."
  };
  Kind kind = Kind::untagged;
  std::string tag;
  std::string name;          ///< upper case
  std::int64_t number = -1;  ///< of "* 12 EXISTS", else -1
  std::string
      code;  ///< of OK, NO, BAD, BYE, PREAUTH: "UIDNEXT" of "[UIDNEXT 17]"; upper case, empty where there is none
  std::vector<Value> code_arguments;
  std::string text;                 ///< for a person, or what follows "+ "; raw
  std::vector<Value> values;        ///< of other untagged responses
  bool whole = true;                ///< false: it ends within a list
  std::vector<std::uint32_t> uids;  ///< of SEARCH; one long SEARCH comes as several responses

  [[nodiscard]] bool is_status() const;
  /// `code` and `text` as a person may read it: one line, at most 300 octets, valid UTF-8, nothing that a terminal
  /// obeys.
  [[nodiscard]] std::string said() const;
};

}  // namespace orgo::imap
