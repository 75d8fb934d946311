#pragma once
#include <string_view>
#include <utility>
#include <vector>

namespace orgo::gateway {

/// The answers of the API by name, as JSON Schema (draft 2020-12, as OpenAPI 3.1 has it).
const std::vector<std::pair<std::string_view, std::string_view>>& openapi_schemas();

}  // namespace orgo::gateway
