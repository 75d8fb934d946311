// Which part is what, and the text and HTML of those that are to be read.
#include <algorithm>
#include <array>

#include "base/charset.h"
#include "base/charset_guess.h"
#include "base/charset_meant.h"
#include "base/html.h"
#include "base/text.h"
#include "core/mail/read/message_reader.h"
#include "core/mail/read/stub_text.h"
#include "core/message/attachment_name.h"
#include "protocol/mime/decode_body.h"
#include "protocol/mime/flowed.h"
#include "protocol/mime/plain_text.h"
#include "protocol/mime/uuencode_scan.h"

namespace orgo {
namespace {

constexpr std::size_t kStubMax = 4096;  // bytes, encoded: a longer text says something

/// "ATT00001.txt": so Exchange names the pieces of a text that go on behind an attachment.
bool is_rest_of_text(std::string_view filename) {
  if (!ascii_istarts_with(filename, "ATT") || filename.size() < 8) return false;
  const auto end = filename.find_first_not_of("0123456789", 3);
  if (end == std::string_view::npos || end < 7) return false;
  const auto rest = filename.substr(end);
  return ascii_iequals(rest, ".txt") || ascii_iequals(rest, ".htm") || ascii_iequals(rest, ".html");
}

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

/// Types that there are not, of programs that mean a text: "plain/text", "application/text", "*/*".
bool is_odd_text(const mime::ContentType& type) {
  constexpr auto kText = std::to_array<std::string_view>({"text", "txt", "plain", "ascii", "html", "htm", "plaintext",
                                                          "plain-text", "text-plain", "unknown", "*", "none"});
  const auto is = [&](std::string_view word) { return std::find(kText.begin(), kText.end(), word) != kText.end(); };
  if (type.type == "application" || type.type == "message") return is(type.subtype) && type.subtype != "unknown";
  return is(type.type);
}

/// The begin of a body without its encoding.
std::string begin_of(const Entity& entity) {
  return mime::decode_body(entity, mime::LineEnds::lf, 2'000);
}

/// No byte of it is a control character, and those above 127 are UTF-8 or few.
bool reads_as_text(const Entity& entity) {
  const auto text = begin_of(entity);
  const auto high = std::count_if(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; });
  return !is_blank(text) && std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || c == 0x7F;
  }) && (text.size() - utf8_prefix(text) < 4 || static_cast<std::size_t>(high) * 4 < text.size());
}

bool begins_html(const Entity& entity) {
  const auto text = begin_of(entity);
  const auto first = trim(text);
  return ascii_istarts_with(first, "<html") || ascii_istarts_with(first, "<!doctype html") ||
         ascii_istarts_with(first, "<body") || ascii_istarts_with(first, "<head");
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
    roles_[i] = role_of(i);
    bodies += roles_[i] != Role::attachment;
  }
  supersede_empty_plain();
  for (std::uint32_t i = 0; i < entities.size(); ++i) {
    const auto& entity = entities[i];
    if (entity.multipart || (roles_[i] != Role::text && roles_[i] != Role::text_file) || is_blank(entity.body))
      continue;
    for (auto up = entity.parent; up != mime::kNoEntity && !has_plain_[up]; up = entities[up].parent)
      has_plain_[up] = true;
  }
  if (bodies == 0) find_body_among_files();
}

void MessageReader::find_body_among_files() {
  const auto& entities = document_.entities;
  // Nothing is a body by the rules: then the first text of any kind is, if nobody said that it is attached.
  for (std::uint32_t i = 0; i < entities.size(); ++i) {
    const auto& entity = entities[i];
    if (entity.multipart || entity.type.subtype == "calendar" || entity.type.subtype == "vcard") continue;
    const bool odd = entity.type.type != "text";
    if (odd && (!is_odd_text(entity.type) || !reads_as_text(entity))) continue;
    const auto disposition = disposition_of(entity);
    if (disposition.type == "attachment" || !disposition.parameter("filename").empty()) continue;
    if (odd && !entity.type.parameter("name").empty()) continue;
    const bool html = entity.type.subtype == "html" || entity.type.type == "html" || (odd && begins_html(entity));
    roles_[i] = html ? Role::html : Role::text;
    return;
  }
  // A text that is attached and has no other beside it is what the sender wrote, and a file.
  std::optional<std::uint32_t> only;
  for (std::uint32_t i = 0; i < entities.size(); ++i) {
    if (entities[i].multipart || (!entities[i].type.is("text", "plain") && !entities[i].type.is("text", "html")))
      continue;
    if (only) return;
    only = i;
  }
  if (only) roles_[*only] = entities[*only].type.subtype == "html" ? Role::html_file : Role::text_file;
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
    if (disposition.type == "attachment") {
      if (!is_rest_of_text(disposition.parameter("filename"))) return Role::attachment;
      return html ? Role::html_file : Role::text_file;
    }
  }
  const bool named = !disposition.parameter("filename").empty() || !entity.type.parameter("name").empty();
  const auto kept = !named ? role : html ? Role::html_file : Role::text_file;
  if (entity.parent == mime::kNoEntity) return kept;
  const auto& parent = document_.entities[entity.parent];
  const bool first = index == entity.parent + 1;
  if (parent.type.subtype == "related") {
    const auto root = root_of(entity.parent);
    if (root == index || (root == mime::kNoEntity && first)) return role;
    // What the root does not show is a part all the same, and somebody wrote it.
    return Role::attachment;
  }
  if (parent.type.subtype == "report") return first ? role : Role::attachment;
  return parent.type.subtype == "alternative" ? role : kept;
}

