#include "app/policies/sending.h"

#include <utility>

namespace orgo {

RenderSettings render_settings(const Config& config, std::string id_key) {
  RenderSettings settings;
  settings.domain = config.organization.wire_domain();
  settings.from_address = *config.smtp.from;
  settings.from_name = config.smtp.from_name->empty() ? *config.organization.name : *config.smtp.from_name;
  settings.link_base = *config.http.public_url;
  settings.zone = config.organization.zone();
  settings.id_key = std::move(id_key);
  return settings;
}

}  // namespace orgo
