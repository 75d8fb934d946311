#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/message/message.h"

namespace orgo {

/// What one message may cost. All beyond is left out with a defect; nothing here makes reading fail.
struct ReadLimits {
  std::size_t depth = 100;  ///< nested multiparts
  std::size_t parts = 10'000;
  std::size_t header_fields = 1'000;         ///< in Message::headers
  std::size_t header_value_bytes = 1 << 18;  ///< of one field, before decoding
  std::size_t header_bytes = 1 << 20;        ///< of one header block
  std::size_t addresses = 10'000;            ///< of one field
  std::size_t text_bytes = 8 << 20;          ///< of Message::text
  std::size_t html_bytes = 16 << 20;         ///< of Message::html
  std::size_t attachments = 2'000;           ///< further ones are counted in a defect
};

/// Reads a mail as it came over the wire (CRLF or LF). Pure, never fails, never throws on input; time is linear in its
/// size, memory at most some 4 times its size. What is broken is repaired as far as it has a sense, and told in
/// Message::defects.
///
/// - text: all text/plain bodies, and the text of HTML bodies that have no text/plain beside them, in order, joined by
///   an empty line; LF only. What is attached (Content-Disposition, a name behind the first part) is no body.
/// - multipart/alternative: text/plain if it says something, else HTML; other forms (calendar) are attachments.
/// - attached messages are attachments, named by their subject. Parts of a multipart/report are attachments but the
///   first one.
/// - what is in a winmail.dat stands in its place; a mail that is wrapped in its S/MIME signature is read as the mail
/// inside.
/// - uuencoded files within a text become attachments.
Message read_message(std::string_view raw, const ReadLimits& limits = {});

/// The decoded bytes of Message::attachments[index] of the same mail (same limits); nullopt: there is none.
std::optional<std::string> attachment_bytes(std::string_view raw, std::size_t index, const ReadLimits& limits = {});

}  // namespace orgo
