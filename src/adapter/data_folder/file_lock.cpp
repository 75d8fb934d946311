#include "adapter/data_folder/file_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

constexpr int kTriesMost = 100;  ///< each of them meets an exchange of its own

/// An "open file description" lock: it goes with the descriptor (also at kill -9), and who only asks takes nothing.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

tl::unexpected<Error> trouble(const std::string& doing, const std::string& path, int code) {
  return failure(Errc::unavailable, doing + " " + path + ": " + std::strerror(code));
}

bool stands_at(int file, const std::string& path) {
  struct stat ours {
  }, there{};
  return ::fstat(file, &ours) == 0 && ::lstat(path.c_str(), &there) == 0 && ours.st_dev == there.st_dev &&
         ours.st_ino == there.st_ino;
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path, const std::function<void()>& opened) {
  for (int i = 0; i < kTriesMost; ++i) {
    FileLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (lock.file_ < 0) return trouble("opening", path, errno);
    if (opened) opened();
    auto wanted = whole_file();
    if (::fcntl(lock.file_, F_OFD_SETLK, &wanted) != 0) {
      if (errno != EAGAIN && errno != EACCES) return trouble("locking", path, errno);
      // Whoever holds one that stands elsewhere by now says nothing about this one.
      if (stands_at(lock.file_, path)) return failure(Errc::conflict, "another process holds " + path);
    } else if (stands_at(lock.file_, path) || ORGO_PLANT(lock_of_what_stood_there)) {
      return lock;
    }
  }
  return failure(Errc::unavailable, path + " is exchanged again and again");
}

Result<bool> FileLock::is_taken(const std::string& path) {
  for (int i = 0; i < kTriesMost; ++i) {
    const FileLock look(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (look.file_ < 0 && (errno == ENOENT || errno == ENOTDIR)) return false;
    if (look.file_ < 0) return trouble("opening", path, errno);
    auto wanted = whole_file();
    if (::fcntl(look.file_, F_OFD_GETLK, &wanted) != 0) return trouble("looking at", path, errno);
    if (stands_at(look.file_, path)) return wanted.l_type != F_UNLCK;
  }
  return failure(Errc::unavailable, path + " is exchanged again and again");
}

FileLock::~FileLock() {
  if (file_ >= 0) ::close(file_);
}

void FileLock::sign() {
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file_, 0) != 0 || ::pwrite(file_, pid.data(), pid.size(), 0) < 0) {
    // Only the number for people is missing; the lock itself holds.
  }
}

std::string signer_of(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return {};
  std::array<char, 32> text{};
  const auto size = ::read(file, text.data(), text.size());
  ::close(file);
  return std::string(trim(std::string_view(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0)));
}

}  // namespace orgo
