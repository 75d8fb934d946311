#include "adapter/data_folder/write_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/planted.h"

namespace orgo {
namespace {

/// File systems that number their files anew whenever they are mounted, or keep their times in local time.
constexpr auto kForgetful = std::to_array<std::int64_t>({0x4d44 /*FAT*/, 0x2011bab0 /*exFAT*/, 0x65735546 /*FUSE*/});

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

std::string file_identity(int file) {
  struct statfs system {};
  if (::fstatfs(file, &system) != 0 ||
      std::ranges::find(kForgetful, static_cast<std::int64_t>(system.f_type)) != kForgetful.end())
    return {};
  struct stat facts {};
  if (::fstat(file, &facts) != 0) return {};
  auto identity = "number " + std::to_string(facts.st_ino);
  struct statx more {};
  if (::statx(file, "", AT_EMPTY_PATH, STATX_BTIME, &more) == 0 && (more.stx_mask & STATX_BTIME) != 0)
    identity += " born " + std::to_string(more.stx_btime.tv_sec) + "." + std::to_string(more.stx_btime.tv_nsec);
  return identity;
}

Status write_file(const std::string& path, const std::string& text, mode_t mode) {
  return write_file(
      path, [&](const std::string& /*identity*/) { return text; }, mode);
}

Status write_file(const std::string& path, const std::function<std::string(const std::string&)>& text_of, mode_t mode) {
  const auto fresh = ORGO_PLANT(written_in_place) ? path : path + ".new" + std::to_string(::getpid());
  const auto trouble = [&](int code) {
    ::unlink(fresh.c_str());
    return failure(code == ENOSPC || code == EDQUOT ? Errc::resource_exhausted : Errc::unavailable,
                   path + " can't be written: " + std::strerror(code));
  };
  ::unlink(fresh.c_str());  // of a process of this number that died; never followed, since others may write there, too
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return trouble(errno);
  struct stat folder_facts {};
  if (::geteuid() == 0 && ::stat(folder_of(path).c_str(), &folder_facts) == 0 && folder_facts.st_uid != 0 &&
      ::fchown(file, folder_facts.st_uid, folder_facts.st_gid) != 0) {
    // A container's root that may not: then it has no other user's folder to care for.
  }
  const auto text = text_of(file_identity(file));
  std::size_t done = 0;
  int code = mode != 0600 && ::fchmod(file, mode) != 0 ? errno : 0;
  while (code == 0 && done < text.size()) {
    const auto wrote = ::write(file, text.data() + done, text.size() - done);
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
    else if (wrote < 0 && errno != EINTR) code = errno;
  }
  if (code == 0 && !ORGO_PLANT(file_not_flushed) && ::fsync(file) != 0) code = errno;
  ::close(file);
  if (code != 0) return trouble(code);
  if (::rename(fresh.c_str(), path.c_str()) != 0) return trouble(errno);
  // The name is durable when its folder is.
  const int folder = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return errno == EACCES ? Status{} : trouble(errno);
  code = !ORGO_PLANT(folder_not_flushed) && ::fsync(folder) != 0 && errno != EINVAL
             ? errno
             : 0;  // EINVAL: a file system that knows no such flush
  ::close(folder);
  if (code != 0) return trouble(code);
  return {};
}

}  // namespace orgo
