#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_backup(Command& root) {
  const auto options = std::make_shared<BackupOptions>();
  auto command = root.add("backup", "Copy all of a running server; list and check such copies",
                          "  orgo backup /backup --keep 30    # a new folder in /backup\n"
                          "  orgo backup --list /backup\n"
                          "  orgo backup --verify /backup     # reads the newest one\n"
                          "  orgo backup --verify /backup/2026-11-30T161500Z\n"
                          "The server goes on meanwhile. Exit status: 1 also when a ledger does\n"
                          "not balance, or a backup is not whole.");
  command.common(options->common);
  command.option("--keep", options->keep, "Remove the oldest behind it, all but N").type_name("N").range(1, 100'000);
  command.flag("--full", options->full, "Share no file with the backup before");
  command.flag("--list", options->list, "Tell which backups are there");
  command.flag("--verify", options->verify, "Read one, and say if it is whole");
  command.option("dir", options->place, "Where backups lie; or one of them").required();
  command.on_run([options] { return cmd_backup(*options); });
}

void add_restore(Command& root) {
  const auto options = std::make_shared<RestoreOptions>();
  auto command = root.add("restore", "Put a backup in the place of the data folder",
                          "  orgo restore /backup                  # the newest one\n"
                          "  orgo restore /backup/2026-11-30T161500Z --replace\n"
                          "  orgo restore /backup --data /tmp/try  # beside the real one\n"
                          "The server must be stopped. Mails that waited in the backup are held\n"
                          "until you release them: `orgo queue restored`.");
  command.common(options->common);
  command.flag("--replace", options->replace, "Also if there is data; that is kept aside");
  command.option("backup", options->backup, "Where backups lie; or one of them").required();
  command.on_run([options] { return cmd_restore(*options); });
}

}  // namespace orgo
