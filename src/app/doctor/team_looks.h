#pragma once
#include <string>
#include <vector>

#include "app/doctor/look.h"
#include "app/settings.h"
#include "core/workplace/workplace.h"

namespace orgo {

/// Whom the teams reach: those without an address, those of modules that reach nobody (`module_teams`: their names
/// without an address), and those whose mailbox Orgo fetches itself, so that word for them would come back.
/// `own`: the organization's workplace, without modules.
std::vector<Look> look_at_teams(const Workplace& own, const std::vector<std::string>& module_teams);
/// The same of what is configured; nothing of rules that have errors.
std::vector<Look> look_at_teams(const ToolSettings& settings);

}  // namespace orgo
