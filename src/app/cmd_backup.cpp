#include <sys/resource.h>

#include <iostream>

#include "adapter/backup/backup_shelf.h"
#include "adapter/backup/check_backup.h"
#include "adapter/backup/make_backup.h"
#include "adapter/clock/system_clock.h"
#include "app/backup/backup_sources.h"
#include "app/backup/progress_line.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/table.h"
#include "app/version.h"
#include "base/json_writer.h"
#include "base/log.h"

namespace orgo {
namespace {

constexpr int kNiceness = 10;  ///< a server on the same machine comes first

void write_counts(JsonWriter& json, const Manifest& manifest) {
  json.key("counts");
  if (!manifest.counts) {
    json.null();
    return;
  }
  const auto& counts = *manifest.counts;
  json.begin_object().field("tenants", counts.tenants).field("messages", counts.messages);
  json.field("tasks", counts.tasks).field("events", counts.events).field("waiting_sends", counts.waiting_sends);
  json.field("balanced", counts.balanced).field("damaged_mails", counts.damaged).end_object();
}

std::string in_words(const std::optional<BackupCounts>& counts) {
  if (!counts) return "not counted: its schema is an older one";
  return std::to_string(counts->messages) + " messages, " + std::to_string(counts->tasks) + " tasks" +
         (counts->damaged == 0 ? "" : "; " + std::to_string(counts->damaged) + " damaged");
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const auto& text : texts) json.string(text);
  json.end_array();
}

int tell(const BackupReport& report, bool as_json) {
  for (const auto& one : report.left_out) notice("orgo: not in the backup: " + cell(one, 500));
  for (const auto& one : report.anew)
    notice("orgo: " + cell(one, 500) + " is damaged, and so is each backup that shares it: copied anew");
  if (!report.damage.empty())
    notice("orgo: the backup is made, and not all of it is sound: " + cell(report.damage, 1'000) +
           "; older backups stay, since they may have what is lost (docs/backups.md: what is wrong with the books)");
  if (!report.imbalance.empty())
    notice("orgo: the backup is made, and its ledger does not balance: " + cell(report.imbalance, 1'000) +
           "; older backups stay, `orgo doctor` says more");
  if (!report.not_removed.empty())
    notice("orgo: the backup is made, and old ones could not be removed: " + cell(report.not_removed, 500));
  const auto& manifest = report.manifest;
  if (as_json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("backup", report.path).field("name", manifest.name);
    json.field("created_at", to_rfc3339(manifest.created_at)).field("sequence", manifest.sequence);
    json.field("files", manifest.files.size()).field("copied_bytes", report.copied);
    json.field("shared_bytes", report.shared);
    write_counts(json, manifest);
    write_texts(json, "left_out", report.left_out);
    write_texts(json, "copied_anew", report.anew);
    write_texts(json, "removed", report.removed);
    json.field("damage", report.damage).end_object();
    std::cout << out << '\n';
  } else {
    std::cout << report.path << ": " << in_words(manifest.counts) << "; " << in_megabytes(report.copied) << " copied"
              << (report.shared > 0 ? ", " + in_megabytes(report.shared) + " shared with the backup before" : "")
              << "\n";
    for (const auto& name : report.removed) std::cout << "removed " << name << "\n";
  }
  return report.is_sound() && report.not_removed.empty() ? kDone : kFailed;
}

int make(const BackupOptions& options) {
  const auto sources = backup_sources(options.common);
  if (!sources) return report(sources.error());
  if (!sources->trouble.empty()) notice("orgo: not all files of the rules are known, since " + sources->trouble);
  (void)::setpriority(PRIO_PROCESS, 0, kNiceness);
  BackupRequest request{.data = sources->data,
                        .place = options.place,
                        .config = sources->config,
                        .program = kVersion,
                        .keep = {},
                        .anew = options.full};
  if (options.keep > 0) request.keep = static_cast<std::size_t>(options.keep);
  ProgressLine line;
  const auto made = make_backup(request, SystemClock().now(), line.watch());
  line.end();
  return made ? tell(*made, options.common.json) : report(made.error());
}

int list(const BackupOptions& options) {
  const auto all = list_backups(options.place);
  if (!all) return report(all.error());
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& one : *all) {
      json.begin_object().field("name", one.name).field("whole", one.manifest.has_value());
      if (one.manifest) {
        json.field("created_at", to_rfc3339(one.manifest->created_at)).field("sequence", one.manifest->sequence);
        json.field("installation", one.manifest->installation).field("orgo", one.manifest->program);
        json.field("schema", one.manifest->schema).field("data", one.manifest->data);
        write_counts(json, *one.manifest);
      } else {
        json.field("trouble", one.trouble);
      }
      json.end_object();
    }
    json.end_array();
    std::cout << out << '\n';
    return kDone;
  }
  const auto zone = zone_of(options.common);
  Table table({"BACKUP", time_heading("MADE AT", zone), "OF", "HOLDS"});
  for (const auto& one : *all)
    table.add(one.manifest ? std::vector<std::string>{one.name, short_time(to_rfc3339(one.manifest->created_at), zone),
                                                      cell(one.manifest->data, 60), in_words(one.manifest->counts)}
                           : std::vector<std::string>{one.name, "", "", cell("not whole: " + one.trouble)});
  std::cout << (table.empty() ? "no backups\n" : table.text());
  return kDone;
}

int verify(const BackupOptions& options) {
  const auto found = find_backup(options.place);
  if (!found) return report(found.error());
  for (const auto& one : found->passed_over) notice("orgo: passed over: " + cell(one, 500));
  ProgressLine line;
  const auto check = check_backup(found->path, line.watch());
  line.end();
  if (!check) return report(check.error());
  const bool whole = check->wrong.empty();
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("backup", found->path).field("whole", whole);
    write_texts(json, "wrong", check->wrong);
    json.field("damage", check->damage).field("note", check->note).field("open", check->open);
    write_counts(json, check->manifest);
    json.end_object();
    std::cout << out << '\n';
    return whole && check->damage.empty() ? kDone : kFailed;
  }
  for (const auto& one : check->wrong) std::cout << "wrong  " << cell(one, 500) << "\n";
  if (whole)
    std::cout << found->path << " is whole: " << check->manifest.files.size() << " files, "
              << in_words(check->manifest.counts)
              << (check->manifest.counts && check->note.empty() ? ", and its ledger balances\n" : "\n");
  else std::cout << found->path << " is NOT whole: don't put it back; others: orgo backup --list\n";
  if (!check->damage.empty())
    std::cout << "damaged when it was made: " << cell(check->damage, 1'000) << "; an older one may have them whole\n";
  if (!check->open.empty()) std::cout << "note: " << cell(check->open, 5'000) << "\n";
  if (!check->note.empty()) std::cout << "note: " << cell(check->note, 1'000) << "\n";
  return whole && check->damage.empty() ? kDone : kFailed;
}

}  // namespace

int cmd_backup(const BackupOptions& options) {
  log::configure({.level = log::Level::warn});
  if (options.list && options.verify) return report({Errc::invalid_input, "either --list or --verify: not both"});
  if ((options.list || options.verify) && (options.keep > 0 || options.full))
    return report({Errc::invalid_input, "--keep and --full are for making a backup"});
  return options.list ? list(options) : options.verify ? verify(options) : make(options);
}

}  // namespace orgo
