#include "core/bounce/report_parts.h"

#include <algorithm>
#include <array>

#include "base/charset.h"
#include "base/text.h"
#include "base/work.h"
#include "protocol/mime/decode_body.h"
#include "protocol/mime/line_ends.h"

namespace orgo {
namespace {

constexpr std::size_t kPartMax = 1 << 20;      // of a machine-readable part, decoded
constexpr std::size_t kOriginalMax = 1 << 18;  // of the original: its header
constexpr std::size_t kTextMax = 1 << 18;      // of the words

bool is_original(const mime::ContentType& type) {
  if (type.type == "message")
    return type.subtype == "rfc822" || type.subtype == "global" || type.subtype == "rfc822-headers" ||
           type.subtype == "global-headers" || type.subtype == "partial";
  return type.type == "text" && type.subtype == "rfc822-headers";
}

/// Fields that some write without a space behind the colon.
bool is_known_field(std::string_view name) {
  return mime::field_id(name) != mime::FieldId::other || ascii_iequals(name, "Received");
}

/// A line that a header field begins with: a name of letters, digits and "-", a colon, then a space or the end.
bool is_field_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon < 2 || colon > 60) return false;
  for (const char c : line.substr(0, colon))
    if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  return colon + 1 == line.size() || line[colon + 1] == ' ' || line[colon + 1] == '\t' ||
         is_known_field(line.substr(0, colon));
}

/// Fields that only a mail's own header has; a report's list of facts ("To:", "Subject:", "Date:") has none of them.
bool is_marking_field(std::string_view line) {
  constexpr auto kMarks = std::to_array<std::string_view>(
      {"Received:", "Return-Path:", "Message-ID:", "MIME-Version:", "DKIM-Signature:", "Content-Type:", "X-Mailer:"});
  return std::any_of(kMarks.begin(), kMarks.end(), [&](auto mark) { return ascii_istarts_with(line, mark); });
}

/// The header of the original where it should not be: as the header of a part itself, or in a text file.
std::string original_elsewhere(const mime::Document& document) {
  for (std::size_t i = 2; i < document.entities.size(); ++i) {
    const auto& entity = document.entities[i];
    for (const auto& field : document.fields_of(entity))
      if (field.id == mime::FieldId::message_id) return std::string(entity.header.substr(0, kOriginalMax));
    if (entity.multipart || entity.type.type != "text") continue;
    auto text = mime::decode_body(entity, mime::LineEnds::lf, kOriginalMax);
    if (const auto at = find_quoted_original(text); at < text.size()) return text.substr(at);
  }
  return {};
}

}  // namespace

std::size_t find_quoted_original(std::string_view text) {
  count_work(text.size());
  std::size_t block = 0;  // where the run of field lines began
  int fields = 0;
  bool marked = false;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    if (end == std::string_view::npos) end = text.size();
    auto line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_field_line(line)) {
      if (fields++ == 0) block = at;
      marked = marked || is_marking_field(line);
      if (fields >= 3 && marked) return block;
    } else if (fields > 0 && (line.starts_with(' ') || line.starts_with('\t')) && !trim(line).empty()) {
      // continues a field
    } else {
      fields = 0;
      marked = false;
    }
    at = end + 1;
  }
  return text.size();
}

ReportParts report_parts(std::string_view raw, const Message& message) {
  ReportParts parts;
  std::string with_lf;
  const auto document = mime::parse_entities(mime::with_line_feeds(raw, with_lf));
  for (const auto& entity : document.entities) {
    if (entity.multipart) continue;
    const auto& type = entity.type;
    if (type.type == "message" && (type.subtype == "delivery-status" || type.subtype == "global-delivery-status")) {
      if (parts.delivery_status.size() < kPartMax) {
        if (!parts.delivery_status.empty()) parts.delivery_status += "\n\n";
        parts.delivery_status += mime::decode_body(entity, mime::LineEnds::lf, kPartMax - parts.delivery_status.size());
      }
    } else if (type.is("message", "feedback-report")) {
      if (parts.feedback.empty()) parts.feedback = mime::decode_body(entity, mime::LineEnds::lf, kPartMax);
    } else if (is_original(type) && entity.parent != mime::kNoEntity) {
      if (parts.original.empty()) parts.original = mime::decode_body(entity, mime::LineEnds::lf, kOriginalMax);
    }
  }
  if (parts.original.empty()) parts.original = original_elsewhere(document);
  parts.text = message.text.substr(0, kTextMax);
  if (!is_utf8(parts.text)) parts.text = to_utf8(parts.text, {});
  const auto quoted = find_quoted_original(parts.text);
  if (quoted < parts.text.size()) {
    if (parts.original.empty()) parts.original = parts.text.substr(quoted);
    parts.text.resize(quoted);
  }
  return parts;
}

}  // namespace orgo
