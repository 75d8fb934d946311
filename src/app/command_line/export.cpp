#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_export(Command& root) {
  const auto options = std::make_shared<ExportOptions>();
  auto command = root.add("export", "Write all tasks as a table (CSV), or as JSON lines",
                          "  orgo export tasks --csv >tasks.csv\n"
                          "  orgo export tasks --csv --bom --separator ';' >for-excel.csv\n"
                          "  orgo export tasks --open --team it@example.org\n"
                          "  orgo export tasks --json | jq .title\n"
                          "Newest first, times in the zone of the organization. The columns:\n"
                          "docs/tasks-table.md.");
  command.own(options->common);
  command.flag("--csv", options->csv, "A table as of RFC 4180; also without it");
  command.flag("--bom", options->bom, "Begin with a byte order mark, for Excel");
  command.option("--separator", options->separator, "Between columns: , ; or tab").type_name("C").show_default();
  command.flag("--open", options->open, "Only those with work left");
  command.option("--state", options->state, "Only this state: new, open, resolved, ...");
  command.option("--team", options->team, "Only of this team");
  command.option("--assignee", options->assignee, "Only of this person");
  command.option("what", options->what, "tasks").required();
  command.on_run([options] { return cmd_export(*options); });
}

}  // namespace orgo
