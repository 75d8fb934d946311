#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_init(Command& root) {
  const auto options = std::make_shared<InitOptions>();
  auto command =
      root.add("init", "Ask five questions and write config.yaml and rules.yaml to begin with",
               "  orgo init                          in this folder; asks\n"
               "  orgo init /srv/orgo --name 'Hillside School' --addresses @school.org \\\n"
               "      --team office@school.org --relay mail.school.org:587 --time-zone Europe/Berlin\n"
               "Files that are there are never touched. Without a terminal what is not said is the standard.");
  command.option("folder", options->folder, "Where; made when it is missing").type_name("DIR");
  const auto answer = [&](const std::string& name, const std::string& help) {
    return command.option(name, options->answers[name], help);
  };
  answer("--name", "What the organization is called");
  answer("--addresses", "Addresses and @domains that mail is for, with commas between").type_name("LIST");
  answer("--team", "Address of those who are told of new work").type_name("ADDRESS");
  answer("--relay", "Mail server that takes our mails").type_name("HOST[:PORT]");
  answer("--time-zone", "IANA, as Europe/Berlin").type_name("ZONE");
  command.flag("--ask", options->ask, "Ask, though standard input is no terminal");
  command.on_run([options] { return cmd_init(*options); });
}

}  // namespace orgo
