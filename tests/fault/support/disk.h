#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orgo::fault {

/// Watches what this process writes below one folder, as a disk with a cache would see it: what is flushed is safe,
/// what is not flushed can be lost, in whole, in part or torn, when the power goes. Test programs that link this file
/// have their system calls go through it (it defines write, pwrite, fsync, ... over those of the C library); below
/// other folders nothing changes. Any thread.
///
/// - fsync and fdatasync make the bytes of that file safe, and the names in a folder when it is a folder.
/// - A flush that fails loses what it should have made safe, although it can still be read: that is what Linux does
///   (the pages are marked clean), and why calling fsync again must not be taken for success.
class Disk {
 public:
  static Disk& instance();

  /// Begins to watch; what is in the folder now counts as safe.
  void watch(const std::string& folder);
  void stop_watching();

  /// Calls on watched files (write, truncate, flush) so far.
  [[nodiscard]] std::int64_t calls();
  enum class Mode { once, from_then_on };
  /// Lets the `k`-th call from now (1 is the next) fail with `error` (an errno).
  void fail_at(std::int64_t k, Mode mode, int error);
  void fail_nothing();
  [[nodiscard]] std::int64_t failed();

  /// Writes into `target` what would be found after a loss of power now. `keep` says for each write that was not
  /// flushed how many of its bytes got to the disk by chance (0 to its size), and for each name that was not flushed
  /// whether it did (asked with size 1), with whatever of its bytes; without it: none.
  using Keep = std::size_t (*)(void* context, std::size_t size);
  void materialize(const std::string& target, Keep keep = nullptr, void* context = nullptr);

  // For the system calls.
  struct Verdict {
    bool watched = false;
    int error = 0;  ///< to give instead of doing it
  };
  Verdict before_change(int fd);
  void wrote(int fd, std::int64_t offset, std::string_view bytes);
  void truncated(int fd, std::int64_t size);
  Verdict before_flush(int fd);
  void flushed(int fd);
  void unlinked(const std::string& path);
  void renamed(const std::string& from, const std::string& to);

 private:
  struct Change {
    std::int64_t offset = 0;
    std::string bytes;
    bool truncates = false;  ///< to `offset`
  };
  struct File {
    std::string safe;             ///< content as of the last flush
    std::vector<Change> changes;  ///< since then
  };
  std::string watched_path(int fd) const;
  bool fails_now();
  static void apply(std::string& content, const Change& change, std::size_t bytes);

  std::mutex mutex_;
  std::string folder_;  ///< empty: nothing is watched
  std::map<std::string, File> files_;
  std::set<std::string> safe_names_;  ///< paths whose entry in their folder is safe
  std::int64_t calls_ = 0, fail_at_ = 0, failed_ = 0;
  Mode mode_ = Mode::once;
  int error_ = 0;
};

}  // namespace orgo::fault
