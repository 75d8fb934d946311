#pragma once
#include <functional>
#include <string>
#include <utility>

#include "base/result.h"

namespace orgo {

/// Holds a file locked for as long as it lives; the kernel takes the lock away behind a process that died.
class FileLock {
 public:
  /// Locks the file that stands under `path` when it returns, made when it is missing (rights 0600). A folder may be
  /// exchanged for another one between opening and locking: the lock of a file that stands elsewhere then keeps nobody
  /// out. Follows no link. conflict: another holds it; unavailable. `opened`: for tests, called before it is locked.
  static Result<FileLock> take(const std::string& path, const std::function<void()>& opened = {});
  /// Does somebody hold the file under `path`? Takes nothing. unavailable.
  static Result<bool> is_taken(const std::string& path);

  FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

  /// Writes the number of this process into the file, for people. A full disk keeps nobody from working.
  void sign();

 private:
  explicit FileLock(int file) : file_(file) {}
  int file_;
};

/// What sign() wrote, of whoever holds the file; empty: nothing.
std::string signer_of(const std::string& path);

}  // namespace orgo
