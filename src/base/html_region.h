#pragma once
#include <optional>
#include <string_view>

#include "base/html.h"

namespace orgo {

/// What a start tag says about its content: a quote, a signature, or nothing. `attributes` is what stands between the
/// name and the ">"; its first 2 KB are read. By the marks of mail programs, with the "x_" that Outlook puts before
/// foreign ones.
std::optional<HtmlRegion::Kind> region_of_tag(std::string_view name, std::string_view attributes);

}  // namespace orgo
