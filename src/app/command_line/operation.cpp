#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_ledger(Command& root) {
  const auto options = std::make_shared<LedgerOptions>();
  auto command =
      root.add("ledger", "Prove from the tables that nothing is lost: accepted = stored = decided + waiting + dead",
               "  orgo ledger\n  orgo ledger --json\nThe exit status is 1 when the ledger does not balance.");
  command.own(options->common);
  command.on_run([options] { return cmd_ledger(*options); });
}

void add_queue(Command& root) {
  const auto options = std::make_shared<QueueOptions>();
  auto queue = root.add("queue", "Look at the queue, mend its dead letters, send again what failed or a restore holds",
                        "  orgo queue list\n  orgo queue dead\n  orgo queue retry q12\n  orgo queue retry s5\n"
                        "  orgo queue drop q12 --reason 'spam'\n  orgo queue restored\n  orgo queue release --all");
  queue.require_subcommand();
  const auto action = [&](const std::string& name, const std::string& help, const std::string& examples,
                          bool with_item) {
    auto command = queue.add(name, help, examples);
    command.own(options->common);
    if (with_item)
      command
          .option("item", options->item,
                  name == "retry" ? "Its number: q12, or 12; of a mail or webhook of ours s5 (`orgo trace` shows it)"
                                  : "Its number: q12, or 12")
          .required();
    command.on_run([options, name] {
      options->action = name;
      return cmd_queue(*options);
    });
    return command;
  };
  action("list", "How much waits, and what the brake against loops holds", "  orgo queue list", false);
  action("dead", "List what was tried too often", "  orgo queue dead --limit 10", false)
      .option("--limit", options->limit, "How many at most")
      .range(1, 1000)
      .show_default();
  action("show", "Show one dead letter", "  orgo queue show q12", true);
  action("retry", "Put a dead letter back to work, or send again what failed or waits",
         "  orgo queue retry q12\n  orgo queue retry s5", true);
  action("restored", "List mails and webhooks that are held, since they waited in a backup that was put back",
         "  orgo queue restored --limit 10", false)
      .option("--limit", options->limit, "How many at most")
      .range(1, 1000)
      .show_default();
  auto release = action("release", "Let go what is held since a backup was put back",
                        "  orgo queue release s5 s7\n  orgo queue release --all", false);
  release.option("sends", options->items, "Their numbers: s5 (`orgo queue restored`)");
  release.flag("--all", options->all, "All that are held");
  auto drop = action("drop", "Give a dead letter up, or never send what is held since a restore, on the record",
                     "  orgo queue drop q12 --reason 'spam'\n  orgo queue drop s5 s7 --reason 'went out before'\n"
                     "  orgo queue drop --all --reason 'went out before'",
                     false);
  drop.option("items", options->items, "The number of one dead letter, q12 or 12; or of held mails and webhooks: s5");
  drop.flag("--all", options->all, "All that are held since a restore");
  drop.option("--reason", options->reason, "Why; it is kept in the log").required();
}

void add_token(Command& root) {
  const auto options = std::make_shared<TokenOptions>();
  auto token = root.add("token", "List and revoke tokens for the HTTP API; `orgo user token` makes them",
                        "  orgo token list\n  orgo token revoke 3\n  orgo user token anna --for 'her calendar'");
  token.require_subcommand();
  const auto action = [&](const std::string& name, const std::string& help, const std::string& examples) {
    auto command = token.add(name, help, examples);
    command.own(options->common);
    command.on_run([options, name] {
      options->action = name;
      return cmd_token(*options);
    });
    return command;
  };
  action("list", "List tokens; their secrets are not kept", "  orgo token list");
  action("revoke", "End a token at once", "  orgo token revoke 3")
      .option("id", options->value, "Its number in `orgo token list`")
      .required();
}

