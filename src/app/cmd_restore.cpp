#include <filesystem>
#include <iostream>

#include "adapter/backup/check_backup.h"
#include "adapter/backup/restore_backup.h"
#include "adapter/clock/system_clock.h"
#include "adapter/data_folder/data_folder.h"
#include "adapter/sql/stores.h"
#include "app/backup/progress_line.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/settings.h"
#include "base/json_writer.h"
#include "base/log.h"

namespace orgo {
namespace {

/// Where the data shall lie: --data, or as the configuration says.
Result<std::string> data_folder(const RestoreOptions& options) {
  const auto& common = options.common;
  const auto loaded = load_config_for(common);
  const bool on_a_server = loaded.errors.empty() && is_on_a_server(*loaded.config.database.url);
  // The folder that would be replaced has the mails of that server's database.
  if (!common.data.empty() && !(on_a_server && options.replace)) return common.data;
  if (loaded.errors.empty()) {
    if (!on_a_server) return *loaded.config.data.dir;
    return failure(Errc::invalid_input,
                   "database.url names a server, and a backup has a database for the data folder, which would not be "
                   "looked at; what a server keeps is put back there. "
                   "--data DIR, without --replace, puts the backup elsewhere, to look");
  }
  return failure(Errc::invalid_input, "the configuration has errors\n" + to_string(loaded.errors, loaded.sources) +
                                          "--data DIR says where to put it");
}

/// Told before all of the backup is read.
Status refuse_a_running_server(const std::string& data) {
  ORGO_TRY(server, DataFolder::running(data));
  if (!server) return {};
  if (server->http.empty())
    return failure(Errc::conflict, in_words(*server) + " owns " + data +
                                       ": a command that is at work there, or a server; try again when it has ended, "
                                       "or stop it first");
  return failure(Errc::conflict,
                 "a server owns " + data + " (" + in_words(*server) + "); stop it first, as by systemctl stop orgo");
}

void tell_next_steps(const RestoreOptions& options, const std::string& data, const std::string& backup,
                     const std::string& aside, const Manifest& manifest) {
  std::cout << data << " is that of " << to_rfc3339(manifest.created_at) << " again";
  if (manifest.counts)
    std::cout << ": " << manifest.counts->messages << " messages, " << manifest.counts->tasks << " tasks";
  std::cout << "\n";
  if (!aside.empty())
    std::cout << "What was there is kept, until you remove it:\n  " << aside << "\nTo undo, before a start:\n  mv "
              << data << " " << data << ".restored && mv " << aside << " " << data << "\n";
  std::cout << "Next:\n  1. Compare your configuration and rules with those of then, which stay as they are:\n     "
            << backup << "/config\n  2. Start the server; it begins as a restored one.\n"
            << "  3. What waited to be sent is held, since it may have gone out since";
  if (manifest.counts) std::cout << " (" << manifest.counts->waiting_sends << ")";
  const auto folder = options.common.data.empty() ? std::string() : " --data " + data;
  std::cout << ":\n     orgo queue restored" << folder << "\n     orgo queue release --all" << folder
            << ", or orgo queue drop --all --reason ..." << folder << "\n";
}

}  // namespace

int cmd_restore(const RestoreOptions& options) {
  log::configure({.level = log::Level::warn});
  const auto given = data_folder(options);
  if (!given) return report(given.error());
  auto place = std::filesystem::absolute(*given).lexically_normal();
  if (!place.has_filename()) place = place.parent_path();
  const auto data = place.string();
  if (const auto free = refuse_a_running_server(data); !free) return report(free.error());
  const auto found = find_backup(options.backup);
  if (!found) return report(found.error());
  for (const auto& one : found->passed_over) notice("orgo: passed over: " + cell(one, 500));
  ProgressLine line;
  const auto check = check_backup(found->path, line.watch());
  if (!check) return report(check.error());
  if (!check->wrong.empty()) {
    line.end();
    for (const auto& one : check->wrong) notice("orgo: " + cell(one, 500));
    return report({Errc::corrupt, found->path + " is not whole; nothing was changed. Name an older one: "
                                                "`orgo backup --list` tells which there are"});
  }
  const auto aside = restore_backup({.backup = found->path, .data = data, .replace = options.replace}, check->manifest,
                                    SystemClock().now(), line.watch());
  line.end();
  if (!aside) return report(aside.error());
  if (!check->damage.empty())
    notice("orgo: it is as it was made, and then " + cell(check->damage, 1'000) +
           "; what an older backup has of blobs/ can be put back");
  if (!check->note.empty()) notice("orgo: " + cell(check->note, 1'000));
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("data", data).field("backup", found->path);
    json.field("created_at", to_rfc3339(check->manifest.created_at)).key("kept_aside");
    if (aside->empty()) json.null();
    else json.string(*aside);
    json.key("waiting_sends");
    if (check->manifest.counts) json.number(check->manifest.counts->waiting_sends);
    else json.null();
    json.end_object();
    std::cout << out << '\n';
  } else {
    tell_next_steps(options, data, found->path, *aside, check->manifest);
  }
  return kDone;
}

}  // namespace orgo
