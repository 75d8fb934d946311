#pragma once
#include <array>
#include <cstddef>
#include <string_view>

namespace orgo {

/// A key that a mapping of a YAML file may have: what the reader accepts and what editors show (docs/rules.schema.json)
/// are made of the same table.
struct YamlKey {
  std::string_view name;
  std::string_view description;
  std::string_view schema;  ///< of its value: members of a JSON Schema object (2020-12) without braces and description
};

/// Only the names, for "unknown key" and "did you mean".
template <std::size_t N>
constexpr std::array<std::string_view, N> names_of(const std::array<YamlKey, N>& keys) {
  std::array<std::string_view, N> names{};
  for (std::size_t i = 0; i < N; ++i) names.at(i) = keys.at(i).name;
  return names;
}

}  // namespace orgo
