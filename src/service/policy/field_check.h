#pragma once
#include "service/policy/policy_book.h"
#include "service/tasks/task_service.h"

namespace orgo {

/// How the policy of the task's tenant checks a value that somebody gives one of its fields.
TaskService::FieldCheck field_check(PolicyOf policies);

/// The service levels that the policy of the task's tenant declares.
commands::FindSla sla_finder(PolicyOf policies);

}  // namespace orgo
