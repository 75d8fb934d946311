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

/// The report of a machine (RFC 6522) in a mail, wherever it stands: at the root, below a gateway's footer or a
/// signature, without its report-type; but not in a mail that is attached.
struct MachineReport {
  enum class Kind : std::uint8_t {
    none,
    delivery_status,  ///< RFC 3464, RFC 6533
    feedback,         ///< RFC 5965: a complaint
    disposition,      ///< RFC 8098: a receipt
  };
  Kind kind = Kind::none;
  bool whole = false;     ///< a multipart/report, or all of the mail; else only its part stands among others, as when a
                          ///< person forwards one
  std::string delivered;  ///< of a delivery status that names no failure and no delay: its first "delivered",
                          ///< "relayed" or "expanded"
  friend bool operator==(const MachineReport&, const MachineReport&) = default;
};

/// What only a mail has beside what every message has.
struct Mail {
  std::vector<Address> reply_to, to, cc;
  std::string html;                  ///< as sent, in UTF-8; never shown without sanitising
  std::vector<HeaderField> headers;  ///< top-level fields in order, at most 1,000
  MachineReport report;
};

/// A received message of any channel, as rules and people talk about it; text is UTF-8. A mail is made by
/// read_message() from the raw bytes. Other channels fill what they have and leave `mail` alone.
struct Message {
  std::string message_id;         ///< by which others refer to it; of a mail without <>; empty when it has none
  std::optional<TimePoint> date;  ///< when it was written, by its own word; nullopt when missing or unreadable
  std::optional<Address> from;    ///< of a mail the first From mailbox, else Sender
  std::string subject;            ///< empty where the channel has none
  std::string in_reply_to;        ///< the id of the message that it answers; of a mail the first one of In-Reply-To
  std::vector<std::string> references;  ///< ids of its thread, oldest first; at most 100 (the first and the last 99)
  std::string text;                     ///< what a person reads; made from the HTML when there is no text part
  std::vector<Attachment> attachments;
  std::vector<Defect> defects;
  std::uint64_t size = 0;  ///< of the raw bytes
  std::optional<Mail> mail;

  /// What only a mail has; of another message an empty one: who asks for the "To" of a chat gets nobody.
  [[nodiscard]] const Mail& as_mail() const;
  /// Makes a mail of it, if it is none, to be filled.
  Mail& make_mail() { return mail ? *mail : mail.emplace(); }
  /// The first value of a mail's field, by name without case; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

}  // namespace orgo
