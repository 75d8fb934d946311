#include "core/message/read_message.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/charset.h"
#include "base/hash.h"
#include "base/html.h"
#include "base/text.h"
#include "base/work.h"
#include "core/message/attachment_name.h"
#include "core/message/unpack_tnef.h"
#include "protocol/mime/address.h"
#include "protocol/mime/date.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/entity.h"
#include "protocol/mime/uuencode_scan.h"

namespace orgo {
namespace {

using mime::Entity;
using mime::FieldId;
using mime::TransferEncoding;

constexpr std::size_t kPieceBytes = 48 * 1024;  // decoded and hashed at a time: stays in the cache

bool is_blank(std::string_view text) {
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return false;
  return true;
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

class MessageReader {
 public:
  /// `wanted`: keep the bytes of that attachment and hash none.
  MessageReader(std::string_view raw, const ReadLimits& limits, std::optional<std::size_t> wanted)
      : raw_(raw), limits_(limits), wanted_(wanted) {
    mime::Limits parse_limits;
    parse_limits.depth = limits.depth;
    parse_limits.parts = limits.parts;
    parse_limits.header_bytes = limits.header_bytes;
    mime::parse_entities(raw, parse_limits, document_);
  }
  ~MessageReader() {
    if (document_.fields.capacity() > kFieldsKept || document_.entities.capacity() > kFieldsKept) document_ = {};
    for (auto* const bytes : {&buffer_, &utf8_})
      if (bytes->capacity() > kBytesKept) std::string().swap(*bytes);
  }
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;

  Message run() {
    message_.size = raw_.size();
    for (auto& found : document_.defects) message_.defects.push_back({std::move(found.kind), std::move(found.detail)});
    header_charset_ = guess_header_charset();
    read_header();
    plan_bodies();
    for (std::uint32_t i = 0; i < document_.entities.size(); ++i) {
      const auto& entity = document_.entities[i];
      if (entity.multipart) continue;
      switch (roles_[i]) {
        case Role::text:
          take_text(entity);
          break;
        case Role::html:
          take_html(entity, !covered(i));
          break;
        case Role::attachment:
          take_attachment(entity);
          break;
      }
    }
    take_tnef_body();
    // A text part that only turned out to say nothing when it was decoded ("=20").
    if (message_.text.empty() && !message_.html.empty()) add_text_of(message_.html);
    mark_inline();
    if (attachments_left_out_ > 0)
      defect("too_many_attachments",
             std::to_string(attachments_left_out_) + " attachments beyond the limit were left out");
    if (message_.text.empty() && message_.html.empty() && message_.attachments.empty())
      defect("empty_body", "there is nothing to read in the body");
    return std::move(message_);
  }
  std::optional<std::string> take_wanted() { return std::move(wanted_bytes_); }

 private:
  static constexpr std::size_t kFieldsKept = 1024;
  static constexpr std::size_t kBytesKept = 512 * 1024;
  /// Memory that serves the next mail of this thread.
  struct Kept {
    mime::Document document;
    std::string buffer, utf8;
  };
  static Kept& kept() {
    thread_local Kept memory;
    return memory;
  }

  enum class Role : std::uint8_t { text, html, attachment };

  void defect(std::string_view kind, std::string detail) {
    if (message_.defects.size() < mime::kDefectsMax) message_.defects.push_back({std::string(kind), std::move(detail)});
  }

  // ---- header

  /// Bytes above 127 in a header are not allowed without RFC 6532, and then they are UTF-8. Others are most likely in
  /// the charset of the text.
  std::string_view guess_header_charset() const {
    for (const auto& entity : document_.entities)
      if (entity.type.type == "text")
        if (const auto charset = entity.type.parameter("charset"); !charset.empty()) return charset;
    return {};
  }

  std::vector<Address> addresses_of(std::string_view value) {
    auto list = mime::parse_addresses(value, header_charset_, {limits_.addresses});
    if (list.truncated)
      defect("too_many_addresses", "addresses beyond " + std::to_string(limits_.addresses) + " were left out");
    std::vector<Address> out;
    out.reserve(list.mailboxes.size());
    for (auto& mailbox : list.mailboxes) {
      if (mailbox.name.empty()) mailbox.name = std::move(mailbox.comment);
      if (const auto at = mailbox.address.rfind('@'); at != std::string::npos)
        for (auto i = at + 1; i < mailbox.address.size(); ++i) mailbox.address[i] = ascii_lower(mailbox.address[i]);
      if (!is_utf8(mailbox.address)) mailbox.address = to_utf8(mailbox.address, header_charset_);
      auto& address = out.emplace_back();
      address.name = std::move(mailbox.name);
      address.address = std::move(mailbox.address);
    }
    return out;
  }
  void add_addresses(std::vector<Address>& to, std::string_view value) {
    auto more = addresses_of(value);
    if (to.empty()) {
      to = std::move(more);
      return;
    }
    for (auto& address : more) {
      if (to.size() >= limits_.addresses) return;
      to.push_back(std::move(address));
    }
  }

  void read_header() {
    const auto fields = document_.fields_of(document_.entities.front());
    message_.headers.reserve(std::min(fields.size(), limits_.header_fields));
    bool sender_seen = false, return_path_seen = false, date_seen = false, subject_seen = false;
    for (auto field : fields) {
      if (field.value.size() > limits_.header_value_bytes) {
        field.value = field.value.substr(0, limits_.header_value_bytes);
        defect("header_value_too_long", std::string(field.name.substr(0, 80)) + " was cut off");
      }
      const bool listed = message_.headers.size() < limits_.header_fields;
      if (listed) {
        auto& header = message_.headers.emplace_back();
        header.name = field.name;
        mime::append_decoded_header(header.value, field.value, header_charset_);
      }
      switch (field.id) {
        case FieldId::from:
          add_addresses(from_, field.value);
          break;
        case FieldId::sender:
          if (!std::exchange(sender_seen, true)) sender_ = addresses_of(field.value);
          break;
        case FieldId::return_path:
          if (!std::exchange(return_path_seen, true)) return_path_ = addresses_of(field.value);
          break;
        case FieldId::reply_to:
          add_addresses(message_.reply_to, field.value);
          break;
        case FieldId::to:
          add_addresses(message_.to, field.value);
          break;
        case FieldId::cc:
          add_addresses(message_.cc, field.value);
          break;
        case FieldId::subject:
          if (!std::exchange(subject_seen, true))
            message_.subject =
                listed ? message_.headers.back().value : mime::decode_header(field.value, header_charset_);
          break;
        case FieldId::date:
          if (!date_seen) {
            message_.date = mime::parse_date(field.value);
            if (!message_.date) defect("bad_date", "not a date: " + printable(field.value));
          }
          date_seen = true;
          break;
        case FieldId::message_id:
          if (message_.message_id.empty()) message_.message_id = first_id(field.value);
          break;
        case FieldId::in_reply_to:
          if (message_.in_reply_to.empty()) message_.in_reply_to = first_id(field.value);
          break;
        case FieldId::references:
          if (message_.references.empty()) message_.references = ids_of(field.value, 100);
          break;
        default:
          break;
      }
    }
    if (!date_seen) defect("missing_date", "no Date field");
    choose_from();
  }

  std::string printable(std::string_view value) const {
    return mime::decode_header(value.substr(0, 80), header_charset_);
  }
  std::vector<std::string> ids_of(std::string_view value, std::size_t ids_max) const {
    auto ids = mime::parse_message_ids(value, ids_max);
    for (auto& id : ids)
      if (!is_ascii(id)) id = to_utf8(id, header_charset_);
    return ids;
  }
  std::string first_id(std::string_view value) const {
    auto id = mime::first_message_id(value);
    if (!is_ascii(id)) id = to_utf8(id, header_charset_);
    return id;
  }

  /// The first From mailbox that has an address, a whole one before a local user; else who sent it by other fields;
  /// else the name that is there.
  void choose_from() {
    const auto with_address = [](std::vector<Address>& list) -> Address* {
      for (auto& address : list)
        if (address.address.find('@') != std::string::npos) return &address;
      for (auto& address : list)
        if (!address.address.empty()) return &address;
      return nullptr;
    };
    if (auto* const found = with_address(from_)) {
      message_.from = std::move(*found);
      return;
    }
    defect("missing_from", "From has no address");
    for (auto* const list : {&sender_, &message_.reply_to, &return_path_})
      if (const auto* const found = with_address(*list)) {
        message_.from = *found;
        return;
      }
    if (!from_.empty()) message_.from = std::move(from_.front());
  }

  // ---- which part is what (after RFC 8621, section 4.1.4)

  mime::ContentType disposition_of(const Entity& entity) const {
    const auto* const field = document_.find(entity, FieldId::content_disposition);
    return field == nullptr ? mime::ContentType{} : mime::parse_content_disposition(field->value, header_charset_);
  }

  void plan_bodies() {
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

  Role role_of(std::uint32_t index) const {
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

  /// Has this HTML a text beside it that says the same?
  bool covered(std::uint32_t index) const {
    for (auto up = document_.entities[index].parent; up != mime::kNoEntity; up = document_.entities[up].parent)
      if (document_.entities[up].type.subtype == "alternative" && has_plain_[up]) return true;
    return false;
  }

  // ---- bodies

  /// The bytes of a body, decoded; in buffer_ unless they stand in the mail as they are.
  std::string_view decode_body(const Entity& entity, mime::LineEnds line_ends) {
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

  /// `bytes` as UTF-8; in utf8_ unless they are that already.
  std::string_view in_utf8(std::string_view bytes, std::string_view charset) {
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

  /// As much of `text` as may still be added to `to`, whole characters.
  std::string_view within(std::string_view text, const std::string& to, std::size_t limit, std::string_view what) {
    const auto room = to.size() < limit ? limit - to.size() : 0;
    if (text.size() <= room) return text;
    auto cut = room;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    defect("text_too_long", std::string(what) + " was cut off at " + std::to_string(limit) + " bytes");
    return text.substr(0, cut);
  }

  void begin_piece_of_text() {
    auto& text = message_.text;
    if (text.empty()) return;
    if (!text.ends_with('\n')) text += '\n';
    if (!text.ends_with("\n\n")) text += '\n';
  }

  void take_text(const Entity& entity) {
    const auto bytes = decode_body(entity, mime::LineEnds::lf);
    const auto text =
        within(in_utf8(bytes, entity.type.parameter("charset")), message_.text, limits_.text_bytes, "the text");
    if (is_blank(text)) return;
    begin_piece_of_text();
    const auto begin = message_.text.size();
    mime::append_with_lf(text, message_.text);
    take_uuencoded(begin);
  }

  /// Files that old mailers put into the text, between "begin 644 name" and "end".
  void take_uuencoded(std::size_t begin) {
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

  void take_html(const Entity& entity, bool with_text) {
    const auto bytes = decode_body(entity, mime::LineEnds::keep);
    auto charset = entity.type.parameter("charset");
    if (charset.empty() && !is_ascii(bytes)) charset = charset_in_html(bytes);
    const auto html = within(in_utf8(bytes, charset), message_.html, limits_.html_bytes, "the HTML");
    if (is_blank(html)) return;
    if (!message_.html.empty()) message_.html += '\n';
    message_.html += html;
    if (with_text) add_text_of(html);
  }

  void add_text_of(std::string_view html) {
    const auto text = html_to_text(html);
    if (text.empty()) return;
    begin_piece_of_text();
    message_.text += within(text, message_.text, limits_.text_bytes, "the text");
  }

  // ---- attachments

  void take_attachment(const Entity& entity) {
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
    if (attachment.filename.empty()) attachment.filename = clean_filename(entity.type.parameter("name"));
    if (attachment.filename.empty() && attachment.content_type == "message/rfc822")
      attachment.filename = name_by_subject(entity);
    if (attachment.filename.empty())
      if (const auto* const location = document_.find(entity, FieldId::content_location); location != nullptr)
        attachment.filename = name_by_location(mime::decode_header(location->value, header_charset_));
    if (attachment.filename.empty()) attachment.filename = made_up_filename(attachment.content_type);
    if (const auto* const id = document_.find(entity, FieldId::content_id); id != nullptr)
      attachment.content_id = first_id(id->value);

    if (is_tnef(attachment.content_type, attachment.filename) && take_tnef(entity)) return;

    const bool wanted = wanted_ == message_.attachments.size();
    if (entity.encoding == TransferEncoding::base64 && !wanted) {
      take_base64_in_pieces(entity.body, std::move(attachment));
      return;
    }
    finish_attachment(std::move(attachment), decode_body(entity, mime::LineEnds::keep));
  }

  /// What is in a winmail.dat becomes attachments in its place; one that is damaged is kept beside them (then false).
  bool take_tnef(const Entity& entity) {
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
  /// The body that Outlook put into winmail.dat, for a mail that has no other.
  void take_tnef_body() {
    if (!message_.text.empty() || !message_.html.empty()) return;
    if (!is_blank(tnef_text_)) message_.text = within(tnef_text_, message_.text, limits_.text_bytes, "the text");
    if (!is_blank(tnef_html_)) message_.html = within(tnef_html_, message_.html, limits_.html_bytes, "the HTML");
  }

  void take_base64_in_pieces(std::string_view body, Attachment attachment) {
    mime::Base64Decoder decoder;
    Sha256Stream hash;
    const auto take = [&] {
      attachment.size += buffer_.size();
      if (!wanted_) hash.add(buffer_);
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
    if (!wanted_) attachment.sha256 = to_hex(hash.finish());
    message_.attachments.push_back(std::move(attachment));
  }

  void finish_attachment(Attachment attachment, std::string_view bytes) {
    attachment.size = bytes.size();
    if (!wanted_) attachment.sha256 = to_hex(sha256(bytes));
    if (wanted_ == message_.attachments.size()) wanted_bytes_ = std::string(bytes);
    count_work(bytes.size());
    message_.attachments.push_back(std::move(attachment));
  }

  /// "Subject.eml" of an attached message.
  std::string name_by_subject(const Entity& entity) {
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

  /// Names for what had none: "image.png", "image-2.png", so that a person can tell them apart.
  std::string made_up_filename(std::string_view content_type) {
    auto name = filename_of_type(content_type);
    const auto nth = ++made_up_[name];
    if (nth > 1) name.insert(name.rfind('.'), "-" + std::to_string(nth));
    return name;
  }

  /// What the HTML refers to by "cid:" is seen within the text.
  void mark_inline() {
    const bool any = std::any_of(message_.attachments.begin(), message_.attachments.end(),
                                 [](const auto& a) { return !a.content_id.empty() && !a.is_inline; });
    if (!any || message_.html.empty()) return;
    const std::string_view html = message_.html;
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

  std::string_view raw_;
  const ReadLimits& limits_;
  std::optional<std::size_t> wanted_;
  std::optional<std::string> wanted_bytes_;
  mime::Document& document_ = kept().document;
  Message message_;
  std::string_view header_charset_;
  std::vector<Address> from_, sender_, return_path_;
  std::vector<Role> roles_;
  std::vector<bool> has_plain_;          ///< by entity: a text/plain body with words stands in it
  std::string& buffer_ = kept().buffer;  ///< a body, decoded
  std::string& utf8_ = kept().utf8;      ///< and in UTF-8
  std::unordered_map<std::string, int> made_up_;
  std::size_t attachments_left_out_ = 0;
  std::string tnef_text_, tnef_html_;
};

}  // namespace

Message read_message(std::string_view raw, const ReadLimits& limits) {
  return MessageReader(raw, limits, std::nullopt).run();
}

std::optional<std::string> attachment_bytes(std::string_view raw, std::size_t index, const ReadLimits& limits) {
  MessageReader reader(raw, limits, index);
  static_cast<void>(reader.run());
  return reader.take_wanted();
}

}  // namespace orgo
