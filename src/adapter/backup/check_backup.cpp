#include "adapter/backup/check_backup.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "adapter/backup/backup_shelf.h"
#include "adapter/backup/copy_file.h"
#include "adapter/backup/count_backup.h"
#include "adapter/backup/folder_walk.h"
#include "adapter/sql/database_copy.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kToldMost = 20;

class Check {
 public:
  Check(const std::string& backup, const BackupWatch& watch) : backup_(backup), watch_(watch) {}
  BackupCheck result;

  Status run() {
    ORGO_TRY(manifest, read_manifest(backup_));
    result.manifest = std::move(manifest);
    ORGO_CHECK(look_at_files());
    ORGO_CHECK(look_for_others());
    if (result.wrong.empty()) ORGO_CHECK(look_at_the_database());
    return {};
  }

 private:
  void wrong(const std::string& what) {
    if (result.wrong.size() < kToldMost) result.wrong.push_back(what);
    else if (result.wrong.size() == kToldMost) result.wrong.emplace_back("and more");
  }

  Status look_at_files() {
    std::int64_t all = 0, done = 0;
    for (const auto& file : result.manifest.files) all += file.bytes;
    for (const auto& file : result.manifest.files) {
      const auto now = hash_file(backup_ + "/" + file.path, [&](std::int64_t bytes) {
        done += bytes;
        if (watch_) watch_({"files", done, all});
      });
      if (!now) wrong(file.path + (now.error().code == Errc::not_found ? " is missing" : ": " + now.error().message));
      else if (now->bytes != file.bytes)
        wrong(file.path + " has " + std::to_string(now->bytes) + " bytes, not " + std::to_string(file.bytes));
      else if (now->sha256 != file.sha256) wrong(file.path + " is damaged: its digest is another one");
    }
    return {};
  }

  /// A journal beside the database would be played into it.
  Status look_for_others() {
    std::set<std::string, std::less<>> known{kManifestFile};
    for (const auto& file : result.manifest.files) known.insert(file.path);
    for (const auto& link : result.manifest.links) known.insert(link.path);
    ORGO_TRY(content, walk_folder(backup_, [](const std::string&) { return false; }));
    for (const auto& path : content.files)
      if (!known.contains(path)) wrong(path + " does not belong to it");
    return {};
  }

  Status look_at_the_database() {
    if (watch_) watch_({"the database", 0, 1});
    ORGO_TRY(counted, count_backup(backup_, result.manifest.schema));
    if (!counted.damage.empty()) {
      wrong("the database is damaged: " + counted.damage);
      return {};
    }
    const auto& written = result.manifest.counts;
    if (!counted.counts)
      result.note = "its database has schema " + std::to_string(result.manifest.schema) +
                    ", this Orgo counts in schema " + std::to_string(sql::known_schema()) +
                    ": its bytes are those of then" +
                    (written ? written->balanced ? ", and its ledger balanced then" : "" : "");
    else if (written && *written != *counted.counts) wrong("the database holds other numbers than when it was made");
    else if (!counted.imbalance.empty())
      result.note = "its ledger does not balance, as it did not when it was made: " + counted.imbalance;
    return {};
  }

  const std::string& backup_;
  const BackupWatch& watch_;
};

}  // namespace

Result<BackupCheck> check_backup(const std::string& backup, const BackupWatch& watch) {
  Check check(backup, watch);
  ORGO_CHECK(check.run());
  return std::move(check.result);
}

Result<FoundBackup> find_backup(const std::string& path) {
  auto given = fs::path(path).lexically_normal();
  if (!given.has_filename()) given = given.parent_path();
  std::error_code error;
  if (fs::exists(given / kManifestFile, error)) return FoundBackup{given.string(), {}};
  if (const auto ending = given.extension(); ending == ".partial" || ending == ".removing")
    return failure(Errc::not_found, path + " is half of a backup: one that was broken off, or is being made right now");
  if (!fs::is_directory(given, error)) return failure(Errc::not_found, "there is no backup " + path);
  ORGO_TRY(all, list_backups(given.string()));
  ORGO_TRY(chosen, newest(known_backups(all)));
  if (!chosen) {
    std::string why;
    for (const auto& one : all) why += "; " + one.name + ": " + one.trouble;
    return failure(Errc::not_found, "there is no whole backup in " + path + why);
  }
  FoundBackup found{(given / chosen->name).string(), {}};
  for (const auto& one : all)
    if (!one.manifest && one.name > chosen->name) found.passed_over.push_back(one.name + ": " + one.trouble);
  return found;
}

}  // namespace orgo
