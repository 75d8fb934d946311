// The attached parts: names, types, sizes, hashes.
#include <algorithm>
#include <unordered_set>

#include "base/charset.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/work.h"
#include "core/mail/read/message_reader.h"
#include "core/mail/read/unpack_tnef.h"
#include "core/message/attachment_name.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/plain_text.h"

namespace orgo {
namespace {

constexpr std::size_t kPieceBytes = 48 * 1024;  // decoded and hashed at a time: stays in the cache

}  // namespace

void MessageReader::take_attachment(const Entity& entity) {
  if (message_.attachments.size() >= limits_.attachments) {
    ++attachments_left_out_;
    return;
  }
  Attachment attachment;
  attachment.content_type = entity.type.type + "/" + entity.type.subtype;
  if (entity.type.type.empty() || entity.type.subtype.empty()) attachment.content_type = "application/octet-stream";
  if (!is_utf8(attachment.content_type)) attachment.content_type = "application/octet-stream";
  const auto disposition = disposition_of(entity);
  attachment.is_inline = disposition.type == "inline";
  attachment.filename = clean_filename(disposition.parameter("filename"));
  for (const auto& other : {entity.type.parameter("name"), disposition.parameter("name")})
    if (attachment.filename.empty()) attachment.filename = clean_filename(other);
  if (attachment.filename.empty() && attachment.content_type == "message/rfc822")
    attachment.filename = name_by_subject(entity);
  if (attachment.filename.empty())
    if (const auto* const location = document_.find(entity, FieldId::content_location); location != nullptr)
      attachment.filename = name_by_location(mime::decode_header(location->value, header_charset_));
  if (attachment.filename.empty()) attachment.filename = made_up_filename(attachment.content_type);
  if (const auto* const id = document_.find(entity, FieldId::content_id); id != nullptr)
    attachment.content_id = first_id(id->value);

  if (is_tnef(attachment.content_type, attachment.filename) && take_tnef(entity)) return;

  const bool wanted = wanted_ == message_.attachments.size() || (texts_ != nullptr && has_words(attachment));
  if (texts_ != nullptr) attached_charset_ = entity.type.parameter("charset");
  if (entity.type.type == "message") {
    take_attached_message(entity, std::move(attachment));
    return;
  }
  if (entity.encoding == TransferEncoding::base64 && !wanted && !mime::is_prose(entity.body)) {
    take_base64_in_pieces(entity.body, std::move(attachment));
    return;
  }
  finish_attachment(std::move(attachment), decode_body(entity, mime::LineEnds::keep));
}

void MessageReader::take_attached_message(const Entity& entity, Attachment attachment) {
  const auto bytes = decode_body(entity, mime::LineEnds::keep);
  if (bytes.find("\r\n") == std::string_view::npos) {
    finish_attachment(std::move(attachment), bytes);
    return;
  }
  std::string with_lf;
  with_lf.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const auto cr = bytes.find('\r', at);
    with_lf += bytes.substr(at, cr == std::string_view::npos ? cr : cr - at);
    if (cr == std::string_view::npos) break;
    if (cr + 1 >= bytes.size() || bytes[cr + 1] != '\n') with_lf += '\r';
    at = cr + 1;
  }
  finish_attachment(std::move(attachment), with_lf);
}

bool MessageReader::take_tnef(const Entity& entity) {
  auto unpacked = unpack_tnef(decode_body(entity, mime::LineEnds::keep), limits_.attachments);
  if (!unpacked) return false;
  for (auto& found : unpacked->defects) defect(found.kind, std::move(found.detail));
  for (auto& file : unpacked->files) {
    if (message_.attachments.size() >= limits_.attachments) {
      ++attachments_left_out_;
      continue;
    }
    Attachment attachment;
    attachment.filename = file.filename.empty() ? made_up_filename(file.content_type) : std::move(file.filename);
    attachment.content_type = std::move(file.content_type);
    attachment.content_id = std::move(file.content_id);
    finish_attachment(std::move(attachment), file.bytes());
  }
  if (tnef_text_.empty() && tnef_html_.empty()) {
    tnef_text_ = std::move(unpacked->text);
    tnef_html_ = std::move(unpacked->html);
  }
  return unpacked->whole;
}

