// The only file that includes CLI11: it costs 16 s to compile. All subcommands and their options are read from here.
#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

#include "app/commands.h"
#include "app/output.h"
#include "app/serve.h"

namespace orgo {
namespace {

/// The tree of subcommands. Each add_*() makes one branch whose callback keeps what is to be run after all was read.
class CommandTree {
 public:
  CommandTree() : app_("Orgo turns mail into routed, tracked, escalated work.", "orgo") {
    app_.require_subcommand(1);
    app_.footer(
        "Examples:\n"
        "  orgo serve                          serve with the defaults; data in ./var\n"
        "  orgo parse mail.eml                 what Orgo sees in a mail and where the rules send it\n"
        "  orgo task list --json | jq .        the open tasks, for programs\n"
        "Every subcommand has --help with examples. Exit status: 0 done, 1 it failed, 2 asked wrongly.");
    app_.set_version_flag("--version", []() -> std::string {
      cmd_version({});
      return "";
    });
    add_serve();
    add_parse();
    add_import();
    add_rules();
    add_module();
    add_task();
    add_trace();
    add_ledger();
    add_queue();
    add_suppression();
    add_token();
    add_mailbox();
    add_config();
    add_doctor();
    add_bench();
    add_calendar();
    add_version();
    add_help();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      // CLI11 prints help to standard output and mistakes, with a hint at --help, to standard error.
      const int status = app_.exit(error, std::cout, std::cerr);
      return status == 0 ? 0 : kAskedWrongly;
    }
    return run_ ? run_() : kAskedWrongly;
  }

 private:
  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& help, const std::string& examples) {
    auto* command = parent.add_subcommand(name, help);
    command->footer("Examples:\n" + examples);
    return command;
  }

  void add_common(CLI::App* command, CommonOptions& common, bool with_json = true) {
    command->add_option("--config", common.config, "Configuration file")->type_name("FILE");
    command->add_option("--data", common.data, "Data folder, over the configuration")->type_name("DIR");
    if (with_json) command->add_flag("--json", common.json, "Print JSON");
  }

  void add_serve() {
    auto* command =
        add(app_, "serve", "Serve: mail doors, HTTP, processing, delivery, escalation",
            "  orgo serve\n  orgo serve --config /etc/orgo/config.yaml\n"
            "  orgo serve --data /tmp/try --http 127.0.0.1:5001 --lmtp 127.0.0.1:2425 --smtp 127.0.0.1:2526");
    command->add_option("--config", serve_.config, "Configuration file")->type_name("FILE");
    command->add_option("--data", serve_.data, "Data folder")->type_name("DIR");
    command
        ->add_option("--roles", serve_.roles,
                     "Only these, with commas between: gateway, processing, delivery, escalation")
        ->type_name("LIST");
    command->add_option("--http", serve_.http, "Address of the HTTP door")->type_name("HOST:PORT");
    command->add_option("--lmtp", serve_.lmtp, "Address of the LMTP door")->type_name("HOST:PORT");
    command->add_option("--smtp", serve_.smtp, "Address of the SMTP door")->type_name("HOST:PORT");
    command->add_option("--rules", serve_.rules, "Rule file")->type_name("FILE");
    command->callback([this] { run_ = [this] { return serve(serve_); }; });
  }

  void add_parse() {
    auto* command =
        add(app_, "parse", "Show what the parser sees in mails and what the rules would do; changes nothing",
            "  orgo parse mail.eml\n  orgo parse --json mail.eml | jq .attachments\n"
            "  orgo parse --rules new-rules.yaml samples/mails    one JSON line for each mail of the folder\n"
            "  curl -s https://example.org/mail.eml | orgo parse -");
    add_common(command, parse_.common);
    command->add_option("--rules", parse_.rules, "Rule file instead of the configured one")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command->add_option("file", parse_.files, "Mail files, folders of them, or - for standard input")->required();
    command->callback([this] { run_ = [this] { return cmd_parse(parse_); }; });
  }

