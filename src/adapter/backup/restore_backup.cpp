#include "adapter/backup/restore_backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "adapter/backup/copy_file.h"
#include "adapter/backup/lies_in.h"
#include "adapter/data_folder/data_folder.h"
#include "adapter/data_folder/write_file.h"
#include "adapter/sql/database_copy.h"
#include "base/planted.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

/// In a folder that is not yet in its place. An exchange puts it where it was going to lie: what has it is a half, or
/// what nobody needs, and never the folder of before.
constexpr const char* kUnfinished = "restore.unfinished";
constexpr const char* kDataLock = "orgo.lock";
constexpr int kAsideMost = 100;  ///< folders of before, of one second

tl::unexpected<Error> restore_failure(const std::string& doing, int code) {
  return failure(code == ENOSPC || code == EDQUOT ? Errc::resource_exhausted : Errc::unavailable,
                 doing + ": " + std::strerror(code));
}

/// Holds it anything but what every folder may?
Result<bool> is_empty(const std::string& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (const auto name = entry->path().filename(); name != kDataLock && name != kUnfinished && name != "lost+found")
      return false;
  if (error) return failure(Errc::unavailable, "reading " + folder + ": " + error.message());
  return true;
}

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
};

class Restore {
 public:
  Restore(const RestoreRequest& request, const Manifest& manifest, const BackupWatch& watch)
      : request_(request), manifest_(manifest), watch_(watch), data_(request.data), building_(data_ + ".restoring") {}

  /// Nothing is touched when this refuses.
  Status look() {
    if (manifest_.schema > sql::known_schema())
      return failure(Errc::corrupt, "the database of this backup has schema " + std::to_string(manifest_.schema) +
                                        ", and this Orgo knows only up to " + std::to_string(sql::known_schema()) +
                                        ": put it back with the newer Orgo that made it (" + manifest_.program + ")");
    struct stat facts {};
    if (::lstat(data_.c_str(), &facts) != 0) {
      if (errno != ENOENT) return restore_failure("looking at " + data_, errno);
    } else {
      ORGO_CHECK(look_at_old(facts));
    }
    if (!owner_ && ::geteuid() == 0 && ::stat((request_.backup + "/data").c_str(), &facts) == 0)
      owner_ = Owner{facts.st_uid, facts.st_gid};
    return clear_the_place();
  }

  Status build() {
    std::int64_t all = 0, done = 0;
    for (const auto& file : manifest_.files)
      if (!path_in_data(file.path).empty()) all += file.bytes;
    ORGO_CHECK(check_room(all));
    for (const auto& folder : manifest_.folders)
      if (const auto path = path_in_data(folder.path); !path.empty()) ORGO_CHECK(make_folder(std::string(path)));
    for (const auto& file : manifest_.files) {
      const auto path = std::string(path_in_data(file.path));
      if (path.empty()) continue;
      const auto to = building_ + "/" + path;
      ORGO_TRY(copied, copy_file(request_.backup + "/" + file.path, to, file.mode, [&](std::string_view piece) {
                 done += std::ssize(piece);
                 if (watch_) watch_({"files", done, all});
               }));
      if (copied.sha256 != file.sha256)
        return failure(Errc::corrupt, request_.backup + "/" + file.path + " is damaged; nothing was changed");
      ORGO_CHECK(give(to));
    }
    for (const auto& link : manifest_.links)
      if (const auto path = path_in_data(link.path); !path.empty()) {
        const auto to = building_ + "/" + std::string(path);
        if (::symlink(link.target.c_str(), to.c_str()) != 0) return restore_failure("making " + to, errno);
        ORGO_CHECK(give(to));
      }
    // Behind what lies in them: one may be closed to us.
    for (auto folder = manifest_.folders.rbegin(); folder != manifest_.folders.rend(); ++folder)
      if (const auto path = path_in_data(folder->path); !path.empty())
        ORGO_CHECK(finish(std::string(path), folder->mode));
    return finish("", mode_);
  }

