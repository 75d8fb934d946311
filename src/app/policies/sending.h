#pragma once
#include <string>

#include "app/config.h"
#include "core/delivery/render.h"

namespace orgo {

/// How our mails look. `id_key` is the key of the data folder that their ids are made with.
RenderSettings render_settings(const Config& config, std::string id_key);

}  // namespace orgo
