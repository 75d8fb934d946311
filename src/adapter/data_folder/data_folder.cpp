#include "adapter/data_folder/data_folder.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

#include "adapter/data_folder/file_lock.h"
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

int number_of(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::string in_words(const RunningServer& owner) {
  return owner.pid > 0 ? "process " + std::to_string(owner.pid) : "another process";
}

Result<DataFolder> DataFolder::own(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (auto made = make_folder(path.string()); !made) return tl::unexpected(made.error().in("the data folder"));
    ::chmod(path.c_str(), 0700);
  }
  ORGO_CHECK(check_not_of_a_service(path));
  const auto lock_path = (path / kLock).string();
  auto lock = FileLock::take(lock_path);
  if (!lock && lock.error().code == Errc::conflict) {
    const auto owner = read_announcement(path);
    const auto pid = signer_of(lock_path);
    std::string message = "another orgo owns the data folder " + path.string();
    if (!pid.empty()) message += " (process " + pid + (owner.http.empty() ? "" : ", " + owner.http) + ")";
    return failure(Errc::conflict, message + "; stop it first, or give this one a folder of its own with --data DIR");
  }
  if (!lock) return tl::unexpected(lock.error());
  lock->sign();
  // What a killed owner left behind would send the command line to a server that is gone.
  fs::remove(path / kServer, error);
  fs::remove(path / kToken, error);
  return DataFolder(path, std::move(*lock));
}

Result<std::optional<RunningServer>> DataFolder::running(const fs::path& path) {
  const auto lock_path = (path / kLock).string();
  ORGO_TRY(is_taken, FileLock::is_taken(lock_path));
  if (!is_taken) return std::optional<RunningServer>{};
  auto owner = read_announcement(path);
  // A command signs the lock, too, and announces nothing.
  if (owner.pid == 0) owner.pid = number_of(signer_of(lock_path));
  return std::optional<RunningServer>{std::move(owner)};
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
  if (!announced_) return;
  std::error_code ignored;
  fs::remove(path_ / kServer, ignored);
  fs::remove(path_ / kToken, ignored);
}

}  // namespace orgo
