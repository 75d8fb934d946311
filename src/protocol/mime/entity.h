#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/mime/content_type.h"
#include "protocol/mime/transfer_encoding.h"

namespace orgo::mime {

/// The fields that a part or a message is read by; found once, by length and letters.
enum class FieldId : std::uint8_t {
  other,
  from,
  sender,
  reply_to,
  to,
  cc,
  subject,
  date,
  message_id,
  in_reply_to,
  references,
  return_path,
  content_type,
  content_transfer_encoding,
  content_disposition,
  content_id,
  content_location,
  content_description,
};
FieldId field_id(std::string_view name);

/// A header field as it stands in the raw bytes.
struct FieldView {
  std::string_view name;   ///< without the colon and white space before it
  std::string_view value;  ///< all behind the colon, with folds, without the last line end
  FieldId id = FieldId::other;
};

inline constexpr std::uint32_t kNoEntity = 0xFFFFFFFF;

/// A message or a part of one: header and body as views into the raw bytes.
struct Entity {
  std::uint32_t parent = kNoEntity;  ///< index in Document::entities
  std::uint32_t depth = 0;           ///< 0: the message
  std::uint32_t first_field = 0;     ///< in Document::fields
  std::uint32_t field_count = 0;
  std::uint32_t end = 0;   ///< behind the last descendant: entities[i + 1, end) are inside this one
  bool multipart = false;  ///< has parts as children; its own body is preamble and epilogue, which nobody reads
  TransferEncoding encoding = TransferEncoding::identity;
  ContentType type;  ///< what it says, else the default of its place (RFC 2045, 5.2; RFC 2046, 5.1.5)
  bool type_given = false;
  std::string_view header;  ///< raw, with the empty line
  std::string_view body;    ///< raw, still encoded; without the line end that belongs to the boundary
};

struct Limits {
  std::size_t depth = 100;             ///< deeper multiparts are one body
  std::size_t parts = 10'000;          ///< further ones are left out
  std::size_t fields = 20'000;         ///< of all entities together; further ones are left out
  std::size_t header_bytes = 1 << 20;  ///< of one entity; what is behind that is searched for its end only
};

/// Where the bytes break a standard or a limit. Kinds are stable words in snake_case.
struct Defect {
  std::string kind;
  std::string detail;
};
inline constexpr std::size_t kDefectsMax = 100;

struct Document {
  std::vector<Entity> entities;  ///< in order of the bytes, a parent before its children; [0] is the message
  std::vector<FieldView> fields;
  std::vector<Defect> defects;  ///< at most kDefectsMax

  [[nodiscard]] std::span<const FieldView> fields_of(const Entity& entity) const {
    return std::span(fields).subspan(entity.first_field, entity.field_count);
  }
  /// The first field of that kind; nullptr: none.
  [[nodiscard]] const FieldView* find(const Entity& entity, FieldId id) const;
};

/// Takes a message apart in one pass: fields, parts, bodies; decodes nothing but Content-Type. Never fails; with CRLF
/// or LF. `raw` must live as long as the document. Work is linear in the size, whatever stands in it: each line that
/// could be a boundary is hashed once and looked up, however deep it stands. An attached message (message/rfc822) is a
/// leaf here: parse_entities(its body) takes it apart.
Document parse_entities(std::string_view raw, const Limits& limits = {});
/// The same into a document whose memory is used again: reading many small mails is mostly asking for memory.
void parse_entities(std::string_view raw, const Limits& limits, Document& document);

}  // namespace orgo::mime
