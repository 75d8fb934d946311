#include "adapter/backup/copy_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "adapter/data_folder/write_file.h"
#include "base/hash.h"
#include "base/planted.h"

namespace orgo {
namespace {

constexpr std::size_t kPiece = 1U << 20U;           // bytes
constexpr std::int64_t kBetweenFlushes = 32 << 20;  // bytes; see sql::copy_database()

tl::unexpected<Error> trouble(const std::string& doing, const std::string& path, int code) {
  return failure(code == ENOENT                                     ? Errc::not_found
                 : code == EEXIST                                   ? Errc::conflict
                 : code == ENOSPC || code == EDQUOT                 ? Errc::resource_exhausted
                 : code == ELOOP || code == EACCES || code == EPERM ? Errc::not_permitted
                                                                    : Errc::unavailable,
                 doing + " " + path + ": " + std::strerror(code));
}

class Open {
 public:
  explicit Open(int fd) : fd_(fd) {}
  ~Open() {
    if (fd_ >= 0) ::close(fd_);
  }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

/// What is known of an open file before it is read.
Result<CopiedFile> facts_of(int fd, const std::string& path) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) return trouble("looking at", path, errno);
  if (!S_ISREG(facts.st_mode)) return failure(Errc::not_permitted, path + " is no regular file");
  CopiedFile copied;
  copied.bytes = facts.st_size;
  copied.mode = static_cast<int>(facts.st_mode & 0777U);
  copied.identity = file_identity(fd);
  if (!copied.identity.empty())
    copied.identity += " changed " + std::to_string(facts.st_mtim.tv_sec) + "." +
                       std::to_string(facts.st_mtim.tv_nsec) + " bytes " + std::to_string(facts.st_size);
  return copied;
}

Status write_all(int fd, const char* bytes, std::size_t size, const std::string& path) {
  while (size > 0) {
    const auto wrote = ::write(fd, bytes, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return trouble("writing", path, errno);
    bytes += wrote;
    size -= static_cast<std::size_t>(wrote);
  }
  return {};
}

/// Reads `facts.bytes` bytes, or as many as there are; writes them where there is a `target`.
Result<CopiedFile> pass(int source, const std::string& from, int target, const std::string& to, CopiedFile facts,
                        const PieceWatch& watch) {
  std::vector<char> piece(kPiece);
  Sha256Stream hash;
  const auto wanted = std::exchange(facts.bytes, 0);
  std::int64_t flushed = 0;
  while (facts.bytes < wanted) {
    const auto size = std::min<std::int64_t>(wanted - facts.bytes, kPiece);
    const auto read = ::read(source, piece.data(), static_cast<std::size_t>(size));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) return trouble("reading", from, errno);
    if (read == 0) break;
    hash.add({piece.data(), static_cast<std::size_t>(read)});
    if (target >= 0) ORGO_CHECK(write_all(target, piece.data(), static_cast<std::size_t>(read), to));
    facts.bytes += read;
    if (watch) watch({piece.data(), static_cast<std::size_t>(read)});
    if (target >= 0 && facts.bytes - flushed >= kBetweenFlushes) {
      if (::fdatasync(target) != 0) return trouble("flushing", to, errno);
      flushed = facts.bytes;
    }
  }
  facts.sha256 = to_hex(hash.finish());
  return facts;
}

}  // namespace

Result<CopiedFile> copy_file(const std::string& from, const std::string& to, int mode, const PieceWatch& watch) {
  const Open source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (source.fd() < 0) return trouble("opening", from, errno);
  ORGO_TRY(facts, facts_of(source.fd(), from));
  const Open target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (target.fd() < 0) return trouble("making", to, errno);
  ORGO_TRY(copied, pass(source.fd(), from, target.fd(), to, std::move(facts), watch));
  if (mode != 0600 && ::fchmod(target.fd(), static_cast<mode_t>(mode)) != 0) return trouble("making", to, errno);
  if (!ORGO_PLANT(backup_not_flushed) && ::fsync(target.fd()) != 0) return trouble("flushing", to, errno);
  (void)::posix_fadvise(target.fd(), 0, 0, POSIX_FADV_DONTNEED);
  return copied;
}

Result<CopiedFile> hash_file(const std::string& path, const PieceWatch& watch) {
  const Open source(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (source.fd() < 0) return trouble("opening", path, errno);
  ORGO_TRY(facts, facts_of(source.fd(), path));
  auto read = pass(source.fd(), path, -1, {}, std::move(facts), watch);
  (void)::posix_fadvise(source.fd(), 0, 0, POSIX_FADV_DONTNEED);
  return read;
}

Result<CopiedFile> look_at_file(const std::string& path) {
  const Open source(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (source.fd() < 0) return trouble("opening", path, errno);
  return facts_of(source.fd(), path);
}

Status flush_folder(const std::string& folder) {
  const Open opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.fd() < 0) return trouble("opening", folder, errno);
  if (::fsync(opened.fd()) != 0 && errno != EINVAL) return trouble("flushing", folder, errno);
  return {};
}

}  // namespace orgo
