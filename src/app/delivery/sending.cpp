#include "app/delivery/sending.h"

#include <utility>

namespace orgo {

RenderSettings render_settings(const Config& config, std::string id_key) {
  RenderSettings settings;
  settings.domain = config.organization.domain;
  settings.from_address = config.smtp.from;
  settings.from_name = config.smtp.from_name;
  settings.link_base = config.http.public_url;
  settings.zone = config.zone();
  settings.id_key = std::move(id_key);
  return settings;
}

SuppressionPolicy suppression_policy(const Config& config) {
  SuppressionPolicy policy;
  policy.enabled = config.suppression.enabled;
  policy.temporary_failures = static_cast<int>(config.suppression.failures);
  policy.window = config.suppression.window;
  policy.permanent_time = config.suppression.permanent_time;
  policy.temporary_time = config.suppression.temporary_time;
  return policy;
}

}  // namespace orgo
