// Which part is what, and the text and HTML of those that are to be read.
#include "base/charset.h"
#include "base/html.h"
#include "base/text.h"
#include "core/mail/read/message_reader.h"
#include "core/message/attachment_name.h"
#include "protocol/mime/flowed.h"
#include "protocol/mime/uuencode_scan.h"

namespace orgo {
namespace {

/// The charset that an HTML document names in a <meta> (HTML, section 13.2.3.2); empty: none.
std::string_view charset_in_html(std::string_view html) {
  const auto head = html.substr(0, 2048);
  for (std::size_t at = 0; (at = head.find('=', at)) != std::string_view::npos; ++at) {
    if (at < 7 || !ascii_iequals(head.substr(at - 7, 7), "charset")) continue;
    auto value = head.substr(at + 1);
    while (!value.empty() && (value[0] == '"' || value[0] == '\'' || value[0] == ' ')) value.remove_prefix(1);
    return value.substr(0, value.find_first_of("\"' ;/>"));
  }
  return {};
}

}  // namespace

// ---- which part is what (after RFC 8621, section 4.1.4)

mime::ContentType MessageReader::disposition_of(const Entity& entity) const {
  const auto* const field = document_.find(entity, FieldId::content_disposition);
  return field == nullptr ? mime::ContentType{} : mime::parse_content_disposition(field->value, header_charset_);
}

void MessageReader::plan_bodies() {
  const auto& entities = document_.entities;
  roles_.assign(entities.size(), Role::attachment);
  has_plain_.assign(entities.size(), false);
  std::size_t bodies = 0;
  for (std::uint32_t i = 0; i < entities.size(); ++i) {
    const auto& entity = entities[i];
    if (entity.multipart) continue;
    const auto role = role_of(i);
    roles_[i] = role;
    if (role == Role::attachment) continue;
    ++bodies;
    if (role != Role::text || is_blank(entity.body)) continue;
    for (auto up = entity.parent; up != mime::kNoEntity && !has_plain_[up]; up = entities[up].parent)
      has_plain_[up] = true;
  }
  if (bodies > 0) return;
  // Nothing is a body by the rules: then the first text of any kind is, if nobody said that it is attached.
  for (std::uint32_t i = 0; i < entities.size(); ++i) {
    const auto& entity = entities[i];
    if (entity.multipart || entity.type.type != "text" || entity.type.subtype == "calendar" ||
        entity.type.subtype == "vcard")
      continue;
    const auto disposition = disposition_of(entity);
    if (disposition.type == "attachment" || !disposition.parameter("filename").empty()) continue;
    roles_[i] = entity.type.subtype == "html" ? Role::html : Role::text;
    return;
  }
}

MessageReader::Role MessageReader::role_of(std::uint32_t index) const {
  const auto& entity = document_.entities[index];
  const bool html = entity.type.is("text", "html") || entity.type.is("application", "xhtml+xml");
  // A multipart without its boundary is a leaf, and text.
  const bool text = entity.type.is("text", "plain") || entity.type.type == "multipart" ||
                    (!entity.type_given && !entity.type.is("message", "rfc822"));
  if (!html && !text) return Role::attachment;
  const auto role = html ? Role::html : Role::text;
  const auto* const disposition_field = document_.find(entity, FieldId::content_disposition);
  mime::ContentType disposition;
  if (disposition_field != nullptr) {
    disposition = mime::parse_content_disposition(disposition_field->value, header_charset_);
    if (disposition.type == "attachment") return Role::attachment;
  }
  if (entity.parent == mime::kNoEntity) return role;
  const auto& parent = document_.entities[entity.parent];
  const bool first = index == entity.parent + 1;
  if (first) return role;
  if (parent.type.subtype == "related" || parent.type.subtype == "report") return Role::attachment;
  const bool named = !disposition.parameter("filename").empty() || !entity.type.parameter("name").empty();
  return named && parent.type.subtype != "alternative" ? Role::attachment : role;
}

bool MessageReader::covered(std::uint32_t index) const {
  for (auto up = document_.entities[index].parent; up != mime::kNoEntity; up = document_.entities[up].parent)
    if (document_.entities[up].type.subtype == "alternative" && has_plain_[up]) return true;
  return false;
}

// ---- bodies

std::string_view MessageReader::decode_body(const Entity& entity, mime::LineEnds line_ends) {
  buffer_.clear();
  bool good = true;
  switch (entity.encoding) {
    case TransferEncoding::identity:
      return entity.body;
    case TransferEncoding::base64:
      good = mime::decode_base64(entity.body, buffer_);
      if (!good) defect("bad_base64", "a body has bytes that are not base64");
      break;
    case TransferEncoding::quoted_printable:
      good = mime::decode_quoted_printable(entity.body, buffer_, line_ends);
      if (!good) defect("bad_quoted_printable", "a body has = without a hexadecimal number");
      break;
    case TransferEncoding::uuencode:
      good = mime::decode_uuencode(entity.body, buffer_);
      if (!good) defect("bad_uuencode", "a body has damaged lines of uuencode");
      break;
  }
  return buffer_;
}

std::string_view MessageReader::in_utf8(std::string_view bytes, std::string_view charset) {
  if (is_utf8_already(bytes, charset)) return bytes;
  utf8_.clear();
  switch (append_utf8(utf8_, bytes, charset)) {
    case Decoded::cleanly:
      break;
    case Decoded::repaired:
      defect("bad_charset", charset.empty() ? std::string("bytes above 127 and no charset")
                                            : "bytes that are not " + std::string(charset.substr(0, 80)));
      break;
    case Decoded::unknown_charset:
      defect("unknown_charset", "unknown charset " + std::string(charset.substr(0, 80)));
      break;
  }
  return utf8_;
}

std::string_view MessageReader::within(std::string_view text, const std::string& to, std::size_t limit,
                                       std::string_view what) {
  const auto room = to.size() < limit ? limit - to.size() : 0;
  if (text.size() <= room) return text;
  auto cut = room;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  defect("text_too_long", std::string(what) + " was cut off at " + std::to_string(limit) + " bytes");
  return text.substr(0, cut);
}

void MessageReader::begin_piece_of_text() {
  auto& text = message_.text;
  if (text.empty()) return;
  if (!text.ends_with('\n')) text += '\n';
  if (!text.ends_with("\n\n")) text += '\n';
}

void MessageReader::take_text(const Entity& entity) {
  const auto bytes = decode_body(entity, mime::LineEnds::lf);
  const auto text =
      within(in_utf8(bytes, entity.type.parameter("charset")), message_.text, limits_.text_bytes, "the text");
  if (is_blank(text)) return;
  begin_piece_of_text();
  const auto begin = message_.text.size();
  if (ascii_iequals(entity.type.parameter("format"), "flowed")) {
    flowed_.clear();
    mime::append_with_lf(text, flowed_);
    mime::append_unflowed(flowed_, ascii_iequals(entity.type.parameter("delsp"), "yes"), message_.text);
  } else {
    mime::append_with_lf(text, message_.text);
  }
  take_uuencoded(begin);
}

void MessageReader::take_uuencoded(std::size_t begin) {
  const std::string_view all = std::string_view(message_.text).substr(begin);
  auto files = mime::find_uuencoded(all);
  if (files.empty()) return;
  std::string rest;
  std::size_t from = 0;
  for (const auto& file : files) {
    rest += all.substr(from, file.begin - from);
    from = file.end;
    buffer_.clear();
    if (!mime::decode_uuencode(all.substr(file.begin, file.end - file.begin), buffer_))
      defect("bad_uuencode", "a file in the text has damaged lines");
    if (wanted_ || message_.attachments.size() < limits_.attachments) {
      Attachment attachment;
      attachment.content_type = std::string(content_type_of_name(file.name));
      attachment.filename = clean_filename(file.name);
      if (attachment.filename.empty()) attachment.filename = made_up_filename(attachment.content_type);
      finish_attachment(std::move(attachment), buffer_);
    } else {
      ++attachments_left_out_;
    }
  }
  rest += all.substr(from);
  message_.text.resize(begin);
  message_.text += rest;
}

void MessageReader::take_html(const Entity& entity, bool with_text) {
  const auto bytes = decode_body(entity, mime::LineEnds::keep);
  auto charset = entity.type.parameter("charset");
  if (charset.empty() && !is_ascii(bytes)) charset = charset_in_html(bytes);
  const auto html = within(in_utf8(bytes, charset), message_.mail->html, limits_.html_bytes, "the HTML");
  if (is_blank(html)) return;
  if (!message_.mail->html.empty()) message_.mail->html += '\n';
  message_.mail->html += html;
  if (with_text) add_text_of(html);
}

void MessageReader::add_text_of(std::string_view html) {
  const auto text = html_to_text(html);
  if (text.empty()) return;
  begin_piece_of_text();
  message_.text += within(text, message_.text, limits_.text_bytes, "the text");
}

}  // namespace orgo
