// Which of the known fields a name is.
#include <cstring>

#include "base/text.h"
#include "protocol/mime/entity.h"

namespace orgo::mime {
namespace {

/// Is `name` the lower-case `word` of the same length, without case? 8 letters at a time: the bit of the case is set in
/// both, and "-" has it anyway.
bool same_name(std::string_view name, std::string_view word) {
  constexpr std::uint64_t kCase = 0x2020202020202020ULL;
  const auto load = [](const char* from) {
    std::uint64_t letters;
    std::memcpy(&letters, from, 8);
    return letters;
  };
  const auto size = word.size();
  if (size < 8) return ascii_iequals(name, word);
  for (std::size_t i = 0; i + 8 < size; i += 8)
    if (((load(name.data() + i) | kCase) ^ load(word.data() + i)) != 0) return false;
  return ((load(name.data() + size - 8) | kCase) ^ load(word.data() + size - 8)) == 0;
}

}  // namespace

FieldId field_id(std::string_view name) {
  if (name.size() < 2 || name.size() > 25) return FieldId::other;
  const auto is = [&](std::string_view word, FieldId id) { return same_name(name, word) ? id : FieldId::other; };
  // By length and first letter there is one candidate, rarely two.
  switch (name.size() << 8 | static_cast<unsigned char>(ascii_lower(name[0]))) {
    case 2 << 8 | 't':
      return is("to", FieldId::to);
    case 2 << 8 | 'c':
      return is("cc", FieldId::cc);
    case 4 << 8 | 'f':
      return is("from", FieldId::from);
    case 4 << 8 | 'd':
      return is("date", FieldId::date);
    case 6 << 8 | 's':
      return is("sender", FieldId::sender);
    case 7 << 8 | 's':
      return is("subject", FieldId::subject);
    case 8 << 8 | 'r':
      return is("reply-to", FieldId::reply_to);
    case 10 << 8 | 'm':
      return is("message-id", FieldId::message_id);
    case 10 << 8 | 'r':
      return is("references", FieldId::references);
    case 10 << 8 | 'c':
      return is("content-id", FieldId::content_id);
    case 11 << 8 | 'i':
      return is("in-reply-to", FieldId::in_reply_to);
    case 11 << 8 | 'r':
      return is("return-path", FieldId::return_path);
    case 12 << 8 | 'c':
      return is("content-type", FieldId::content_type);
    case 16 << 8 | 'c':
      return is("content-location", FieldId::content_location);
    case 19 << 8 | 'c': {
      const auto id = is("content-disposition", FieldId::content_disposition);
      return id != FieldId::other ? id : is("content-description", FieldId::content_description);
    }
    case 25 << 8 | 'c':
      return is("content-transfer-encoding", FieldId::content_transfer_encoding);
    default:
      return FieldId::other;
  }
}

const FieldView* Document::find(const Entity& entity, FieldId id) const {
  for (const auto& field : fields_of(entity))
    if (field.id == id) return &field;
  return nullptr;
}

}  // namespace orgo::mime
