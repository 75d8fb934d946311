#include <string>

#include "core/workplace/workplace.h"
#include "core/workplace/workplace_file.h"

namespace orgo {

const Team* Workplace::default_team() const {
  const Team* only = nullptr;
  std::size_t count = 0;
  for (const auto& [name, team] : teams) {
    if (name.find('/') != std::string::npos) continue;  // of a module
    if (team.is_default) return &team;
    only = &team;
    ++count;
  }
  return count == 1 ? only : nullptr;
}

void WorkplaceReader::read_default(YamlReader& reader, const YamlNode& node, Team& team) const {
  team.is_default = reader.expect_bool(node).value_or(false);
  if (!team.is_default) return;
  if (scope_.of_module) reader.error(node, "which team is the default one is for the organization to say");
  for (const auto& [name, other] : made_.teams)
    if (other.is_default) reader.error(node, "team '" + name + "' is the default one already");
}

}  // namespace orgo
