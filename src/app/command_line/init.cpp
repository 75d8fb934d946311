#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_init(Command& root) {
  const auto options = std::make_shared<InitOptions>();
  auto command = root.add("init", "Ask five questions and write config.yaml and rules.yaml to begin with",
                          "  orgo init  # in this folder; asks\n"
                          "  orgo init hillside --name 'Hillside School' --domain school.example \\\n"
                          "      --relay mail.school.example:587 --people office@school.example\n"
                          "Files that are there are never touched. Without a terminal what is not said is\n"
                          "the standard.");
  command.option("folder", options->folder, "Where; made when it is missing").type_name("DIR");
  const auto answer = [&](const std::string& name, const std::string& help) {
    return command.option(name, options->answers[name], help);
  };
  answer("--name", "What the organization is called");
  answer("--domain", "Its domain").type_name("DOMAIN");
  answer("--addresses", "Addresses and @domains that mail is for, with commas between").type_name("LIST");
  answer("--relay", "Mail server that takes our mails").type_name("HOST[:PORT]");
  answer("--people", "Mail addresses of those who work on it, with commas between").type_name("LIST");
  answer("--time-zone", "As Europe/Berlin; else that of this machine").type_name("ZONE");
  command.flag("--json", options->json, "Print JSON");
  command.flag("--ask", options->ask, "Ask, though standard input is no terminal");
  command.on_run([options] { return cmd_init(*options); });
}

}  // namespace orgo
