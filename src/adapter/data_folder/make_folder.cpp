#include "adapter/data_folder/make_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace orgo {

Status make_folder(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto path = fs::absolute(folder, error).lexically_normal();
  // The nearest that is there already; everything below it is new.
  auto existing = path;
  while (!existing.empty() && existing != existing.root_path() && !fs::exists(existing, error))
    existing = existing.parent_path();
  fs::create_directories(path, error);
  if (error) return failure(Errc::unavailable, "making " + folder + ": " + error.message());
  for (auto made = path; made != existing && made.has_relative_path(); made = made.parent_path()) {
    const auto parent = made.parent_path();
    const int fd = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int code = fd >= 0 && ::fsync(fd) == 0 ? 0 : errno;
    if (fd >= 0) ::close(fd);
    if (code != 0) return failure(Errc::unavailable, "flushing " + parent.string() + ": " + std::strerror(code));
  }
  return {};
}

}  // namespace orgo
