#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_move(Command& root) {
  const auto options = std::make_shared<MoveOptions>();
  auto command = root.add("move", "Move all data to another database, while the server runs",
                          "  orgo move --to postgres://orgo@db/orgo --password-file /etc/orgo/db.password\n"
                          "  orgo move --to sqlite            # back into the data folder\n"
                          "  orgo move --to postgres://orgo@db/orgo --no-wait   # the end another day\n"
                          "  orgo move --cancel               # give it up; nothing has changed here\n"
                          "All rows are copied beside the server, compared, and what changes meanwhile\n"
                          "follows, until you stop the server: the rest takes a moment. Then set\n"
                          "database.url and start it. Ended in between, the same command goes on where\n"
                          "it was. docs/moving.md");
  command.common(options->common);
  command.option("--to", options->to, "Where to: postgres://USER@HOST/DATABASE, or sqlite").type_name("URL");
  command.option("--password-file", options->password_file, "Holds the password for it").type_name("FILE");
  command.flag("--no-wait", options->no_wait, "Don't wait until the server is stopped");
  command.flag("--cancel", options->cancel, "Give up a move that is not done");
  command.on_run([options] { return cmd_move(*options); });
}

}  // namespace orgo
