#include "adapter/data_folder/data_folder.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "adapter/data_folder/make_folder.h"
#include "adapter/data_folder/write_file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLock = "orgo.lock";
constexpr const char* kServer = "server.json";
constexpr const char* kToken = "cli.token";
constexpr const char* kSecret = "secret.key";

/// An "open file description" lock: it goes with the descriptor (also at kill -9), and who only asks takes nothing.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

tl::unexpected<Error> system_failure(const std::string& what, int error) {
  return failure(Errc::unavailable, what + ": " + std::strerror(error));
}

/// What root writes among the files of a service, the service can't write any more.
Status check_not_of_a_service(const fs::path& path) {
  struct stat facts {};
  if (::geteuid() != 0 || ::stat((path / "orgo.db").c_str(), &facts) != 0 || facts.st_uid == 0) return {};
  passwd entry{}, *found = nullptr;
  std::array<char, 4096> room{};
  const bool known = ::getpwuid_r(facts.st_uid, &entry, room.data(), room.size(), &found) == 0 && found != nullptr;
  const auto user = known ? std::string(entry.pw_name) : "#" + std::to_string(facts.st_uid);
  return failure(Errc::not_permitted, "the data in " + path.string() + " belongs to the user " + user +
                                          ", and root's files among it would stop their server; try `sudo -u " + user +
                                          " orgo ...`, or start the service");
}

std::string read_small_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(64 * 1024, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

RunningServer read_announcement(const fs::path& path) {
  RunningServer server;
  if (const auto value = parse_json(read_small_file(path / kServer)); value && value->is_object()) {
    const auto& fields = value->as_object();
    const auto text_of = [&](std::string_view name) {
      const auto* text = fields.if_contains(name);
      return text != nullptr && text->is_string() ? std::string(text->as_string()) : std::string();
    };
    if (const auto* pid = fields.if_contains("pid"); pid != nullptr && pid->is_int64())
      server.pid = static_cast<int>(pid->as_int64());
    server.http = text_of("http");
    server.lmtp = text_of("lmtp");
    server.smtp = text_of("smtp");
  }
  server.token = std::string(trim(read_small_file(path / kToken)));
  return server;
}

}  // namespace

Result<DataFolder> DataFolder::own(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (auto made = make_folder(path.string()); !made) return tl::unexpected(made.error().in("the data folder"));
    ::chmod(path.c_str(), 0700);
  }
  ORGO_CHECK(check_not_of_a_service(path));
  const auto lock_path = path / kLock;
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return system_failure("opening " + lock_path.string(), errno);
  auto wanted = whole_file();
  if (::fcntl(lock, F_OFD_SETLK, &wanted) != 0) {
    const int cause = errno;
    ::close(lock);
    if (cause != EAGAIN && cause != EACCES) return system_failure("locking " + lock_path.string(), cause);
    const auto owner = read_announcement(path);
    const auto lock_text = read_small_file(lock_path);
    const auto pid = trim(lock_text);
    std::string message = "another orgo owns the data folder " + path.string();
    if (!pid.empty()) message += " (process " + std::string(pid) + (owner.http.empty() ? "" : ", " + owner.http) + ")";
    return failure(Errc::conflict, message + "; stop it first, or give this one a folder of its own with --data DIR");
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    // Only the text for people is missing (a full disk, say); the lock itself holds, and serving must go on.
  }
  // What a killed owner left behind would send the command line to a server that is gone.
  fs::remove(path / kServer, error);
  fs::remove(path / kToken, error);
  return DataFolder(path, lock);
}

Result<std::optional<RunningServer>> DataFolder::running(const fs::path& path) {
  const auto lock_path = path / kLock;
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<RunningServer>{};
    return system_failure("opening " + lock_path.string(), errno);
  }
  auto wanted = whole_file();
  const bool asked = ::fcntl(lock, F_OFD_GETLK, &wanted) == 0;
  const int cause = errno;
  ::close(lock);
  if (!asked) return system_failure("looking at " + lock_path.string(), cause);
  if (wanted.l_type == F_UNLCK) return std::optional<RunningServer>{};
  return std::optional<RunningServer>{read_announcement(path)};
}

Status DataFolder::announce(const RunningServer& server) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("pid", static_cast<std::int64_t>(::getpid()));
  json.field("http", server.http).field("lmtp", server.lmtp).field("smtp", server.smtp).end_object();
  announced_ = true;
  ORGO_CHECK(write_file((path_ / kToken).string(), server.token + "\n"));
  return write_file((path_ / kServer).string(), text + "\n");
}

Result<std::string> DataFolder::secret() {
  const auto path = path_ / kSecret;
  std::error_code error;
  const std::string text(trim(read_small_file(path)));
  // An empty one is what a loss of power leaves of a file that was not flushed: nothing is lost that was there.
  if (!fs::exists(path, error) || (text.empty() && fs::file_size(path, error) == 0)) {
    auto fresh = random_hex(32);
    ORGO_CHECK(write_file(path.string(), fresh + "\n"));
    return fresh;
  }
  if (text.size() != 64 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    return failure(Errc::corrupt, path.string() + " should hold 64 hex digits; remove it, and a new one is made");
  return text;
}

DataFolder::~DataFolder() {
  if (lock_ < 0) return;
  if (announced_) {
    std::error_code ignored;
    fs::remove(path_ / kServer, ignored);
    fs::remove(path_ / kToken, ignored);
  }
  ::close(lock_);
}

}  // namespace orgo
