#include "app/rules/rule_sources.h"

#include <utility>

namespace orgo {

Result<RuleSources::Read> RuleSources::read() {
  Read result;
  // Looked at first: what changes while it is read is seen at the next look.
  std::vector<std::string> watched{home_.state_file()};
  watched_ = RuleFiles(watched);
  watched_.note();
  auto state = home_.read();
  if (!state) {
    result.trouble = state.error().message;
  } else {
    result.modules.enabled = home_.enabled(*state);
    result.modules.retired = home_.retired(*state);
    result.modules.addresses = std::move(state->addresses);
    for (const auto& source : result.modules.enabled)
      for (const auto& file : source.files) watched.push_back(file.path);
    const bool changed_meanwhile = watched_.differs();
    watched_ = RuleFiles(std::move(watched));
    if (!changed_meanwhile) watched_.note();
  }
  result.modules.people = people_.read();
  ORGO_TRY(files, files_.read());
  result.files = std::move(files);
  return result;
}

bool RuleSources::changed() {
  const bool rules = files_.changed(), people = people_.changed();
  return watched_.changed() || rules || people;
}

}  // namespace orgo
