#include "service/policy/field_check.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/unicode.h"
#include "base/yaml.h"

namespace orgo {

TaskService::FieldCheck field_check(PolicyOf policies) {
  return [policies = std::move(policies)](const Task& task, const std::string& name, const std::string& value,
                                          TimePoint now) -> Result<std::optional<TaskField>> {
    ORGO_TRY(policy, policies(task.tenant));
    return policy->rules->checked_field(task.type, name, value, now);
  };
}

commands::FindSla sla_finder(PolicyOf policies) {
  return [policies = std::move(policies)](const Task& task, std::string_view name) -> Result<TaskSla> {
    ORGO_TRY(policy, policies(task.tenant));
    const auto& workplace = policy->workplace();
    if (auto sla = workplace.sla_for(name, task.requester.address, task.team, task.type)) return *std::move(sla);
    std::vector<std::string_view> names;
    for (const auto& [known, unused] : workplace.slas) names.push_back(known);
    return failure(Errc::invalid_input,
                   "there is no service level '" + std::string(cut_utf8(name, 64)) + "'" +
                       (names.empty() ? "; the rules declare none" : "; " + name_hint(name, names)));
  };
}

}  // namespace orgo