  void add_import() {
    auto* command =
        add(app_, "import", "Take in mails from .eml files, folders, mbox files, Maildirs and Outlook files (.pst)",
            "  orgo import old-mail/ inbox.mbox ~/Maildir\n"
            "  orgo import --dry-run inbox.mbox          what the rules would do; nothing is stored\n"
            "  orgo import --recipient office@example.org inbox.mbox\n"
            "  orgo import --archive --until 2026-01-01 outlook.pst   old mail becomes history, newer mail tasks\n"
            "An import that was interrupted goes on where it was; what is there already is never stored twice.");
    add_common(command, import_.common);
    command->add_option("--rules", import_.rules, "With --dry-run: rule file instead of the configured one")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command->add_option("--recipient", import_.recipient, "For whom, when the mail does not say (Delivered-To, To, Cc)")
        ->type_name("ADDRESS");
    command->add_flag("--dry-run", import_.dry_run, "Only show what would be done");
    command->add_flag("--from-start", import_.from_start, "Do not go on where an earlier import ended");
    command->add_flag("--archive", import_.archive,
                      "As history: tasks dated by their mails and closed, nobody told, no chains");
    command->add_option("--until", import_.until, "With --archive: only mail from before this day is history")
        ->type_name("DATE");
    command->add_option("--state", import_.state, "With --archive: the state of its tasks")->capture_default_str();
    command->add_option("path", import_.paths, "Files and folders")->required();
    command->callback([this] { run_ = [this] { return cmd_import(import_); }; });
  }

  void add_rules() {
    auto* rules = add(app_, "rules", "Work with rule files", "  orgo rules check rules.yaml");
    rules->require_subcommand(1);
    auto* check = add(
        *rules, "check", "Tell all mistakes of rule files, with line and remedy",
        "  orgo rules check\n  orgo rules check samples/demo/rules.yaml\n  orgo rules check --json rules.yaml\n"
        "Also what can't be meant: conditions that never hold, rules that are never reached or do nothing new, loops.");
    add_common(check, rules_.common);
    check->add_option("file", rules_.files, "Rule files; without any, the configured ones");
    check->add_flag("--strict", rules_.strict, "Exit with 1 on warnings, too");
    check->callback([this] { run_ = [this] { return cmd_rules_check(rules_); }; });
    add_explain(*rules);
    add_rules_test(*rules);
    add_backtest(*rules);
    add_rule_versions(*rules);
  }

  void add_rule_versions(CLI::App& rules) {
    const auto action = [&](const std::string& name, const std::string& help, const std::string& examples) {
      auto* command = add(rules, name, help, examples);
      add_common(command, versions_.common);
      command->callback([this, name] {
        versions_.action = name;
        run_ = [this] { return cmd_rule_versions(versions_); };
      });
      return command;
    };
    action("history", "The versions of the rules that were in force, newest first",
           "  orgo rules history\n  orgo rules history --json --limit 100")
        ->add_option("--limit", versions_.limit, "How many at most")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    auto* diff = action("diff", "What differs between two versions, or between one and the files as they are",
                        "  orgo rules diff                     the last change\n  orgo rules diff 3f2a90              "
                        "from that version to the files\n"
                        "  orgo rules diff 3f2a90 77c1d2");
    diff->add_option("version", versions_.version, "The older one, or its first digits");
    diff->add_option("other", versions_.other, "The newer one");
    auto* rollback =
        action("rollback",
               "Put the files of a version back, and the modules that were in force with it; a running server takes "
               "them over at once. "
               "What is there now stays in the history",
               "  orgo rules history\n  orgo rules rollback 3f2a90\n  orgo rules rollback 3f2a90 --keep-modules");
    rollback->add_option("version", versions_.version, "Which, or its first digits")->required();
    rollback->add_flag("--keep-modules", versions_.keep_modules, "Leave the modules and their teams as they are");
  }

