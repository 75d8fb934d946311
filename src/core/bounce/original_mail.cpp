#include "core/bounce/original_mail.h"

#include "base/charset.h"
#include "base/planted.h"
#include "base/text.h"
#include "protocol/mime/address.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/entity.h"

namespace orgo {
namespace {

/// The value of the first line that begins with `name`; where a gateway broke the folds of a header, it ends before its
/// time for a parser.
std::string_view line_of(std::string_view text, std::string_view name) {
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    if (end == std::string_view::npos) end = text.size();
    const auto line = text.substr(at, end - at);
    if (ascii_istarts_with(line, name)) return line.substr(name.size());
    at = end + 1;
  }
  return {};
}

}  // namespace

OriginalMail read_original_mail(std::string_view raw) {
  constexpr std::size_t kFieldMax = 64 * 1024, kRecipientsMax = 100;
  OriginalMail original;
  // Some systems put an empty line before the copy.
  const auto begin = raw.find_first_not_of("\r\n");
  if (begin == std::string_view::npos) return original;
  mime::Limits limits;
  limits.parts = 1;
  limits.depth = 1;
  const auto document = mime::parse_entities(raw.substr(begin), limits);
  const auto clean = [](std::string text) { return is_utf8(text) ? text : to_utf8(text, {}); };
  for (const auto& field : document.fields_of(document.entities.front())) {
    const auto value = field.value.substr(0, kFieldMax);
    switch (field.id) {
      case mime::FieldId::message_id:
        if (original.message_id.empty()) original.message_id = clean(mime::first_message_id(value));
        break;
      case mime::FieldId::subject:
        if (original.subject.empty()) original.subject = mime::decode_header(value);
        break;
      case mime::FieldId::to:
      case mime::FieldId::cc:
        for (auto& mailbox : mime::parse_addresses(value, {}, {kRecipientsMax}).mailboxes)
          if (original.recipients.size() < kRecipientsMax && mailbox.address.find('@') != std::string::npos)
            original.recipients.push_back(clean(std::move(mailbox.address)));
        break;
      default:
        break;
    }
  }
  if (original.message_id.empty() && !ORGO_PLANT(broken_folds_hide_the_id))
    original.message_id = clean(mime::first_message_id(line_of(raw.substr(0, kFieldMax), "Message-ID:")));
  return original;
}

}  // namespace orgo