  /// Where the folder of before lies now.
  Result<std::string> put_in_place(TimePoint now) {
    const auto parent = fs::path(data_).parent_path().string();
    if (!old_) {
      if (::renameat2(AT_FDCWD, building_.c_str(), AT_FDCWD, data_.c_str(), RENAME_NOREPLACE) != 0)
        return restore_failure("putting " + data_ + " in its place", errno);
      ORGO_CHECK(flush_folder(parent));
      return std::string();
    }
    ORGO_CHECK(write_file(building_ + "/" + kUnfinished, "\n"));
    ORGO_TRY(aside, name_aside(now));
    building_ = aside;
    if (::renameat2(AT_FDCWD, aside.c_str(), AT_FDCWD, data_.c_str(), RENAME_EXCHANGE) != 0)
      return why_not_exchanged(errno);
    building_.clear();
    ORGO_CHECK(flush_folder(parent));
    ::unlink((data_ + "/" + kUnfinished).c_str());
    if (!old_is_empty_) return aside;
    std::error_code ignored;
    ::unlink((aside + "/" + kDataLock).c_str());
    fs::remove(aside, ignored);  // only when there is nothing in it
    return std::string();
  }

  void give_up() {
    std::error_code ignored;
    if (!building_.empty() && is_ours_) fs::remove_all(building_, ignored);
  }

 private:
  Status look_at_old(const struct stat& facts) {
    if (!S_ISDIR(facts.st_mode))
      return failure(Errc::conflict, data_ + (S_ISLNK(facts.st_mode) ? " is a link: name the folder that it leads to"
                                                                     : " is no folder"));
    struct stat above {};
    if (::stat(fs::path(data_).parent_path().c_str(), &above) == 0 && above.st_dev != facts.st_dev)
      return failure(Errc::unavailable,
                     data_ +
                         " is a file system of its own, which can't be exchanged in one step: put it back into a "
                         "folder below (--data " +
                         data_ + "/orgo) and let data.dir name that");
    if (::geteuid() == 0) owner_ = Owner{facts.st_uid, facts.st_gid};
    mode_ = static_cast<int>(facts.st_mode & 07777U);
    ORGO_TRY(empty, is_empty(data_));
    old_is_empty_ = empty;
    if (!empty && !request_.replace)
      return failure(Errc::conflict, data_ + " holds something: with --replace it is kept beside, as " + data_ +
                                         ".before-..., and the backup comes in its place");
    // Held until the end: no server starts in what is about to go.
    auto owned = DataFolder::own(data_);
    if (!owned) return tl::unexpected(owned.error());
    old_.emplace(std::move(*owned));
    ORGO_TRY(still_empty, is_empty(data_));
    if (still_empty != empty)
      return failure(Errc::conflict, "another orgo has just been at work in " + data_ + "; nothing was changed");
    ::unlink((data_ + "/" + kUnfinished).c_str());
    return {};
  }

