#pragma once
#include <string>

#include "service/modules/module_service.h"

namespace orgo {

/// What `orgo module show` tells people of a module: what it is for, its rules, types, promises, teams and words.
std::string describe(const ModuleService::Entry& entry);

}  // namespace orgo