void MessageReader::take_tnef_body() {
  if (!message_.text.empty() || !message_.mail->html.empty()) return;
  if (!is_blank(tnef_text_)) message_.text = within(tnef_text_, message_.text, limits_.text_bytes, "the text");
  if (!is_blank(tnef_html_))
    message_.mail->html = within(tnef_html_, message_.mail->html, limits_.html_bytes, "the HTML");
}

void MessageReader::take_base64_in_pieces(std::string_view body, Attachment attachment) {
  mime::Base64Decoder decoder;
  Sha256Stream hash;
  const auto take = [&] {
    attachment.size += buffer_.size();
    if (!wanted_ && texts_ == nullptr) hash.add(buffer_);
    buffer_.clear();
  };
  buffer_.clear();
  while (!body.empty()) {
    const auto piece = body.substr(0, kPieceBytes);
    body.remove_prefix(piece.size());
    decoder.add(piece, buffer_);
    take();
  }
  if (!decoder.finish(buffer_))
    defect("bad_base64", "attachment " + attachment.filename + " has bytes that are not base64");
  take();
  if (!wanted_ && texts_ == nullptr) attachment.sha256 = to_hex(hash.finish());
  message_.attachments.push_back(std::move(attachment));
}

bool MessageReader::has_words(const Attachment& attachment) {
  const auto& type = attachment.content_type;
  if (type.starts_with("text/") || type.starts_with("message/")) return true;
  return type == "application/octet-stream" && content_type_of_name(attachment.filename).starts_with("text/");
}

void MessageReader::finish_attachment(Attachment attachment, std::string_view bytes) {
  attachment.size = bytes.size();
  if (!wanted_ && texts_ == nullptr) attachment.sha256 = to_hex(sha256(bytes));
  if (texts_ != nullptr && has_words(attachment))
    texts_->push_back({attachment.content_type, attached_charset_, std::string(bytes.substr(0, text_bytes_max_))});
  attached_charset_.clear();
  if (wanted_ == message_.attachments.size()) wanted_bytes_ = std::string(bytes);
  count_work(bytes.size());
  message_.attachments.push_back(std::move(attachment));
}

std::string MessageReader::name_by_subject(const Entity& entity) {
  std::string decoded;
  auto head = entity.body.substr(0, 65'536);
  if (entity.encoding == TransferEncoding::base64) {
    mime::decode_base64(head, decoded);
    head = decoded;
  } else if (entity.encoding == TransferEncoding::quoted_printable) {
    mime::decode_quoted_printable(head, decoded);
    head = decoded;
  }
  mime::Limits limits;
  limits.parts = 1;
  const auto inner = mime::parse_entities(head, limits);
  const auto* const subject = inner.find(inner.entities.front(), FieldId::subject);
  if (subject == nullptr) return {};
  auto name = mime::decode_header(subject->value.substr(0, 4096), header_charset_);
  std::replace(name.begin(), name.end(), '/', '_');
  std::replace(name.begin(), name.end(), '\\', '_');
  name = clean_filename(name);
  return name.empty() ? name : name + ".eml";
}

std::string MessageReader::made_up_filename(std::string_view content_type) {
  auto name = filename_of_type(content_type);
  const auto nth = ++made_up_[name];
  if (nth > 1) name.insert(name.rfind('.'), "-" + std::to_string(nth));
  return name;
}

void MessageReader::mark_inline() {
  const bool any = std::any_of(message_.attachments.begin(), message_.attachments.end(),
                               [](const auto& a) { return !a.content_id.empty() && !a.is_inline; });
  if (!any || message_.mail->html.empty()) return;
  const std::string_view html = message_.mail->html;
  count_work(html.size());
  std::unordered_set<std::string_view> ids;
  for (std::size_t at = 0; (at = html.find("cid:", at)) != std::string_view::npos;) {
    at += 4;
    const auto end = html.substr(at, 256).find_first_of("\"'> )\t\r\n");
    if (end != std::string_view::npos && ids.size() < 20'000) ids.insert(html.substr(at, end));
  }
  for (auto& attachment : message_.attachments)
    if (!attachment.content_id.empty() && ids.contains(attachment.content_id)) attachment.is_inline = true;
}

}  // namespace orgo
