#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_tenant(Command& root) {
  const auto options = std::make_shared<TenantOptions>();
  auto tenant = root.add("tenant", "Several organizations on one server (docs/tenants.md)",
                         "  orgo tenant add hillside --recipient hillside.example\n"
                         "  orgo tenant list\n  orgo tenant suspend hillside");
  tenant.require_subcommand();
  const auto action = [&](const std::string& name, const std::string& help, const std::string& example) {
    auto command = tenant.add(name, help, "  orgo tenant " + name + example);
    command.common(options->common);
    command.on_run([options, name] {
      options->action = name;
      return cmd_tenant(*options);
    });
    return command;
  };
  const auto named = [&](Command command) {
    command.option("name", options->name, "Lower-case letters, digits and \"-\"").required();
    return command;
  };
  const auto with_recipients = [&](Command command) {
    command.option("--recipient", options->recipients, "A domain or address whose mail is its own; several times")
        .type_name("RECIPIENT")
        .one_each();
  };
  action("list", "List them", "");
  named(action("show", "Show one", " hillside"));
  with_recipients(
      named(action("add", "Add one, with a folder for its rules and settings", " hillside --recipient hillside.org")));
  with_recipients(named(action("set", "Say which domains and addresses are its own, in place of those before",
                               " hillside --recipient hillside.org")));
  named(action("suspend", "Close its doors and let what it has waiting stand still", " hillside"));
  named(action("resume", "Open its doors again; what waited goes on", " hillside"));
}

}  // namespace orgo
