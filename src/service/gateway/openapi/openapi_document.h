#pragma once
#include <span>
#include <string>
#include <string_view>

#include "service/gateway/core/route.h"

namespace orgo::gateway {

/// The OpenAPI 3.1 document of the routes that programs use, with sorted keys and two spaces of indent.
std::string openapi_document(std::span<const Route> routes, std::span<const Schema> schemas, std::string_view version);

}  // namespace orgo::gateway