  void add_backtest(CLI::App& rules) {
    auto* command =
        add(rules, "backtest", "What would have come out differently with other rules; changes nothing, tells nobody",
            "  orgo rules backtest --rules new.yaml --days 30\n  orgo rules backtest --rules new.yaml samples/mails\n"
            "  orgo rules backtest --rules new.yaml --against old.yaml --json inbox.mbox | jq .sums");
    add_common(command, backtest_.common);
    command->add_option("--rules", backtest_.rules, "The new rule file; several times for several")
        ->type_name("FILE")
        ->allow_extra_args(false)
        ->required();
    command->add_option("--against", backtest_.against, "Compare with this rule file instead of the configured ones")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command->add_option("--days", backtest_.days, "Stored messages of how many days")
        ->check(CLI::Range(1, 36'500))
        ->capture_default_str();
    command->add_option("--limit", backtest_.limit, "How many changed messages to list")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str();
    command->add_option("--threads", backtest_.threads, "How many at once; 0: one for each core")
        ->check(CLI::Range(0, 256))
        ->capture_default_str();
    command->add_option("--recipient", backtest_.recipient, "For whom, when a mail file does not say")
        ->type_name("ADDRESS");
    command->add_option("path", backtest_.paths, "Mail files and folders instead of the stored messages");
    command->callback([this] { run_ = [this] { return cmd_rules_backtest(backtest_); }; });
  }

  void add_explain(CLI::App& rules) {
    auto* command =
        add(rules, "explain",
            "Why rules hold for a message or do not: each part of their conditions, and the words that did it, marked",
            "  orgo rules explain mail.eml\n  orgo rules explain m17                       a stored message, by the "
            "rules as they are now\n"
            "  orgo rules explain --rules new.yaml --rule leak mail.eml\n  orgo rules explain --json mail.eml | jq "
            "'.rules[0].parts'\n"
            "Rules that hold come first, then those of which a part holds; --all shows the others, too.");
    add_common(command, explain_.common);
    command->add_option("--rules", explain_.rules, "Rule file, or a folder of them, instead of the configured ones")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command->add_option("--rule", explain_.rule, "Only the rule of this name")->type_name("NAME");
    command->add_flag("--all", explain_.all, "Also the rules of which no part holds");
    command->add_option("message", explain_.message, "A mail file, - for standard input, or a stored message as in m17")
        ->required();
    command->callback([this] { run_ = [this] { return cmd_rules_explain(explain_); }; });
  }

  void add_rules_test(CLI::App& rules) {
    auto* test =
        add(rules, "test", "Run the cases beside the rules: messages and what has to come of them",
            "  orgo rules test\n  orgo rules test rules.yaml --cases cases/ --json\n"
            "A case stands in cases/NAME.yaml, as in cases: [{message: {subject: Leak}, expect: {rules: [leak]}}].\n"
            "The exit status is 1 when one fails.");
    add_common(test, rules_.common);
    test->add_option("--cases", rules_.cases, "Folder of the cases; without it, cases/ beside the first rule file")
        ->type_name("DIR");
    test->add_option("file", rules_.files, "Rule files; without any, the configured ones and the modules in force");
    test->callback([this] { run_ = [this] { return cmd_rules_test(rules_); }; });
  }

  void add_module() {
    auto* module = add(app_, "module",
                       "Rules for a whole field of work: add, remove, test and write modules, while the server runs",
                       "  orgo module list\n  orgo module add maintenance --team facilities=caretaker@school.org\n  "
                       "orgo module new library");
    module->require_subcommand(1);
    const auto action = [&](const std::string& name, const std::string& help, const std::string& examples) {
      auto* command = add(*module, name, help, examples);
      add_common(command, module_.common);
      command->callback([this, name] {
        module_.action = name;
        run_ = [this] { return cmd_module(module_); };
      });
      return command;
    };
    const auto named = [&](CLI::App* command, const std::string& help) {
      command->add_option("module", module_.value, help)->required();
    };
    action("list", "List the modules that are in force and those that can be added", "  orgo module list --json");
    named(action("show", "Show the rules, teams, words and task types of a module", "  orgo module show maintenance"),
          "Its name");
    auto* adding =
        action("add", "Check a module, run its cases, and put it in force; of one that is there, the new version",
               "  orgo module add maintenance\n  orgo module add ./library --team desk=library@school.org");
    named(adding, "Name of one that comes with Orgo, or a folder");
    adding->add_option("--team", module_.teams, "Who a team or role is")
        ->type_name("NAME=ADDRESS")
        ->allow_extra_args(false);
    auto* removing = action("remove", "Take a module out of force; its open tasks stay and can be finished",
                            "  orgo module remove library --yes");
    named(removing, "Its name");
    removing->add_flag("--yes", module_.yes, "Don't ask");
    named(action("enable", "Put a disabled module in force again", "  orgo module enable library"), "Its name");
    named(action("disable", "Put a module out of force without removing it", "  orgo module disable library"),
          "Its name");
    auto* team = action(
        "team", "Say who a team or role is, or list them",
        "  orgo module team\n  orgo module team facilities caretaker@school.org\n  orgo module team facilities none");
    team->add_option("name", module_.value, "Team or role");
    team->add_option("address", module_.second, "Its address, or none");
    action("undo", "Take back the last add, remove, enable, disable or team", "  orgo module undo");
    action("test", "Run the cases of modules; without a name, of all that come with Orgo",
           "  orgo module test\n  orgo module test maintenance hr\n  orgo module test ./library --json")
        ->add_option("module", module_.values, "Names or folders");
    auto* making = action("new", "Make a module that works, to be changed",
                          "  orgo module new library\n  orgo module new library --in modules");
    named(making, "Its name");
    making->add_option("--in", module_.folder, "Folder to make it in; without it, here")->type_name("DIR");
  }

  /// One `orgo task ACTION NUMBER [VALUE]`.
  CLI::App* add_task_action(CLI::App& task, const std::string& name, const std::string& help, const std::string& value,
                            const std::string& value_help, const std::string& examples, bool value_required = true) {
    auto* command = add(task, name, help, examples);
    add_common(command, task_.common);
    command->add_option("task", task_.task, "Its number: T-12, or 12")->required();
    if (!value.empty()) {
      auto* option = command->add_option(value, task_.value, value_help);
      if (value_required) option->required();
    }
    command->callback([this, name] {
      task_.action = name;
      run_ = [this] { return cmd_task(task_); };
    });
    return command;
  }

  void add_task() {
    auto* task = add(app_, "task", "List, show and change tasks",
                     "  orgo task list --team maintenance@organization.com\n  orgo task show T-12\n  orgo task ack 12");
    task->require_subcommand(1);
    auto* list = add(*task, "list", "List tasks, newest first; only those with work left, unless --all",
                     "  orgo task list\n  orgo task list --all --limit 200\n"
                     "  orgo task list --state acknowledged --assignee anna --json");
    add_common(list, task_.common);
    list->add_flag("--all", task_.all, "Resolved and closed ones too");
    list->add_option("--state", task_.state, "Only this state: new, open, pending, acknowledged, resolved, closed");
    list->add_option("--team", task_.team, "Only of this team");
    list->add_option("--assignee", task_.assignee, "Only of this person");
    list->add_option("--limit", task_.limit, "How many at most")->check(CLI::Range(1, 1000))->capture_default_str();
    list->callback([this] {
      task_.action = "list";
      run_ = [this] { return cmd_task(task_); };
    });
    add_task_action(*task, "show", "Show a task with its whole history", "", "", "  orgo task show T-12");
    add_task_action(*task, "assign", "Give a task to a person", "person", "Who", "  orgo task assign 12 anna");
    add_task_action(*task, "route", "Give a task to a team", "team", "Which",
                    "  orgo task route 12 it@organization.com");
    add_task_action(*task, "ack", "Acknowledge: somebody is on it; stops the escalation", "", "", "  orgo task ack 12");
    add_task_action(*task, "resolve", "The work is done", "", "", "  orgo task resolve 12");
    add_task_action(*task, "close", "Close a task for good", "", "", "  orgo task close 12");
    add_task_action(*task, "reopen", "Open a resolved or closed task again", "", "", "  orgo task reopen 12");
    add_task_action(*task, "comment", "Add a comment", "text", "The comment",
                    "  orgo task comment 12 'Plumber comes at 3'");
    add_task_action(*task, "state", "Move a task by hand", "state", "open, pending, acknowledged, resolved or closed",
                    "  orgo task state 12 pending");
    add_task_action(*task, "priority", "Set the priority", "priority", "low, normal, high or urgent",
                    "  orgo task priority 12 urgent");
    add_task_action(*task, "tag", "Add a tag", "tag", "The tag", "  orgo task tag 12 water");
    auto* set = add_task_action(*task, "set", "Set what the type of the task asks for", "", "",
                                "  orgo task set 12 room=102 'day=1 December'\n  orgo task set 12 room=");
    set->add_option("fields", task_.values, "Each as name=value; an empty value takes it away")
        ->required()
        ->expected(1, 50);
    add_task_action(*task, "due", "Say when it should be done", "time", "RFC 3339, or 'none'",
                    "  orgo task due 12 2026-12-01T12:00:00Z\n  orgo task due 12 none");
  }

  void add_trace() {
    auto* command =
        add(app_, "trace", "Tell the whole story of a message: how it came, what was decided and why, what was sent",
            "  orgo trace m17\n  orgo trace 17 --json\n  orgo trace 17 --raw > mail.eml");
    add_common(command, trace_.common);
    command->add_flag("--raw", trace_.raw, "Only the bytes as they were received");
    command->add_option("message", trace_.message, "Its number: m17, or 17")->required();
    command->callback([this] { run_ = [this] { return cmd_trace(trace_); }; });
  }

  void add_ledger() {
    auto* command =
        add(app_, "ledger", "Prove from the tables that nothing is lost: accepted = stored = decided + waiting + dead",
            "  orgo ledger\n  orgo ledger --json\nThe exit status is 1 when the ledger does not balance.");
    add_common(command, ledger_.common);
    command->callback([this] { run_ = [this] { return cmd_ledger(ledger_); }; });
  }

  void add_queue() {
    auto* queue =
        add(app_, "queue", "Look at the queue and mend its dead letters",
            "  orgo queue list\n  orgo queue dead\n  orgo queue retry q12\n  orgo queue drop q12 --reason 'spam'");
    queue->require_subcommand(1);
    const auto action = [&](const std::string& name, const std::string& help, const std::string& examples,
                            bool with_item) {
      auto* command = add(*queue, name, help, examples);
      add_common(command, queue_.common);
      if (with_item) command->add_option("item", queue_.item, "Its number: q12, or 12")->required();
      command->callback([this, name] {
        queue_.action = name;
        run_ = [this] { return cmd_queue(queue_); };
      });
      return command;
    };
    action("list", "How much waits", "  orgo queue list", false);
    action("dead", "List what was tried too often", "  orgo queue dead --limit 10", false)
        ->add_option("--limit", queue_.limit, "How many at most")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    action("show", "Show one dead letter", "  orgo queue show q12", true);
    action("retry", "Put a dead letter back to work", "  orgo queue retry q12", true);
    action("drop", "Give a dead letter up, on the record", "  orgo queue drop q12 --reason 'spam'", true)
        ->add_option("--reason", queue_.reason, "Why; it is kept in the log")
        ->required();
  }

  void add_suppression() {
    auto* suppression =
        add(app_, "suppression", "Addresses that nothing is sent to, because mails to them did not arrive",
            "  orgo suppression list\n  orgo suppression add anna@example.org --reason 'asked us by phone'\n"
            "  orgo suppression remove anna@example.org");
    suppression->require_subcommand(1);
    const auto action = [&](const std::string& name, const std::string& help, const std::string& examples,
                            bool with_address) {
      auto* command = add(*suppression, name, help, examples);
      add_common(command, suppression_.common);
      if (with_address) command->add_option("address", suppression_.address, "Which")->required();
      command->callback([this, name] {
        suppression_.action = name;
        run_ = [this] { return cmd_suppression(suppression_); };
      });
      return command;
    };
    auto* list = action("list", "List the addresses, with reason and the report that said so",
                        "  orgo suppression list --all --json", false);
    list->add_flag("--all", suppression_.all, "Also those whose failures are only counted so far");
    list->add_option("--limit", suppression_.limit, "How many at most")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    auto* put = action("add", "Send nothing to an address any more",
                       "  orgo suppression add anna@example.org --until 2027-01-01T00:00:00Z", true);
    put->add_option("--reason", suppression_.reason, "Why; it stands beside each send that is refused");
    put->add_option("--until", suppression_.until, "Until when, RFC 3339; without: until it is removed");
    action("remove", "Send to an address again; its failures are counted anew",
           "  orgo suppression remove anna@example.org", true);
  }

  void add_token() {
    auto* token = add(app_, "token", "Make and revoke tokens for the HTTP API",
                      "  orgo token add anna --role staff\n  orgo token list\n  orgo token revoke 3");
    token->require_subcommand(1);
    const auto action = [&](const std::string& name, const std::string& help, const std::string& examples) {
      auto* command = add(*token, name, help, examples);
      add_common(command, token_.common);
      command->callback([this, name] {
        token_.action = name;
        run_ = [this] { return cmd_token(token_); };
      });
      return command;
    };
    action("list", "List tokens; their secrets are not kept", "  orgo token list");
    auto* add_one = action("add", "Make a token; its secret is printed once", "  orgo token add anna --role staff");
    add_one->add_option("name", token_.value, "For whom")->required();
    add_one->add_option("--role", token_.role, "administrator, manager, staff, viewer or integration")
        ->capture_default_str();
    action("revoke", "End a token at once", "  orgo token revoke 3")
        ->add_option("id", token_.value, "Its number in `orgo token list`")
        ->required();
  }

  void add_mailbox() {
    auto* mailbox = add(app_, "mailbox", "Mailboxes that mail is fetched from: how they do, and whether they work",
                        "  orgo mailbox status\n  orgo mailbox test office --probe");
    mailbox->require_subcommand(1);
    auto* state = add(*mailbox, "status", "Each mailbox with its state, last success and last error",
                      "  orgo mailbox status\n  orgo mailbox status --json");
    auto* test = add(
        *mailbox, "test", "Try a mailbox step by step; nothing is taken, moved or deleted",
        "  orgo mailbox test office\n  orgo mailbox test office --probe      sends a mail and waits until it is there");
    add_common(state, mailbox_.common);
    add_common(test, mailbox_.common);
    test->add_option("name", mailbox_.name, "Its name in the configuration")->required();
    test->add_flag("--probe", mailbox_.probe, "Send a mail to it (section smtp) and wait for it");
    test->add_option("--timeout", mailbox_.timeout, "How long to wait for the probe")
        ->type_name("DURATION")
        ->capture_default_str();
    state->callback([this] {
      mailbox_.action = "status";
      run_ = [this] { return cmd_mailbox(mailbox_); };
    });
    test->callback([this] {
      mailbox_.action = "test";
      run_ = [this] { return cmd_mailbox(mailbox_); };
    });
  }

  void add_config() {
    auto* config =
        add(app_, "config", "Check and explain the configuration", "  orgo config check\n  orgo config explain smtp");
    config->require_subcommand(1);
    auto* check = add(*config, "check", "Tell all mistakes of the configuration, with line and remedy",
                      "  orgo config check\n  orgo config check --config new.yaml");
    auto* explain =
        add(*config, "explain", "Every key: its value now, where that comes from, its default and what it means",
            "  orgo config explain\n  orgo config explain smtp --json");
    add_common(check, config_.common);
    add_common(explain, config_.common);
    explain->add_option("key", config_.key, "Only keys that begin so");
    check->callback([this] {
      config_.action = "check";
      run_ = [this] { return cmd_config(config_); };
    });
    explain->callback([this] {
      config_.action = "explain";
      run_ = [this] { return cmd_config(config_); };
    });
  }

  void add_doctor() {
    auto* command =
        add(app_, "doctor", "Look whether all that Orgo needs is well: data folder, disk, database, rules, ports",
            "  orgo doctor\n  orgo doctor --json\nThe exit status is 1 when something is wrong.");
    add_common(command, doctor_.common);
    command->callback([this] { run_ = [this] { return cmd_doctor(doctor_); }; });
  }

  void add_bench() {
    auto* command =
        add(app_, "bench", "Measure this machine: durable stores and parses a second, in a folder of its own",
            "  orgo bench\n  orgo bench --seconds 10 --json");
    add_common(command, bench_.common);
    command->add_option("--seconds", bench_.seconds, "How long each measurement takes")
        ->check(CLI::Range(0.1, 600.0))
        ->capture_default_str();
    command->callback([this] { run_ = [this] { return cmd_bench(bench_); }; });
  }

  void add_calendar() {
    auto* calendar = add(app_, "calendar", "Compute by hand what business calendars say",
                         "  orgo calendar due --calendar rules.yaml --name office '2026-12-23 15:00' '4 hours'\n"
                         "  orgo calendar open --calendar calendars.json '2026-12-24T09:00:00Z'\n"
                         "  orgo calendar due --calendar calendars.json --batch questions.csv > answers.csv");
    calendar->require_subcommand(1);
    const auto action = [&](const std::string& name, const std::string& help, const std::string& examples) {
      auto* command = add(*calendar, name, help, examples);
      add_common(command, calendar_.common);
      command
          ->add_option("--calendar", calendar_.files,
                       "File of calendars (YAML or JSON) or rules; without it, the configured rules")
          ->type_name("FILE")
          ->allow_extra_args(false);
      command->add_option("--name", calendar_.name, "Which calendar; without it, the default or the only one");
      command->callback([this, name] {
        calendar_.action = name;
        run_ = [this] { return cmd_calendar(calendar_); };
      });
      return command;
    };
    const auto question = [&](CLI::App* command) {
      command
          ->add_option("--batch", calendar_.batch,
                       "Answer all rows of a CSV file, or of - : op,calendar,start,minutes,end,pauses,expected")
          ->type_name("CSV");
      command->add_option("--pause", calendar_.pauses, "Time that doesn't count: from/to; several times for several")
          ->allow_extra_args(false);
      command->add_option("--end-of-slot", calendar_.end_of_slot,
                          "A span used up at closing time ends then (close) or at the next opening (next_open)");
      command->add_option("--round", calendar_.round, "none, minute (cut) or next_minute");
      return command;
    };
    auto* due = question(action(
        "due", "When a span of open time is over",
        "  orgo calendar due --calendar calendars.yaml --name office 2026-12-23T14:00:00Z '4 hours'\n"
        "  orgo calendar due --calendar calendars.yaml --name office '2026-12-23 15:00' 4h --pause '2026-12-23 "
        "16:00/2026-12-23 16:30'\n"
        "  orgo calendar due --calendar calendars.json --batch arithmetic.csv --end-of-slot next_open --round minute"));
    due->add_option("from", calendar_.from, "From when: RFC 3339, or wall time in the calendar's zone");
    due->add_option("span", calendar_.span, "How much open time: 2 hours, 1 h 30 min");
    auto* between = question(action(
        "between", "How much open time lies between two times",
        "  orgo calendar between --calendar calendars.yaml --name office '2026-12-23 15:00' '2026-12-28 09:00'"));
    between->add_option("from", calendar_.from, "From when");
    between->add_option("to", calendar_.to, "Until when");
    question(action("open", "Is it open then, and when does it open and close next",
                    "  orgo calendar open --calendar calendars.yaml '2026-12-24 09:30'"))
        ->add_option("at", calendar_.from, "When");
    action("show", "Show calendars: hours, zone, customers",
           "  orgo calendar show\n  orgo calendar show --calendar calendars.yaml --json");
    auto* holidays =
        action("holidays", "List holidays and exceptions, with what feeds say",
               "  orgo calendar holidays --name office --year 2027\n  orgo calendar holidays --name office --refresh");
    holidays->add_option("--year", calendar_.year, "Only of this year")->check(CLI::Range(1990, 2100));
    holidays->add_flag("--refresh", calendar_.refresh,
                       "Fetch the feeds by URL now; a running server takes what is new over, too");
    action("feeds", "List the feeds by URL and how they are",
           "  orgo calendar feeds --json\n  orgo calendar feeds --refresh")
        ->add_flag("--refresh", calendar_.refresh, "Fetch them now, whatever their turn");
  }

  void add_version() {
    auto* command = add(app_, "version", "Print the version of Orgo and of its libraries", "  orgo version --json");
    command->add_flag("--json", version_.common.json, "Print JSON");
    command->callback([this] { run_ = [this] { return cmd_version(version_); }; });
  }

  /// `orgo help task list` is `orgo task list --help`.
  void add_help() {
    auto* command = add(app_, "help", "Explain a subcommand", "  orgo help task list");
    command->add_option("command", help_, "Which");
    command->callback([this] {
      run_ = [this] {
        CLI::App* chosen = &app_;
        for (const auto& name : help_) {
          const auto known = chosen->get_subcommands([&](const CLI::App* one) { return one->get_name() == name; });
          if (known.empty()) {
            std::cerr << "orgo: there is no subcommand '" << name << "'\n" << chosen->help();
            return kAskedWrongly;
          }
          chosen = known.front();
        }
        std::cout << chosen->help();
        return 0;
      };
    });
  }

  CLI::App app_;
  std::function<int()> run_;
  ServeOptions serve_;
  ParseOptions parse_;
  ImportOptions import_;
  RulesOptions rules_;
  RuleVersionOptions versions_;
  BacktestOptions backtest_;
  ExplainOptions explain_;
  ModuleOptions module_;
  TaskOptions task_;
  TraceOptions trace_;
  LedgerOptions ledger_;
  QueueOptions queue_;
  SuppressionOptions suppression_;
  TokenOptions token_;
  MailboxOptions mailbox_;
  ConfigOptions config_;
  DoctorOptions doctor_;
  BenchOptions bench_;
  CalendarOptions calendar_;
  VersionOptions version_;
  std::vector<std::string> help_;
};

}  // namespace

int run_command_line(int argc, char** argv) {
  return CommandTree().run(argc, argv);
}

}  // namespace orgo
