#include "adapter/backup/check_backup.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "adapter/backup/backup_shelf.h"
#include "adapter/backup/copy_file.h"
#include "adapter/backup/count_backup.h"
#include "adapter/backup/folder_walk.h"
#include "adapter/backup/mail_check.h"
#include "adapter/sql/database_copy.h"
#include "base/planted.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kToldMost = 20;
constexpr std::string_view kDatabase = "data/orgo.db";

/// Never put back; where a file could not be copied, its folder is empty.
bool is_config(const std::string& folder) {
  return (folder + "/").starts_with(kBackupConfig);
}

class Check {
 public:
  Check(const std::string& backup, const BackupWatch& watch) : backup_(backup), watch_(watch) {}
  BackupCheck result;

  Status run() {
    ORGO_TRY(manifest, read_manifest(backup_));
    result.manifest = std::move(manifest);
    for (const auto& file : result.manifest.files) all_ += file.bytes;
    ORGO_CHECK(look_for_others());
    // The database first: it says where the mails lie in the others.
    for (const auto& file : result.manifest.files)
      if (file.path == kDatabase) look_at(file);
    if (result.wrong.empty()) ORGO_CHECK(look_at_the_database());
    for (const auto& file : result.manifest.files)
      if (file.path != kDatabase) look_at(file);
    if (!result.wrong.empty()) return {};
    // Whole all the same: most ways to carry one elsewhere give rights of their own.
    if (open_to_others_)
      result.open = "others than its owner may look into it, and there are secrets in it: chmod -R go= " + backup_;
    if (mails_) {
      ORGO_TRY(damaged, mails_->damaged());
      if (damaged.count > 0) result.damage = in_words(damaged);
    }
    return count();
  }

 private:
  void wrong(const std::string& what) {
    if (result.wrong.size() < kToldMost) result.wrong.push_back(what);
    else if (result.wrong.size() == kToldMost) result.wrong.emplace_back("and more");
  }

  void look_at(const BackupFile& file) {
    auto look = mails_ ? mails_->look_at(path_in_data(file.path)) : SegmentCheck({});
    const auto now = hash_file(backup_ + "/" + file.path, [&](std::string_view piece) {
      look.add(piece);
      done_ += std::ssize(piece);
      if (watch_) watch_({"files", done_, all_});
    });
    if (mails_) mails_->keep(path_in_data(file.path), look.finish());
    if (!now) wrong(file.path + (now.error().code == Errc::not_found ? " is missing" : ": " + now.error().message));
    else if (now->bytes != file.bytes)
      wrong(file.path + " has " + std::to_string(now->bytes) + " bytes, not " + std::to_string(file.bytes));
    else if (now->sha256 != file.sha256) wrong(file.path + " is damaged: its digest is another one");
    else open_to_others_ = open_to_others_ || (now->mode & 077) != 0;
  }

  /// A journal beside the database would be played into it.
  Status look_for_others() {
    std::set<std::string, std::less<>> files{kManifestFile}, folders;
    for (const auto& folder : result.manifest.folders) folders.insert(folder.path);
    for (const auto& file : result.manifest.files) {
      files.insert(file.path);
      for (auto slash = file.path.find('/'); slash != std::string::npos; slash = file.path.find('/', slash + 1))
        folders.insert(file.path.substr(0, slash));
    }
    ORGO_TRY(content, walk_folder(backup_, [](const std::string&) { return false; }));
    const auto beside = [this](const std::string& path) { wrong(path + " does not belong to it"); };
    for (const auto& path : content.files)
      if (!files.contains(path)) beside(path);
    for (const auto& folder : content.folders)
      if (!folders.contains(folder.path) && !is_config(folder.path) && !ORGO_PLANT(folders_beside_are_not_seen))
        beside(folder.path);
    for (const auto& folder : content.folders) open_to_others_ = open_to_others_ || (folder.mode & 077) != 0;
    for (const auto& folder : result.manifest.folders)
      if (std::ranges::find(content.folders, folder.path, &FolderContent::Folder::path) == content.folders.end())
        wrong(folder.path + " is missing");
    // Links stand in the manifest only.
    for (const auto& link : content.links) beside(link.path);
    for (const auto& other : content.others) beside(other);
    return {};
  }

  Status look_at_the_database() {
    if (watch_) watch_({"the database", 0, 1});
    ORGO_TRY(damage, damage_of_database(backup_));
    if (!damage.empty()) wrong("the database is damaged: " + damage);
    else if (result.manifest.schema == sql::known_schema()) {
      ORGO_TRY(mails, MailCheck::open(backup_ + "/data"));
      mails_.emplace(std::move(mails));
    }
    return {};
  }

  Status count() {
    ORGO_TRY(counted, count_backup(backup_, result.manifest.schema));
    const auto& written = result.manifest.counts;
    // All digests are those of then, so the mails are as they were.
    if (written && counted.counts) counted.counts->damaged = written->damaged;
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
  std::optional<MailCheck> mails_;
  bool open_to_others_ = false;
  std::int64_t all_ = 0, done_ = 0;  ///< bytes
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
