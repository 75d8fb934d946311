#include "app/command_line.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>

#include "app/command_line/neutral_output.h"
#include "app/command_line/subcommands.h"
#include "app/output.h"
#include "app/version.h"
#include "base/text.h"

namespace orgo {
namespace {

/// `orgo help task list` is `orgo task list --help`.
void add_help(Command& root, CommandLine& line) {
  struct Options {
    std::vector<std::string> path;
    bool manual = false;
  };
  const auto options = std::make_shared<Options>();
  auto command = root.add("help", "Explain a subcommand",
                          "  orgo help task list\n  orgo help --man >orgo.1  # the manual page of all of them");
  command.option("command", options->path, "Which");
  command.flag("--man", options->manual, "Print the manual page, as man reads it");
  command.on_run([options, &line] {
    if (!options->manual) return line.explain(options->path);
    whole_lines();
    std::cout << manual_page(line.describe(), kVersion);
    return 0;
  });
}

void add_completion(Command& root, CommandLine& line) {
  const auto shell = std::make_shared<std::string>();
  auto command = root.add("completion", "Print what makes a shell complete subcommands and options",
                          "  orgo completion bash >/etc/bash_completion.d/orgo\n"
                          "  orgo completion zsh >>~/.zshrc\n"
                          "  orgo completion fish >~/.config/fish/completions/orgo.fish");
  command.option("shell", *shell, "bash, zsh or fish").required();
  command.on_run([shell, &line] {
    const auto script = completion_script(line.describe(), *shell);
    if (script.empty())
      return report_misuse("orgo completion: there is no shell '" + cell(*shell, 60) + "'" +
                           did_you_mean(*shell, std::array<std::string_view, 3>{"bash", "zsh", "fish"}));
    whole_lines();
    std::cout << script;
    return 0;
  });
}

}  // namespace

int run_command_line(int argc, char** argv) {
  const NeutralOutput output;
  CommandLine line("orgo", "Orgo turns mail into routed, tracked, escalated work.",
                   "  orgo init                     # five questions, and files to begin with\n"
                   "  orgo serve                    # what is configured here\n"
                   "  orgo parse mail.eml           # what Orgo sees in a mail, and whose it is\n"
                   "  orgo task list --json | jq .  # the open tasks, for programs\n"
                   "Every subcommand has --help with examples. With --json errors are JSON, too.\n"
                   "Exit status: 0 done, 1 it failed, 2 asked wrongly.");
  line.on_version([] { cmd_version({}); });
  auto root = line.root();
  add_init(root);
  add_serve(root);
  add_parse(root);
  add_import(root);
  add_rules(root);
  add_module(root);
  add_task(root);
  add_search(root);
  add_trace(root);
  add_ledger(root);
  add_queue(root);
  add_suppression(root);
  add_user(root);
  add_token(root);
  add_tenant(root);
  add_cluster(root);
  add_mailbox(root);
  add_config(root);
  add_doctor(root);
  add_backup(root);
  add_restore(root);
  add_move(root);
  add_export(root);
  add_bench(root);
  add_calendar(root);
  add_version(root);
  add_completion(root, line);
  add_help(root, line);
  const int status = line.run(argc, argv);
  // A pipe that is closed, a disk that is full: who reads a part must not take it for the whole.
  if (NeutralOutput::flush()) return status;
  return std::max(status, report({Errc::unavailable, "writing to standard output failed"}));
}

}  // namespace orgo
