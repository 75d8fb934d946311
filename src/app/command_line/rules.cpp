#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {
namespace {

void add_rule_versions(Command& rules) {
  const auto options = std::make_shared<RuleVersionOptions>();
  const auto action = [&](const std::string& name, const std::string& help, const std::string& examples) {
    auto command = rules.add(name, help, examples);
    command.own(options->common);
    command.on_run([options, name] {
      options->action = name;
      return cmd_rule_versions(*options);
    });
    return command;
  };
  action("history", "The versions of the rules that were in force, newest first",
         "  orgo rules history\n  orgo rules history --json --limit 100")
      .option("--limit", options->limit, "How many at most")
      .range(1, 1000)
      .show_default();
  auto diff = action("diff", "What differs between two versions, or between one and the files as they are",
                     "  orgo rules diff         # the last change\n"
                     "  orgo rules diff 3f2a90  # from that version to the files\n"
                     "  orgo rules diff 3f2a90 77c1d2");
  diff.option("version", options->version, "The older one, or its first digits");
  diff.option("other", options->other, "The newer one");
  auto rollback =
      action("rollback",
             "Put the files of a version back, and the modules that were in force with it; a running server takes "
             "them over at once. "
             "What is there now stays in the history",
             "  orgo rules history\n  orgo rules rollback 3f2a90\n  orgo rules rollback 3f2a90 --keep-modules");
  rollback.option("version", options->version, "Which, or its first digits").required();
  rollback.flag("--keep-modules", options->keep_modules, "Leave the modules and their teams as they are");
}

void add_backtest(Command& rules) {
  const auto options = std::make_shared<BacktestOptions>();
  auto command = rules.add(
      "backtest", "What would have come out differently with other rules; changes nothing, tells nobody",
      "  orgo rules backtest --rules new.yaml --days 30\n  orgo rules backtest --rules new.yaml samples/mails\n"
      "  orgo rules backtest --rules new.yaml --against old.yaml \\\n"
      "      --json inbox.mbox | jq .sums");
  command.own(options->common);
  command.option("--rules", options->rules, "The new rule file; several times for several")
      .type_name("FILE")
      .one_each()
      .required();
  command.option("--against", options->against, "Compare with this rule file instead of the configured ones")
      .type_name("FILE")
      .one_each();
  command.option("--days", options->days, "Stored messages of how many days").range(1, 36'500).show_default();
  command.option("--limit", options->limit, "How many changed messages to list").range(0, 100'000).show_default();
  command.option("--threads", options->threads, "How many at once; 0: one for each core").range(0, 256).show_default();
  command.option("--recipient", options->recipient, "For whom, when a mail file does not say").type_name("ADDRESS");
  command.option("path", options->paths, "Mail files and folders instead of the stored messages");
  command.on_run([options] { return cmd_rules_backtest(*options); });
}

void add_explain(Command& rules) {
  const auto options = std::make_shared<ExplainOptions>();
  auto command = rules.add(
      "explain",
      "Why rules hold for a message or do not: each part of their conditions, and the words that did it, marked",
      "  orgo rules explain mail.eml\n  orgo rules explain m17  # stored, by the rules as they are now\n"
      "  orgo rules explain --rules new.yaml --rule leak mail.eml\n  orgo rules explain --json mail.eml | jq "
      "'.rules[0].parts'\n"
      "Rules that hold come first, then those of which a part holds; --all shows all.");
  command.own(options->common);
  command.option("--rules", options->rules, "Rule file, or a folder of them, instead of the configured ones")
      .type_name("FILE")
      .one_each();
  command.option("--rule", options->rule, "Only the rule of this name").type_name("NAME");
  command.flag("--all", options->all, "Also the rules of which no part holds");
  command.option("message", options->message, "A mail file, - for standard input, or a stored message as in m17")
      .required();
  command.on_run([options] { return cmd_rules_explain(*options); });
}

void add_rules_test(Command& rules) {
  const auto options = std::make_shared<RulesOptions>();
  auto test = rules.add("test", "Run the cases beside the rules: messages and what has to come of them",
                        "  orgo rules test\n  orgo rules test rules.yaml --cases cases/ --json\n"
                        "A case stands in cases/NAME.yaml, as in\n"
                        "cases: [{message: {subject: Leak}, expect: {rules: [leak]}}].\n"
                        "The exit status is 1 when one fails.");
  test.own(options->common);
  test.option("--cases", options->cases, "Folder of the cases; without it, cases/ beside the first rule file")
      .type_name("DIR");
  test.option("file", options->files, "Rule files; without any, the configured ones and the modules in force");
  test.on_run([options] { return cmd_rules_test(*options); });
}

}  // namespace

void add_rules(Command& root) {
  const auto options = std::make_shared<RulesOptions>();
  auto rules = root.add("rules", "Work with rule files", "  orgo rules check rules.yaml");
  rules.require_subcommand();
  auto check =
      rules.add("check", "Tell all mistakes of rule files, with line and remedy",
                "  orgo rules check\n  orgo rules check samples/demo/rules.yaml\n  orgo rules check --json rules.yaml\n"
                "Also what can't be meant: conditions that never hold, rules that are never\n"
                "reached or do nothing new, loops.");
  check.own(options->common);
  check.option("file", options->files, "Rule files; without any, the configured ones");
  check.flag("--strict", options->strict, "Exit with 1 on warnings, too");
  check.on_run([options] { return cmd_rules_check(*options); });
  add_explain(rules);
  add_rules_test(rules);
  add_backtest(rules);
  add_rule_versions(rules);
}

}  // namespace orgo
