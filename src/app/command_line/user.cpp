#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {
namespace {

constexpr const char* kRoles = "administrator, manager, staff, viewer or integration";

void add_fields(Command& command, const std::shared_ptr<UserOptions>& options) {
  command.option("--name", options->name, "What people call them: 'Anna Mueller'").one_each();
  command.option("--address", options->address, "Where mail reaches them; '' takes it away").one_each();
  command.option("--time-zone", options->zone, "In which pages show them dates, as in Europe/Berlin").one_each();
  command.option("--team", options->teams, "A team they are in; once for each of them").one_each();
  command.option("--role", options->role, std::string(kRoles)).one_each();
}

}  // namespace

void add_user(Command& root) {
  const auto options = std::make_shared<UserOptions>();
  auto user = root.add("user", "Who works with Orgo: accounts, passwords, roles and their tokens",
                       "  orgo user add anna --name 'Anna Mueller' --role staff --with-password\n  orgo user list\n"
                       "  orgo user token anna --for 'her calendar'\n"
                       "Passwords are asked for on the terminal, or read from standard input; never\n"
                       "from the command line, which others can see.");
  user.require_subcommand();
  const auto action = [&](const std::string& name, const std::string& help, const std::string& examples,
                          bool with_login) {
    auto command = user.add(name, help, examples);
    command.own(options->common);
    if (with_login) command.option("login", options->login, "Login name or address").required();
    command.on_run([options, name] {
      options->action = name;
      return cmd_user(*options);
    });
    return command;
  };
  action("list", "List the accounts", "  orgo user list\n  orgo user list --json", false)
      .option("--limit", options->limit, "How many at most")
      .range(1, 100000)
      .show_default();
  action("show", "Show one account", "  orgo user show anna", true);
  auto add = action("add", "Make an account; its login name never changes",
                    "  orgo user add anna --role staff --team it --with-password\n"
                    "  orgo user add erp --role integration\n"
                    "  orgo user add anna --with-password < password.txt",
                    true);
  add_fields(add, options);
  add.flag("--with-password", options->with_password, "Ask for a password; without one they get in by tokens only");
  auto set =
      action("set", "Change an account; what is not named stays",
             "  orgo user set anna --role manager --team it --team office\n  orgo user set anna --no-teams", true);
  add_fields(set, options);
  set.flag("--no-teams", options->no_teams, "In no team any more");
  action("disable", "End an account, with its sessions and tokens; it stays in the history", "  orgo user disable anna",
         true);
  action("enable", "Let somebody in again", "  orgo user enable anna", true);
  action("password", "Give somebody another password; all their sessions end",
         "  orgo user password anna\n  orgo user password anna < password.txt\n  orgo user password erp --remove", true)
      .flag("--remove", options->remove, "No password: they get in by tokens only");
  action("logout", "End all sessions of somebody", "  orgo user logout anna", true);
  action("token", "Make a token for the HTTP API that acts as somebody; it is printed once",
         "  orgo user token erp --for 'nightly export'", true)
      .option("--for", options->purpose, "What for, as `orgo token list` shows it; else the login name");
}

}  // namespace orgo