void add_config(Command& root) {
  const auto options = std::make_shared<ConfigOptions>();
  auto config =
      root.add("config", "Check and explain the configuration", "  orgo config check\n  orgo config explain smtp");
  config.require_subcommand();
  auto check = config.add(
      "check", "Tell all mistakes of the configuration, with line and remedy",
      "  orgo config check\n  orgo config check new-config.yaml\n  orgo config check --json new-config.yaml\n"
      "As `orgo rules check`: exit with 1 on mistakes, with --strict on warnings, too.");
  auto explain = config.add("explain", "Every key: its value now, where that comes from, its default and what it means",
                            "  orgo config explain\n  orgo config explain smtp --json");
  check.own(options->common);
  check.option("file", options->files,
               "Configuration files, each by itself; without any, what --config or the usual places say");
  check.flag("--strict", options->strict, "Exit with 1 on warnings, too");
  explain.common(options->common);
  explain.option("key", options->key, "Only keys that begin so");
  check.on_run([options] {
    options->action = "check";
    return cmd_config(*options);
  });
  explain.on_run([options] {
    options->action = "explain";
    return cmd_config(*options);
  });
}

void add_doctor(Command& root) {
  const auto options = std::make_shared<DoctorOptions>();
  auto command =
      root.add("doctor", "Look whether all that Orgo needs is well: data folder, disk, database, rules, ports",
               "  orgo doctor\n  orgo doctor --json\n  orgo doctor --repair\n"
               "The exit status is 1 when something is wrong.");
  command.common(options->common);
  command.flag("--repair", options->repair, "Put messages that are in no state back to work, then look");
  command.on_run([options] { return cmd_doctor(*options); });
}

namespace {

void add_bench_database(Command& command, std::string& url, std::string& password_file) {
  command.option("--database", url, "An empty one on a server; else the embedded one").type_name("URL");
  command.option("--password-file", password_file, "The password of that").type_name("FILE");
}

void add_bench_mails(Command& bench) {
  const auto options = std::make_shared<BenchMailsOptions>();
  auto command =
      bench.add("mails", "Load: mails to the door of a server of its own until all are tasks, and its ledger",
                "  orgo bench mails --count 2000\n  orgo bench mails --rate 50000/h --for 5s\n"
                "  orgo bench mails --count 1000 --neighbour\n"
                "Nothing of yours is touched: it runs in a folder of its own beside the data, and\n"
                "removes it. Load and server share this machine. Exit status: 1 when a mail was\n"
                "refused or the ledger does not balance.");
  command.common(options->common);
  command.option("--rate", options->rate, "How many: 10000/h, 600/m, 50/s, or max").type_name("RATE").show_default();
  command.option("--for", options->time, "How long, at a rate: 5m; else a minute").type_name("TIME");
  command.option("--count", options->count, "How many mails; at max 20000").type_name("N").range(1, 10'000'000);
  command.option("--size", options->size, "Bytes of a mail").range(500, 10'000'000).show_default();
  command.option("--connections", options->connections, "To the door, at once").range(1, 1'000).show_default();
  command.flag("--neighbour", options->neighbour, "Beside it a mail each second to another tenant: how long it waits");
  add_bench_database(command, options->database, options->password_file);
  command.on_run([options] { return cmd_bench_mails(*options); });
}

void add_bench_queue(Command& bench) {
  const auto options = std::make_shared<BenchQueueOptions>();
  auto command = bench.add("queue", "The queue alone: work announced, claimed and done with, each once",
                           "  orgo bench queue --count 20000 --workers 4 --json");
  command.common(options->common);
  command.option("--count", options->count, "Pieces of work").type_name("N").range(1, 100'000'000).show_default();
  command.option("--workers", options->workers, "That do it").range(1, 64).show_default();
  add_bench_database(command, options->database, options->password_file);
  command.on_run([options] { return cmd_bench_queue(*options); });
}

}  // namespace

void add_bench(Command& root) {
  const auto options = std::make_shared<BenchOptions>();
  auto command = root.add("bench", "Measure this machine: durable stores and parses a second, in a folder of its own",
                          "  orgo bench\n  orgo bench --seconds 10 --json\n  orgo bench mails --count 1000\n"
                          "  orgo bench queue");
  command.common(options->common);
  command.option("--seconds", options->seconds, "How long each measurement takes").range(0.1, 600.0).show_default();
  command.on_run([options] { return cmd_bench(*options); });
  add_bench_mails(command);
  add_bench_queue(command);
}

void add_version(Command& root) {
  const auto options = std::make_shared<VersionOptions>();
  auto command = root.add("version", "Print the version of Orgo and of its libraries", "  orgo version --json");
  command.flag("--json", options->common.json, "Print JSON");
  command.on_run([options] { return cmd_version(*options); });
}

}  // namespace orgo
