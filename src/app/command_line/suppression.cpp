#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_suppression(Command& root) {
  const auto options = std::make_shared<SuppressionOptions>();
  auto suppression =
      root.add("suppression", "Addresses that nothing is sent to, because mails to them did not arrive",
               "  orgo suppression list\n  orgo suppression add anna@example.org --reason 'asked us by phone'\n"
               "  orgo suppression remove anna@example.org");
  suppression.require_subcommand();
  const auto action = [&](const std::string& name, const std::string& help, const std::string& examples,
                          bool with_address) {
    auto command = suppression.add(name, help, examples);
    command.own(options->common);
    if (with_address) command.option("address", options->address, "Which").required();
    command.on_run([options, name] {
      options->action = name;
      return cmd_suppression(*options);
    });
    return command;
  };
  auto list = action("list", "List the addresses, with reason and the report that said so",
                     "  orgo suppression list --all --json", false);
  list.flag("--all", options->all, "Also those whose failures are only counted so far");
  list.option("--limit", options->limit, "How many at most").range(1, 100000).show_default();
  auto put = action("add", "Send nothing to an address any more",
                    "  orgo suppression add anna@example.org --until 2027-01-01T00:00:00Z", true);
  put.option("--reason", options->reason, "Why; it stands beside each send that is refused");
  put.option("--until", options->until, "Until when, RFC 3339; without: until it is removed");
  action("remove", "Send to an address again; its failures are counted anew",
         "  orgo suppression remove anna@example.org", true);
}

}  // namespace orgo
