#pragma once
#include <cstddef>

#include "base/yaml.h"
#include "core/workplace/workplace.h"

namespace orgo {

inline constexpr std::size_t kSignatureMax = 2'000;  ///< bytes

/// How a team answers customers: the keys `answers_by_mail` and `signature` of a team in a rule file.
void read_team_answers(YamlReader& reader, const YamlNode& node, Team& team);

}  // namespace orgo
