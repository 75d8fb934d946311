#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/mail/read/protection.h"
#include "core/mail/read/read_message.h"
#include "core/message/message.h"
#include "protocol/mime/entity.h"
#include "protocol/mime/line_ends.h"

namespace orgo {

using mime::Entity;
using mime::FieldId;
using mime::TransferEncoding;

/// The bytes of an attachment that has words in it, decoded.
struct AttachedBytes {
  std::string content_type, charset, bytes;
};

/// What read_message() works with; nobody else does. The steps stand in read_message_header.cpp,
/// read_message_bodies.cpp, read_message_attachments.cpp and
/// read_message_report.cpp.
class MessageReader {
 public:
  /// `wanted`: keep the bytes of that attachment and hash none.
  MessageReader(std::string_view raw, const ReadLimits& limits, std::optional<std::size_t> wanted)
      : raw_(mime::with_line_feeds(raw, own_raw_)), size_(raw.size()), limits_(limits), wanted_(wanted) {
    mime::Limits parse_limits;
    parse_limits.depth = limits.depth;
    parse_limits.parts = limits.parts;
    parse_limits.header_bytes = limits.header_bytes;
    mime::parse_entities(raw_, parse_limits, document_);
    if (is_wrapped(document_)) {
      opened_ = open_opaque(raw_).value_or(std::string());
      if (!opened_.empty()) mime::parse_entities(opened_, parse_limits, document_);
    }
    for (int layer = 0; layer < kLayersMost; ++layer) {
      auto next = open_layer(opened_.empty() ? raw_ : std::string_view(opened_), document_);
      if (!next) break;
      opened_ = std::move(*next);
      mime::parse_entities(opened_, parse_limits, document_);
    }
  }
  ~MessageReader() {
    if (document_.fields.capacity() > kFieldsKept || document_.entities.capacity() > kFieldsKept) document_ = {};
    for (auto* const bytes : {&buffer_, &utf8_})
      if (bytes->capacity() > kBytesKept) std::string().swap(*bytes);
  }
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;

  Message run();
  /// Before run(): keeps what attachments with words in them hold, each up to `bytes_max`, and hashes none.
  void collect_texts(std::vector<AttachedBytes>& to, std::size_t bytes_max) {
    texts_ = &to;
    text_bytes_max_ = bytes_max;
  }
  std::optional<std::string> take_wanted() { return std::move(wanted_bytes_); }

 private:
  static constexpr int kLayersMost = 3;
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

  /// text_file: shown, and kept as a file; superseded: another form of it says more.
  enum class Role : std::uint8_t { text, html, text_file, html_file, attachment, superseded };

  void defect(std::string_view kind, std::string detail) {
    if (message_.defects.size() < mime::kDefectsMax) message_.defects.push_back({std::string(kind), std::move(detail)});
  }

  // ---- header

  /// Bytes above 127 in a header are not allowed without RFC 6532, and then they are UTF-8. Others are most likely in
  /// the charset of the text.
  std::string_view guess_header_charset() const;

  std::vector<Address> addresses_of(std::string_view value);
  void add_addresses(std::vector<Address>& to, std::string_view value);

  void read_header();

  std::string printable(std::string_view value) const;
  std::vector<std::string> ids_of(std::string_view value, std::size_t ids_max) const;
  std::string first_id(std::string_view value) const;

  /// The first From mailbox that has an address, a whole one before a local user; else who sent it by other fields;
  /// else the name that is there.
  void choose_from();

  /// Finds the report of a machine (Mail::report).
  void read_report();

  // ---- which part is what (after RFC 8621, section 4.1.4)

  mime::ContentType disposition_of(const Entity& entity) const;

  void plan_bodies();
  void find_body_among_files();

  Role role_of(std::uint32_t index) const;

  /// The part of a multipart/related that the others are for (RFC 2387, section 3.2): as `start` says, else the first
  /// of the type that `type` says, else the first text; kNoEntity: none of them.
  std::uint32_t root_of(std::uint32_t related) const;

  /// Plain texts of alternatives that say nothing beside their HTML are superseded.
  void supersede_empty_plain();
  /// Blank once decoded, only invisible characters or places of pictures, or only that HTML is needed?
  bool says_nothing(const Entity& entity);

  /// Has this HTML a text beside it that says the same?
  bool covered(std::uint32_t index) const;

  // ---- bodies

  /// The bytes of a body, decoded; in buffer_ unless they stand in the mail as they are.
  std::string_view decode_body(const Entity& entity, mime::LineEnds line_ends);
  /// The same of one that is to be read: as it stands where nobody encoded what says so.
  std::string_view decode_text(const Entity& entity, mime::LineEnds line_ends);

  /// `bytes` as UTF-8; in utf8_ unless they are that already.
  std::string_view in_utf8(std::string_view bytes, std::string_view charset);

  /// As much of `text` as may still be added to `to`, whole characters.
  std::string_view within(std::string_view text, const std::string& to, std::size_t limit, std::string_view what);

  void begin_piece_of_text();

  void take_text(const Entity& entity);

  /// Files that old mailers put into the text, between "begin 644 name" and "end".
  void take_uuencoded(std::size_t begin);

  void take_html(const Entity& entity, bool with_text);

  void add_text_of(std::string_view html);

  // ---- attachments

  void take_attachment(const Entity& entity);

  /// With LF line ends: which ones a mail has on the way depends on the door, and the same attached message shall be
  /// the same file, with the same hash, by every one.
  void take_attached_message(const Entity& entity, Attachment attachment);

  /// What is in a winmail.dat becomes attachments in its place; one that is damaged is kept beside them (then false).
  bool take_tnef(const Entity& entity);
  /// The body that Outlook put into winmail.dat, for a mail that has no other.
  void take_tnef_body();

  void take_base64_in_pieces(std::string_view body, Attachment attachment);

  void finish_attachment(Attachment attachment, std::string_view bytes);

  /// Does it have words that a rule could ask for? By its type, or by its name when the type says nothing.
  static bool has_words(const Attachment& attachment);

  /// "Subject.eml" of an attached message.
  std::string name_by_subject(const Entity& entity);

  /// Names for what had none: "image.png", "image-2.png", so that a person can tell them apart.
  std::string made_up_filename(std::string_view content_type);

  /// What the HTML refers to by "cid:" is seen within the text.
  void mark_inline();

  std::string own_raw_;  ///< the mail with LF, if its lines end in CR alone
  std::string_view raw_;
  std::size_t size_;  ///< of the mail as it came
  const ReadLimits& limits_;
  std::optional<std::size_t> wanted_;
  std::optional<std::string> wanted_bytes_;
  std::vector<AttachedBytes>* texts_ = nullptr;
  std::size_t text_bytes_max_ = 0;
  std::string attached_charset_;  ///< of the attachment that is being read
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
  std::string opened_;  ///< the mail that was wrapped in its signature; empty: it was not
  std::string flowed_;  ///< a text with format=flowed, before its lines are joined
};

/// Spaces and line ends only?
inline bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace orgo
