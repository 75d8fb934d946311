#include "app/node/roles.h"

#include <array>
#include <vector>

#include "base/text.h"

namespace orgo {

Result<Roles> Roles::parse(const std::string& text) {
  if (text.empty()) return Roles{};
  constexpr std::array<std::string_view, 4> kNames{"gateway", "processing", "delivery", "escalation"};
  Roles roles{false, false, false, false};
  for (const auto part : split(text, ',')) {
    const auto name = trim(part);
    if (name == "gateway") roles.gateway = true;
    else if (name == "processing") roles.processing = true;
    else if (name == "delivery") roles.delivery = true;
    else if (name == "escalation") roles.escalation = true;
    else
      return failure(Errc::invalid_input,
                     "there is no role '" + std::string(name.substr(0, 60)) + "'" + did_you_mean(name, kNames));
  }
  return roles;
}

std::string to_string(const Roles& roles) {
  std::vector<std::string> names;
  if (roles.gateway) names.emplace_back("gateway");
  if (roles.processing) names.emplace_back("processing");
  if (roles.delivery) names.emplace_back("delivery");
  if (roles.escalation) names.emplace_back("escalation");
  return join(names, ",");
}

}  // namespace orgo
