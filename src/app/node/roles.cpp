#include "app/node/roles.h"

#include "base/text.h"

namespace orgo {

Result<Roles> Roles::parse(const std::string& text) {
  if (text.empty()) return Roles{};
  Roles roles{false, false, false, false};
  for (const auto part : split(text, ',')) {
    const auto name = trim(part);
    if (name == "gateway") roles.gateway = true;
    else if (name == "processing") roles.processing = true;
    else if (name == "delivery") roles.delivery = true;
    else if (name == "escalation") roles.escalation = true;
    else
      return failure(Errc::invalid_input, "unknown role '" + std::string(name) +
                                              "'; the roles are gateway, processing, delivery, escalation");
  }
  return roles;
}

}  // namespace orgo
