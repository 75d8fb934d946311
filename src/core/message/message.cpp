#include "core/message/message.h"

#include "base/text.h"

namespace orgo {

std::string_view Message::header(std::string_view name) const {
  for (const auto& field : headers)
    if (ascii_iequals(field.name, name)) return field.value;
  return {};
}

}  // namespace orgo
