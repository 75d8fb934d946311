#pragma once
#include <string>
#include <vector>

#include "base/time_zone.h"
#include "core/task/task.h"
#include "core/workplace/workplace.h"
#include "service/gateway/core/call.h"
#include "service/gateway/pages/html.h"

namespace orgo::gateway::page {

/// What the forms offer, and in which zone they show times.
struct Picks {
  const TimeZone& zone;
  const std::vector<std::string>& names;
  const Workplace& workplace;
};

/// The card with the buttons and small forms of a task; each carries the version that the page shows.
void write_actions(Html& html, const Task& task, const Caller& caller, const Picks& picks);

}  // namespace orgo::gateway::page
