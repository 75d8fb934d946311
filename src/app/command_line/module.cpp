#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_module(Command& root) {
  const auto options = std::make_shared<ModuleOptions>();
  auto module =
      root.add("module", "Rules for a whole field of work: add, remove, test and write modules, while the server runs",
               "  orgo module list\n  orgo module add maintenance --team facilities=caretaker@school.org\n  "
               "orgo module new library");
  module.require_subcommand();
  const auto action = [&](const std::string& name, const std::string& help, const std::string& examples) {
    auto command = module.add(name, help, examples);
    command.own(options->common);
    command.on_run([options, name] {
      options->action = name;
      return cmd_module(*options);
    });
    return command;
  };
  const auto named = [&](Command command, const std::string& help) {
    command.option("module", options->value, help).required();
  };
  action("list", "List the modules that are in force and those that can be added", "  orgo module list --json");
  named(action("show", "Show the rules, teams, words and task types of a module", "  orgo module show maintenance"),
        "Its name");
  auto adding =
      action("add", "Check a module, run its cases, and put it in force; of one that is there, the new version",
             "  orgo module add maintenance\n  orgo module add ./library --team desk=library@school.org");
  named(adding, "Name of one that comes with Orgo, or a folder");
  adding.option("--team", options->teams, "Who a team or role is").type_name("NAME=ADDRESS").one_each();
  auto removing = action("remove", "Take a module out of force; its open tasks stay and can be finished",
                         "  orgo module remove library --yes");
  named(removing, "Its name");
  removing.flag("--yes", options->yes, "Don't ask");
  named(action("enable", "Put a disabled module in force again", "  orgo module enable maintenance"), "Its name");
  named(action("disable", "Put a module out of force without removing it", "  orgo module disable maintenance"),
        "Its name");
  auto team = action(
      "team", "Say who a team or role is, or list them",
      "  orgo module team\n  orgo module team facilities caretaker@school.org\n  orgo module team facilities none");
  team.option("name", options->value, "Team or role");
  team.option("address", options->second, "Its address, or none");
  action("undo", "Take back the last add, remove, enable, disable or team", "  orgo module undo");
  action("test", "Run the cases of modules; without a name, of all that come with Orgo",
         "  orgo module test\n  orgo module test maintenance hr\n  orgo module test ./library --json")
      .option("module", options->values, "Names or folders");
  auto making = action("new", "Make a module that works, to be changed",
                       "  orgo module new library\n  orgo module new library --in modules");
  named(making, "Its name");
  making.option("--in", options->folder, "Folder to make it in; without it, here").type_name("DIR");
}

}  // namespace orgo
