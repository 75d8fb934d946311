#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_search(Command& root) {
  auto search = root.add("search", "The index that `orgo task list --search` looks in",
                         "  orgo task list --search 'pump from:anna'\n  orgo search status\n  orgo search rebuild");
  search.require_subcommand();
  const auto action = [&](const std::string& name, const std::string& help, const std::string& examples) {
    const auto options = std::make_shared<SearchOptions>();
    auto command = search.add(name, help, examples);
    command.own(options->common);
    command.on_run([options, name] {
      options->action = name;
      return cmd_search(*options);
    });
  };
  action("status", "How many tasks can be found, and how far the index is behind",
         "  orgo search status\n  orgo search status --json");
  action("rebuild", "Build the index anew from what is stored; the old one answers meanwhile", "  orgo search rebuild");
}

}  // namespace orgo
