#include <iostream>

#include "app/api.h"
#include "app/command_line/neutral_output.h"
#include "app/commands.h"
#include "app/export/task_rows.h"
#include "app/local_time.h"
#include "app/output.h"
#include "base/csv.h"
#include "service/gateway/core/url.h"

namespace orgo {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF", kLineEnd = "\r\n";

std::string query_of(const ExportOptions& options) {
  std::string query = "/api/v1/tasks";
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty())
      query.append(query.find('?') == std::string::npos ? "?" : "&")
          .append(name)
          .append("=")
          .append(gateway::percent_encoded(value));
  };
  if (options.open) add("open", "true");
  add("state", options.state);
  add("team", options.team);
  add("assignee", options.assignee);
  return query;
}

/// '\0': it is none that parts columns.
char separator_of(const std::string& text) {
  if (text == "tab" || text == "\\t" || text == "\t") return '\t';
  return text == "," || text == ";" ? text[0] : '\0';
}

}  // namespace

int cmd_export(const ExportOptions& options) {
  if (options.what != "tasks")
    return report({Errc::invalid_input, "'" + cell(options.what, 40) + "' can't be exported; tasks can"});
  if (options.csv && options.common.json) return report({Errc::invalid_input, "either --csv or --json: not both"});
  const char separator = separator_of(options.separator);
  if (separator == '\0')
    return report({Errc::invalid_input, "--separator '" + cell(options.separator, 20) + "' is not one of , ; tab"});
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return report(api.error());
  const auto zone = zone_of(options.common);
  whole_lines();
  if (!options.common.json)
    std::cout << (options.bom ? kByteOrderMark : "") << csv_line(task_columns(), separator, kLineEnd);
  // A page at a time: however many tasks there are, a thousand of them are in memory.
  const auto done = (*api)->each_page(query_of(options), [&](json::array& tasks) -> Status {
    for (const auto& task : tasks)
      if (options.common.json) std::cout << json::serialize(task) << '\n';
      else std::cout << csv_line(task_row(task.as_object(), zone), separator, kLineEnd);
    if (!std::cout.flush()) return failure(Errc::unavailable, "writing to standard output failed");
    return {};
  });
  return done ? kDone : report(done.error());
}

}  // namespace orgo
