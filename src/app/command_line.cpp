#include "app/command_line.h"

#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {
namespace {

/// `orgo help task list` is `orgo task list --help`.
void add_help(Command& root, CommandLine& line) {
  const auto path = std::make_shared<std::vector<std::string>>();
  auto command = root.add("help", "Explain a subcommand", "  orgo help task list");
  command.option("command", *path, "Which");
  command.on_run([path, &line] { return line.explain(*path); });
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CommandLine line("orgo", "Orgo turns mail into routed, tracked, escalated work.",
                   "  orgo serve                          serve with the defaults; data in ./var\n"
                   "  orgo parse mail.eml                 what Orgo sees in a mail and where the rules send it\n"
                   "  orgo task list --json | jq .        the open tasks, for programs\n"
                   "Every subcommand has --help with examples. Exit status: 0 done, 1 it failed, 2 asked wrongly.");
  line.on_version([] { cmd_version({}); });
  auto root = line.root();
  add_serve(root);
  add_parse(root);
  add_import(root);
  add_rules(root);
  add_module(root);
  add_task(root);
  add_trace(root);
  add_ledger(root);
  add_queue(root);
  add_suppression(root);
  add_user(root);
  add_token(root);
  add_tenant(root);
  add_mailbox(root);
  add_config(root);
  add_doctor(root);
  add_bench(root);
  add_calendar(root);
  add_version(root);
  add_help(root, line);
  return line.run(argc, argv);
}

}  // namespace orgo