std::uint32_t MessageReader::root_of(std::uint32_t related) const {
  const auto& entities = document_.entities;
  const auto& parent = entities[related];
  auto start = trim(parent.type.parameter("start"));
  if (start.starts_with('<')) start.remove_prefix(1);
  if (start.ends_with('>')) start.remove_suffix(1);
  const auto wanted = ascii_lower(trim(parent.type.parameter("type")));
  std::uint32_t by_type = mime::kNoEntity, by_text = mime::kNoEntity, first = mime::kNoEntity;
  for (auto i = related + 1; i < parent.end; i = entities[i].end) {
    const auto& child = entities[i];
    if (!start.empty())
      if (const auto* const id = document_.find(child, FieldId::content_id);
          id != nullptr && first_id(id->value) == start)
        return i;
    if (first == mime::kNoEntity) first = i;
    if (by_type == mime::kNoEntity && child.type.type + "/" + child.type.subtype == wanted) by_type = i;
    if (by_text == mime::kNoEntity && (child.type.type == "text" || child.multipart)) by_text = i;
  }
  if (first != mime::kNoEntity && (entities[first].type.type == "text" || entities[first].multipart)) return first;
  return by_type != mime::kNoEntity ? by_type : by_text;
}

void MessageReader::supersede_empty_plain() {
  const auto& entities = document_.entities;
  for (std::uint32_t i = 0; i < entities.size(); ++i) {
    if (!entities[i].multipart || entities[i].type.subtype != "alternative") continue;
    bool html = false;
    for (auto k = i + 1; k < entities[i].end; ++k)
      html = html || (roles_[k] == Role::html && !is_blank(entities[k].body));
    if (!html) continue;
    for (auto k = i + 1; k < entities[i].end; k = entities[k].end)
      if (roles_[k] == Role::text && says_nothing(entities[k])) roles_[k] = Role::superseded;
  }
}

bool MessageReader::says_nothing(const Entity& entity) {
  if (is_blank(entity.body)) return false;  // nothing to take away
  if (entity.body.size() > kStubMax) return false;
  if (entity.encoding == TransferEncoding::identity && is_surely_no_stub(entity.body)) return false;
  const auto defects = message_.defects.size();
  const auto text = in_utf8(decode_text(entity, mime::LineEnds::lf), entity.type.parameter("charset"));
  const bool nothing = is_stub(text);
  message_.defects.resize(std::min(defects, message_.defects.size()));
  return nothing;
}

bool MessageReader::covered(std::uint32_t index) const {
  for (auto up = document_.entities[index].parent; up != mime::kNoEntity; up = document_.entities[up].parent)
    if (document_.entities[up].type.subtype == "alternative" && has_plain_[up]) return true;
  return false;
}

// ---- bodies

std::string_view MessageReader::decode_text(const Entity& entity, mime::LineEnds line_ends) {
  if (entity.encoding == TransferEncoding::uuencode && mime::is_plain_under_uuencode(entity.body)) {
    defect("wrong_encoding", "a body says uuencode and is plain");
    return entity.body;
  }
  if (entity.encoding != TransferEncoding::base64) return decode_body(entity, line_ends);
  buffer_.clear();
  const bool good = mime::decode_base64(entity.body, buffer_);
  if (mime::is_plain_under_base64(entity.body, buffer_, good, entity.type.parameter("charset"))) {
    defect("wrong_encoding", "a body says base64 and is plain");
    return entity.body;
  }
  if (!good) defect("bad_base64", "a body has bytes that are not base64");
  return buffer_;
}

std::string_view MessageReader::decode_body(const Entity& entity, mime::LineEnds line_ends) {
  buffer_.clear();
  bool good = true;
  switch (entity.encoding) {
    case TransferEncoding::identity:
      return entity.body;
    case TransferEncoding::base64:
      good = mime::decode_base64(entity.body, buffer_);
      if (!good && mime::is_prose(entity.body)) {
        defect("wrong_encoding", "a body says base64 and is plain");
        return entity.body;
      }
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
  const bool escapes = bytes.find('\x1B') != std::string_view::npos;
  if (!escapes && is_utf8_already(bytes, charset)) return bytes;  // nearly all
  if (const auto meant = charset_as_meant(bytes, charset); meant.data() != charset.data()) {
    defect("wrong_charset", "the bytes are no " +
                                (charset.empty() ? std::string("us-ascii") : std::string(charset.substr(0, 80))) +
                                ": read as " + std::string(meant));
    charset = meant;
    if (is_utf8_already(bytes, charset)) return bytes;
  }
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
  const auto bytes = decode_text(entity, mime::LineEnds::lf);
  auto charset = entity.type.parameter("charset");
  // Where the text has no letter that tells, the names in the header may.
  if (charset.empty() && !is_ascii(bytes) && !is_utf8(bytes) && guess_charset(bytes).empty()) charset = header_charset_;
  const auto text = within(in_utf8(bytes, charset), message_.text, limits_.text_bytes, "the text");
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
  const auto bytes = decode_text(entity, mime::LineEnds::keep);
  auto charset = entity.type.parameter("charset");
  if ((says_no_charset(charset) || !is_known_charset(charset)) && !is_ascii(bytes))
    if (const auto told = charset_in_html(bytes); is_known_charset(told)) charset = told;
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
