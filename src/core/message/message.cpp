#include "core/message/message.h"

#include "base/text.h"

namespace orgo {

const Mail& Message::as_mail() const {
  static const Mail kNone;
  return mail ? *mail : kNone;
}

std::string_view Message::header(std::string_view name) const {
  for (const auto& field : as_mail().headers)
    if (field.name.size() == name.size() && ascii_iequals(field.name, name)) return field.value;
  return {};
}

}  // namespace orgo
