#include "adapter/backup/backup_shelf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "adapter/backup/copy_file.h"
#include "adapter/data_folder/file_lock.h"
#include "adapter/data_folder/make_folder.h"
#include "adapter/data_folder/read_file.h"
#include "adapter/data_folder/write_file.h"
#include "base/planted.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kManifestMax = 256U << 20U;  // bytes: a million files
constexpr const char* kShelfLock = ".orgo-backup.lock";
constexpr const char *kPartial = ".partial", *kRemoving = ".removing";

tl::unexpected<Error> shelf_failure(const std::string& doing, int code) {
  return failure(code == ENOSPC || code == EDQUOT      ? Errc::resource_exhausted
                 : code == EEXIST || code == ENOTEMPTY ? Errc::conflict
                                                       : Errc::unavailable,
                 doing + ": " + std::strerror(code));
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(fs::symlink_status(path, ignored));
}

}  // namespace

Result<Manifest> read_manifest(const std::string& backup) {
  ORGO_TRY(text, read_file_below(backup, backup + "/" + kManifestFile, kManifestMax));
  return parse_manifest(text);
}

Result<std::vector<ShelvedBackup>> list_backups(const std::string& place) {
  std::error_code error;
  std::vector<ShelvedBackup> all;
  for (fs::directory_iterator entry(place, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (!is_backup_name(name) || !is_folder(entry->path())) continue;
    ShelvedBackup one{.name = name, .manifest = std::nullopt, .trouble = {}};
    if (auto manifest = read_manifest(entry->path().string())) one.manifest = std::move(*manifest);
    else one.trouble = manifest.error().message;
    all.push_back(std::move(one));
  }
  if (error) return failure(Errc::unavailable, place + ": " + error.message());
  std::ranges::sort(all, {}, &ShelvedBackup::name);
  return all;
}

std::vector<KnownBackup> known_backups(const std::vector<ShelvedBackup>& all) {
  std::vector<KnownBackup> known;
  for (const auto& one : all)
    if (one.manifest) known.push_back({one.name, one.manifest->installation, one.manifest->sequence});
  return known;
}

Result<BackupShelf> BackupShelf::open(const std::string& place) {
  if (std::error_code ignored; !fs::is_directory(place, ignored)) {
    ORGO_CHECK(make_folder(place));
    ::chmod(place.c_str(), 0700);
  }
  const auto path = place + "/" + kShelfLock;
  auto lock = FileLock::take(ORGO_PLANT(two_backups_at_once) ? path + "." + std::to_string(::getpid()) : path);
  if (!lock && lock.error().code == Errc::conflict) {
    const auto pid = signer_of(path);
    return failure(Errc::conflict, "another backup is being made in " + place +
                                       (pid.empty() ? std::string() : " (process " + pid + ")") +
                                       "; try again when it has ended");
  }
  if (!lock) return tl::unexpected(lock.error());
  lock->sign();
  BackupShelf shelf(place, std::move(*lock));
  shelf.remove_leftovers();
  return shelf;
}

std::string BackupShelf::path_of(const std::string& name, const char* ending) const {
  return place_ + "/" + name + ending;
}

void BackupShelf::remove_leftovers() {
  std::error_code error;
  std::vector<fs::path> left;
  for (fs::directory_iterator entry(place_, error), end; !error && entry != end; entry.increment(error)) {
    const auto ending = entry->path().extension();
    if ((ending == kPartial || ending == kRemoving) && is_backup_name(entry->path().stem().string()) &&
        is_folder(entry->path()))
      left.push_back(entry->path());
  }
  for (const auto& path : left) fs::remove_all(path, error);
}

Result<std::string> BackupShelf::begin(const std::string& name) {
  auto path = path_of(name, kPartial);
  if (::mkdir(path.c_str(), 0700) == 0) return path;
  return shelf_failure("making " + path, errno);
}

Status BackupShelf::complete(const std::string& name, const Manifest& manifest) {
  const auto partial = path_of(name, kPartial), whole = path_of(name);
  ORGO_CHECK(write_file(partial + "/" + kManifestFile, to_text(manifest)));
  if (::renameat2(AT_FDCWD, partial.c_str(), AT_FDCWD, whole.c_str(), RENAME_NOREPLACE) != 0) {
    // Some file systems know no such rename. Nobody else makes these names while we hold the lock.
    std::error_code ignored;
    if (errno != EINVAL || fs::exists(whole, ignored) || ::rename(partial.c_str(), whole.c_str()) != 0)
      return shelf_failure("naming " + whole, errno);
  }
  return flush_folder(place_);
}

void BackupShelf::give_up(const std::string& name) {
  std::error_code ignored;
  fs::remove_all(path_of(name, kPartial), ignored);
}

Status BackupShelf::remove(const std::string& name) {
  const auto going = path_of(name, kRemoving);
  // Under its name it is whole or gone.
  if (::rename(path_of(name).c_str(), going.c_str()) != 0) return shelf_failure("removing " + path_of(name), errno);
  std::error_code error;
  fs::remove_all(going, error);
  if (error) return failure(Errc::unavailable, "removing " + going + ": " + error.message());
  return {};
}

}  // namespace orgo
