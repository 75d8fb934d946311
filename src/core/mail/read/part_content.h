#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

// What stands in a mail beside the text that people read: for rules that ask for it, and worked out only then.

/// What one mail may cost here. What is beyond is not looked at.
struct PartLimits {
  std::size_t parts = 200;
  std::size_t part_bytes = 256U << 10U;  ///< of one part or attachment, decoded
  std::size_t bytes = 1U << 20U;         ///< of all together
  int messages_deep = 3;                 ///< attached messages inside each other
};

/// The words of each attachment that has some, in the order of Message::attachments: text/* (HTML as a person reads
/// it), calendar entries, delivery reports, and of an attached message its subject and text. Files of unknown type go
/// by their name (`notes.txt`). UTF-8.
std::vector<std::string> attachment_texts(std::string_view raw, const PartLimits& limits = {});

struct PartContent {
  std::string type;  ///< "text/html", lower case
  std::string text;  ///< UTF-8
};
/// What stands in each part, as Sieve sees it (RFC 5173, section 5.2): bodies without their transfer encoding, HTML as
/// it is; of a multipart what stands before, between and behind its parts, which no mailer shows; of an attached
/// message its header, and then its own parts.
std::vector<PartContent> part_contents(std::string_view raw, const PartLimits& limits = {});
/// Is a type "text/html" meant by "text/html", "text" or "*"?
bool is_type(std::string_view type, std::string_view wanted);

/// All behind the header, encoded as it came; when its bytes are no UTF-8, they are read as windows-1252.
std::string raw_body(std::string_view raw, const PartLimits& limits = {});

}  // namespace orgo