  /// Halves that a restore before has left: they are nobody's.
  Status clear_the_place() {
    std::error_code error;
    std::vector<fs::path> halves;
    const auto parent = fs::path(data_).parent_path();
    const auto aside = fs::path(data_).filename().string() + ".before-";
    for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
      std::error_code ignored;
      if (entry->path().filename().string().starts_with(aside) && fs::exists(entry->path() / kUnfinished, ignored))
        halves.push_back(entry->path());
    }
    if (fs::exists(building_, error)) halves.emplace_back(building_);
    for (const auto& half : halves) {
      const auto running = DataFolder::running(half);
      if (running && *running)
        return failure(Errc::conflict, "another restore into " + data_ + " is under way (" + half.string() + ")");
      fs::remove_all(half, error);
    }
    if (::mkdir(building_.c_str(), 0700) != 0) {
      if (errno == ENOENT) return failure(Errc::not_found, "there is no folder " + parent.string() + "; make it first");
      if (errno == EEXIST) return failure(Errc::conflict, "another restore into " + data_ + " is under way");
      return restore_failure("making " + building_ + " (as whom the folder above belongs to, or as root)", errno);
    }
    auto owned = DataFolder::own(building_);
    if (!owned) return tl::unexpected(owned.error());
    new_.emplace(std::move(*owned));
    is_ours_ = true;
    return give(building_ + "/" + kDataLock);
  }

  Status check_room(std::int64_t needed) const {
    std::error_code error;
    const auto space = fs::space(building_, error);
    if (error || static_cast<std::int64_t>(space.available) >= needed) return {};
    return failure(Errc::resource_exhausted, "putting it back needs " + std::to_string(needed >> 20U) + " MiB beside " +
                                                 data_ + ", where " + std::to_string(space.available >> 20U) +
                                                 " MiB are free; nothing was changed");
  }

  Status make_folder(const std::string& path) {
    const auto whole = building_ + "/" + path;
    return ::mkdir(whole.c_str(), 0700) == 0 ? Status() : Status(restore_failure("making " + whole, errno));
  }

  Status give(const std::string& path) const {
    if (owner_ && ::lchown(path.c_str(), owner_->user, owner_->group) != 0)
      return restore_failure("giving " + path + " to its owner", errno);
    return {};
  }

  Status finish(const std::string& path, int mode) {
    const auto whole = path.empty() ? building_ : building_ + "/" + path;
    ORGO_CHECK(flush_folder(whole));
    ORGO_CHECK(give(whole));
    if (::chmod(whole.c_str(), static_cast<mode_t>(mode)) != 0) return restore_failure("making " + whole, errno);
    return {};
  }

  /// The new one under the name that the folder of before will have.
  [[nodiscard]] Result<std::string> name_aside(TimePoint now) const {
    auto first = data_ + ".before-" + to_rfc3339(std::chrono::floor<std::chrono::seconds>(now));
    std::erase(first, ':');
    auto aside = first;
    for (int number = 2;; ++number) {
      if (::renameat2(AT_FDCWD, building_.c_str(), AT_FDCWD, aside.c_str(), RENAME_NOREPLACE) == 0) return aside;
      if (errno == EINVAL) return why_not_exchanged(errno);
      if (errno != EEXIST || number > kAsideMost) return restore_failure("naming " + aside, errno);
      aside = first + "-" + std::to_string(number);
    }
  }

  [[nodiscard]] tl::unexpected<Error> why_not_exchanged(int code) const {
    if (code == EINVAL || code == ENOSYS)
      return failure(Errc::unavailable, "the file system of " + data_ +
                                            " can't exchange two folders in one step: move the old one away by hand "
                                            "(mv " +
                                            data_ + " " + data_ + ".before) and try again; nothing was changed");
    return restore_failure("putting " + data_ + " in its place", code);
  }

  const RestoreRequest& request_;
  const Manifest& manifest_;
  const BackupWatch& watch_;
  const std::string data_;
  std::string building_;  ///< where the new one grows; empty: it is in its place
  bool is_ours_ = false;
  int mode_ = 0700;  ///< of the folder itself: as the one before had
  bool old_is_empty_ = false;
  std::optional<DataFolder> old_, new_;
  std::optional<Owner> owner_;
};

}  // namespace

Result<std::string> restore_backup(const RestoreRequest& given, const Manifest& manifest, TimePoint now,
                                   const BackupWatch& watch) {
  auto request = given;
  auto data = fs::absolute(request.data).lexically_normal();
  if (!data.has_filename()) data = data.parent_path();
  request.data = data.string();
  if (data == data.root_path()) return failure(Errc::invalid_input, "/ is no data folder");
  if (lies_in(request.backup, request.data) && !ORGO_PLANT(backups_are_moved_aside))
    return failure(Errc::invalid_input,
                   "the backup lies in " + request.data +
                       ", which would be moved aside with all backups in it: name the data folder");
  if (lies_in(request.data, request.backup))
    return failure(Errc::invalid_input, request.data + " lies in the backup itself; nothing was changed");
  Restore restore(request, manifest, watch);
  const auto put_back = [&]() -> Result<std::string> {
    ORGO_CHECK(restore.look());
    ORGO_CHECK(restore.build());
    return restore.put_in_place(now);
  };
  auto done = put_back();
  if (!done) restore.give_up();
  return done;
}

}  // namespace orgo
