#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace orgo {

/// A mailbox as written in a header (RFC 5322, section 3.4). UTF-8, decoded, without control characters.
struct Address {
  std::string name;     ///< display name, may be empty
  std::string address;  ///< local@domain, the domain in lower case; empty when there was none
  friend bool operator==(const Address&, const Address&) = default;
};

struct Attachment {
  std::string filename;      ///< decoded, no path, no control characters; made up from the type when there was none
  std::string content_type;  ///< "type/subtype" in lower case
  std::uint64_t size = 0;    ///< bytes after decoding
  std::string sha256;        ///< of the decoded bytes, lower-case hex
  bool is_inline = false;    ///< meant to be seen within the text (Content-Disposition, or referred to by cid:)
  std::string content_id;    ///< without <>
};

/// What a header field says after decoding (RFC 2047), unfolded, UTF-8.
struct HeaderField {
  std::string name;  ///< as written
  std::string value;
};

/// Where the bytes break a standard or a limit of ours, and what was made of it. A parse never fails; it has defects.
struct Defect {
  std::string kind;    ///< stable, snake_case: "missing_boundary_end", "bad_base64", "too_many_parts"
  std::string detail;  ///< for a person
};

/// A received message as rules and people talk about it. Made by read_message() from the raw bytes; text is UTF-8.
struct Message {
  std::string message_id;         ///< without <>; empty when the mail has none
  std::optional<TimePoint> date;  ///< of the Date field; nullopt when missing or unreadable
  std::optional<Address> from;    ///< the first From mailbox, else Sender
  std::vector<Address> reply_to, to, cc;
  std::string subject;
  std::string in_reply_to;  ///< the first id of In-Reply-To, without <>
  std::vector<std::string>
      references;    ///< as written, oldest first, without <>; at most 100 (the first and the last 99)
  std::string text;  ///< what a person reads; made from the HTML when there is no text part
  std::string html;  ///< as sent, in UTF-8; never shown without sanitising
  std::vector<Attachment> attachments;
  std::vector<HeaderField> headers;  ///< top-level fields in order, at most 1,000
  std::vector<Defect> defects;
  std::uint64_t size = 0;  ///< of the raw bytes

  /// The first value of a field, by name without case; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

}  // namespace orgo
