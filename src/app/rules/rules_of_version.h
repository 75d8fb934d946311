#pragma once
#include <string>

#include "port/rule_store.h"
#include "service/trace/past_rules.h"
#include "service/trace/trace_service.h"

namespace orgo {

/// The rules that decided, for traces: from the history, with the copies of modules in the data folder. `history`
/// outlives the result.
TraceService::RulesOf rules_of_version(RuleStore& history, const std::string& data_folder,
                                       PastRules::Current current = {});

}  // namespace orgo
