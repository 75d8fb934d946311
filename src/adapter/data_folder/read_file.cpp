#include "adapter/data_folder/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace orgo {
namespace {

namespace fs = std::filesystem;

class Opened {
 public:
  explicit Opened(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}  // O_NONBLOCK: of a pipe
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

/// Asked of what is open, so that nobody can exchange it between the question and the reading.
bool lies_below(int fd, const std::string& folder) {
  std::error_code code;
  const auto place = fs::read_symlink("/proc/self/fd/" + std::to_string(fd), code);
  if (code) return false;
  const auto root = fs::canonical(folder.empty() ? "." : folder, code);
  if (code) return false;
  return std::mismatch(root.begin(), root.end(), place.begin(), place.end()).first == root.end();
}

}  // namespace

Result<std::string> read_file_below(const std::string& folder, const std::string& path, std::size_t most) {
  const auto unreadable = [&](int code) {
    return failure(code == ENOENT ? Errc::not_found : Errc::unavailable, path + ": " + std::strerror(code));
  };
  const Opened file(path);
  if (file.fd() < 0) return unreadable(errno);
  struct stat facts {};
  if (::fstat(file.fd(), &facts) != 0) return unreadable(errno);
  if (!S_ISREG(facts.st_mode)) return failure(Errc::not_permitted, path + ": is no regular file");
  if (!lies_below(file.fd(), folder))
    return failure(Errc::not_permitted, path + ": leads out of " + folder + "; what is read there must lie there");
  std::string text;
  for (;;) {
    const auto before = text.size();
    if (before > most)
      return failure(Errc::invalid_input, path + ": larger than " + std::to_string(most >> 20U) + " MB");
    text.resize(before + std::min<std::size_t>(most + 1 - before, 1U << 16U));
    const auto count = ::read(file.fd(), text.data() + before, text.size() - before);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return text;
    if (count < 0 && errno != EINTR) return unreadable(errno);
  }
}

}  // namespace orgo
