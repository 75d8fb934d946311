#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/task/command.h"
#include "core/task/task.h"
#include "service/gateway/core/url.h"
#include "service/gateway/pages/html.h"
#include "service/tasks/run_many.h"

/// The check boxes of the list of tasks, and the commands for those that are ticked.
namespace orgo::gateway::page {

/// The box of one task, in its row; it carries the version that the list shows.
void write_tick(Html& html, const Task& task);
/// The commands, in a form that goes to `action`, with a box for all that are `shown`; `names`: of people and teams, to
/// pick from.
void write_many_form(Html& html, std::string_view action, std::span<const Task> shown,
                     std::span<const std::string> names);
/// What such a form ticked; all that were shown when it says so.
std::vector<NamedTask> ticked(const Parameters& form);

/// The command that it asks for, and the value for it.
struct AskedOfMany {
  const commands::Command* command = nullptr;  ///< nullptr: none that is offered
  std::string value;
};
/// `self`: who asks.
AskedOfMany asked_of_many(const Parameters& form, std::string_view self);
/// What became of each.
void write_outcomes(Html& html, std::span<const ManyOutcome> outcomes);

}  // namespace orgo::gateway::page
