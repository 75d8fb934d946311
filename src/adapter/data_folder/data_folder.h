#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "adapter/data_folder/file_lock.h"
#include "base/result.h"

namespace orgo {

/// Who owns a data folder right now: a server, as it has announced itself there once all its doors were open, or a
/// command.
struct RunningServer {
  int pid = 0;        ///< 0: nobody knows
  std::string http;   ///< "http://127.0.0.1:5000"; empty: it has no such door, or is still starting
  std::string lmtp;   ///< "127.0.0.1:2424"
  std::string smtp;   ///< "127.0.0.1:2525"
  std::string token;  ///< bearer token for the command line of the same user; empty: not readable by this user
};

/// "process 17"; "another process" when nobody knows its number.
std::string in_words(const RunningServer& owner);

/// The folder in which one Orgo keeps everything (`data`, default ./var), and the lock that makes it one: a second
/// process would hand out the same work again. The lock is the kernel's, so it never outlives its process, not even
/// after kill -9; there is no stale lock file to remove by hand.
class DataFolder {
 public:
  /// Makes the folder when it is missing (rights 0700: mail is private) and takes the lock until the object ends.
  /// conflict: another process owns it; the sentence names its number and address. not_permitted: this is root, and the
  /// data is another user's. unavailable: rights, disk, not a folder.
  static Result<DataFolder> own(const std::filesystem::path& path);

  /// Who owns the folder; nullopt: nobody.
  static Result<std::optional<RunningServer>> running(const std::filesystem::path& path);

  DataFolder(DataFolder&& other) noexcept
      : path_(std::move(other.path_)), lock_(std::move(other.lock_)),
        announced_(std::exchange(other.announced_, false)) {}
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  /// Lets the command line (and tests, with doors on port 0) find this server: `server.json` (pid, addresses) and
  /// `cli.token` (0600: who may read it is the same user). Both are removed when the object ends.
  Status announce(const RunningServer& server);

  /// 64 hex digits in `secret.key` (0600), made at the first call. What is signed with it - ids of our mails, sessions,
  /// cursors - stays good over restarts. Lost, removed or empty: a new one, and people log in again. unavailable: it
  /// can't be read or written. corrupt: the file holds something else.
  Result<std::string> secret();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  DataFolder(std::filesystem::path path, FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;
  FileLock lock_;  ///< goes behind what the object removes
  bool announced_ = false;
};

}  // namespace orgo
