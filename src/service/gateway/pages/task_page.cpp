#include <algorithm>
#include <charconv>
#include <optional>

#include "core/task/command.h"
#include "service/gateway/pages/many_form.h"
#include "service/gateway/pages/page_parts.h"
#include "service/gateway/pages/task_pages.h"
#include "service/policy/field_check.h"
#include "service/policy/time_reader.h"

namespace orgo::gateway::page {
namespace {

/// What a form of the page says: its value is the first parameter, of fields with the name beside it.
Result<commands::Input> input_of(const commands::Command& command, const Parameters& form,
                                 const TimeReader& read_time) {
  commands::Input input;
  if (command.parameters.empty()) return input;
  const auto& parameter = command.parameters.front();
  const std::string value(field(form, "value"));
  switch (parameter.kind) {
    case commands::Parameter::Kind::choice:
      if (std::ranges::find(parameter.choices, value) == parameter.choices.end())
        return failure(Errc::invalid_input, "There is no such " + std::string(parameter.name));
      [[fallthrough]];
    case commands::Parameter::Kind::text:
      input.set(parameter.name, value);
      break;
    case commands::Parameter::Kind::texts:
      input.set(parameter.name, commands::Texts{value});
      break;
    case commands::Parameter::Kind::named_texts:
      input.set(parameter.name, commands::NamedTexts{{std::string(field(form, "name")), value}});
      break;
    case commands::Parameter::Kind::time: {
      ORGO_TRY(time, read_time(value));
      input.set(parameter.name, time);
      break;
    }
  }
  return input;
}

}  // namespace

Result<HttpResponse> TaskPages::show(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  return ports_.sheet.render(call, number, {.again = parameter(call, "again")});
}

Result<HttpResponse> TaskPages::post_command(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(form, form_of(call));
  const auto* const command = commands::find(call.captured.at(1));
  if (command == nullptr || !may(call.caller->role, command->permission))
    return failure(Errc::not_found, "There is nothing at this address.");
  TaskService::Target target{call.caller->tenant, number, call.caller->actor(), {}};
  if (!command->adds_only) {  // decided on what the page showed
    const auto text = field(form, "version");
    std::int64_t version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error != std::errc{} || end != text.data() + text.size())
      return failure(Errc::invalid_input, "The form is not complete.");
    target.version = version;
  }
  ORGO_TRY(policy, ports_.policies(call.caller->tenant));
  // As the page shows times, so it takes them.
  const auto input =
      input_of(*command, form, reader_of_times(*policy, ports_.clock.now(), zone_of(*call.caller, policy->zone())));
  const auto task =
      input ? ports_.commands.run(target, *command, *input, field_check(ports_.policies), sla_finder(ports_.policies))
            : Result<Task>(tl::unexpected(input.error()));
  if (task) return redirect("/tasks/" + to_string(task->number));  // of what was split off, the new one
  const auto& error = task.error();
  if (error.code != Errc::conflict && error.code != Errc::invalid_input) return tl::unexpected(error);
  TaskRemark remark{.complaint = error.message + ".", .status = problem_of(error).status};
  if (command->name == "comment") remark.draft.text = field(form, "value");
  return ports_.sheet.render(call, number, std::move(remark));
}

Result<HttpResponse> TaskPages::post_many(const Call& call) {
  ORGO_TRY(form, form_of(call));
  const auto [command, value] = asked_of_many(form, call.caller->name);
  if (command == nullptr || !may(call.caller->role, command->permission))
    return failure(Errc::not_found, "There is nothing at this address.");
  auto tasks = ticked(form);
  ORGO_CHECK(check_how_many(tasks.size()));
  if (command->adds_only)
    for (auto& task : tasks) task.version.reset();
  ORGO_TRY(policy, ports_.policies(call.caller->tenant));
  ORGO_TRY(input, input_of(*command, {{"value", value}},
                           reader_of_times(*policy, ports_.clock.now(), zone_of(*call.caller, policy->zone()))));
  const auto check = field_check(ports_.policies);
  const auto find_sla = sla_finder(ports_.policies);
  const auto outcomes = run_many(tasks, [&](TaskNumber number, std::optional<std::int64_t> version) {
    return ports_.commands.run({call.caller->tenant, number, call.caller->actor(), version}, *command, input, check,
                               find_sla);
  });
  return render_list(call, outcomes);
}

std::vector<Route> TaskPages::routes() {
  return {
      shown("/", Permission::read_tasks, to<&TaskPages::list>(this), "The tasks."),
      sent("/", Permission::change_tasks, to<&TaskPages::post_many>(this), "A command on the tasks that are ticked."),
      shown("/tasks/{id}", Permission::read_tasks, to<&TaskPages::show>(this), "One task."),
      sent("/tasks/{id}/{command}", Permission::change_tasks, to<&TaskPages::post_command>(this),
           "A button of the page of a task."),
  };
}

}  // namespace orgo::gateway::page
