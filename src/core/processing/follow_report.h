#pragma once
#include <string>

#include "core/changes/changes.h"
#include "core/processing/context.h"
#include "core/processing/decide.h"

namespace orgo {

/// What a delivery report is judged by.
struct ReportedCase {
  const Incoming& incoming;  ///< with its report
  const Context& context;
  const rules::RuleSet& rules;  ///< who is one of ours
  const DecideSettings& settings;
  TimePoint now;
  bool quiet = false;  ///< nobody is told
};

/// What a delivery report about a mail of ours brings: the send's fate, its address on the suppression list, and
/// whoever has the task told that its answer got lost. `reason` is gone on with, `task` becomes that of the mail.
/// Nothing is believed of a mail that never went out, or that did not go to whom the report names.
void follow_report(const ReportedCase& reported, Changes& changes, TaskRef& task, std::string& reason);

}  // namespace orgo
