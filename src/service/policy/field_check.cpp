#include "service/policy/field_check.h"

#include <utility>

namespace orgo {

TaskService::FieldCheck field_check(PolicyOf policies) {
  return [policies = std::move(policies)](const Task& task, const std::string& name, const std::string& value,
                                          TimePoint now) -> Result<std::optional<TaskField>> {
    ORGO_TRY(policy, policies(task.tenant));
    return policy->rules->checked_field(task.type, name, value, now);
  };
}

}  // namespace orgo
