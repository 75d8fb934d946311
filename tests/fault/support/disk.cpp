#include "tests/fault/support/disk.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace orgo::fault {
namespace {

/// The C library's own function behind ours.
template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The shared memory of SQLite's log is rebuilt after a loss of power, so it is no part of the disk.
bool is_scratch(const std::string& path) {
  return path.ends_with("-shm");
}

}  // namespace

Disk& Disk::instance() {
  static auto* const disk = new Disk;  // system calls come until the very end of the program
  return *disk;
}

void Disk::watch(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  files_.clear();
  safe_names_.clear();
  calls_ = fail_at_ = failed_ = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    safe_names_.insert(entry.path().string());
    if (entry.is_regular_file() && !is_scratch(entry.path().string()))
      files_[entry.path().string()].safe = read_file(entry.path());
  }
  folder_ = folder;
}

void Disk::stop_watching() {
  const std::lock_guard lock(mutex_);
  folder_.clear();
  fail_at_ = 0;
}

std::int64_t Disk::calls() {
  const std::lock_guard lock(mutex_);
  return calls_;
}
void Disk::fail_at(std::int64_t k, Mode mode, int error) {
  const std::lock_guard lock(mutex_);
  fail_at_ = calls_ + k;
  mode_ = mode;
  error_ = error;
  failed_ = 0;
}
void Disk::fail_nothing() {
  const std::lock_guard lock(mutex_);
  fail_at_ = 0;
}
std::int64_t Disk::failed() {
  const std::lock_guard lock(mutex_);
  return failed_;
}

std::string Disk::watched_path(int fd) const {
  if (folder_.empty()) return {};
  std::array<char, 512> name{};
  const auto link = "/proc/self/fd/" + std::to_string(fd);
  const auto size = readlink(link.c_str(), name.data(), name.size());
  if (size <= 0) return {};
  std::string path(name.data(), static_cast<std::size_t>(size));
  if (!path.starts_with(folder_) || is_scratch(path)) return {};
  return path;
}

bool Disk::fails_now() {
  ++calls_;
  if (fail_at_ == 0 || calls_ < fail_at_ || (mode_ == Mode::once && calls_ > fail_at_)) return false;
  ++failed_;
  return true;
}

Disk::Verdict Disk::before_change(int fd) {
  const std::lock_guard lock(mutex_);
  if (watched_path(fd).empty()) return {};
  return {.watched = true, .error = fails_now() ? error_ : 0};
}

Disk::Verdict Disk::before_flush(int fd) {
  const std::lock_guard lock(mutex_);
  const auto path = watched_path(fd);
  if (path.empty()) return {};
  if (!fails_now()) return {.watched = true};
  files_[path].changes.clear();  // they can be read for now, but no later flush makes them safe
  return {.watched = true, .error = error_};
}

void Disk::wrote(int fd, std::int64_t offset, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  const auto path = watched_path(fd);
  if (!path.empty()) files_[path].changes.push_back({.offset = offset, .bytes = std::string(bytes)});
}

void Disk::truncated(int fd, std::int64_t size) {
  const std::lock_guard lock(mutex_);
  const auto path = watched_path(fd);
  if (!path.empty()) files_[path].changes.push_back({.offset = size, .bytes = {}, .truncates = true});
}

void Disk::flushed(int fd) {
  const std::lock_guard lock(mutex_);
  const auto path = watched_path(fd);
  if (path.empty()) return;
  struct stat info {};
  if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    std::error_code ignored;
    std::erase_if(safe_names_,
                  [&](const std::string& name) { return std::filesystem::path(name).parent_path() == path; });
    for (const auto& entry : std::filesystem::directory_iterator(path, ignored))
      safe_names_.insert(entry.path().string());
    return;
  }
  auto& file = files_[path];
  for (const auto& change : file.changes) apply(file.safe, change, change.bytes.size());
  file.changes.clear();
}

void Disk::unlinked(const std::string& path) {
  const std::lock_guard lock(mutex_);
  // Until its folder is flushed the old file may come back; what is written under the name from now on is another file.
  if (!folder_.empty() && path.starts_with(folder_)) files_.erase(path);
}

void Disk::renamed(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (folder_.empty() || !to.starts_with(folder_)) return;
  // Until its folder is flushed the old one may be found under the new name; what we keep of it is what is written now.
  if (auto moved = files_.extract(from)) {
    files_.erase(to);
    moved.key() = to;
    files_.insert(std::move(moved));
  }
  safe_names_.erase(to);
}

void Disk::apply(std::string& content, const Change& change, std::size_t bytes) {
  if (change.truncates) {
    content.resize(static_cast<std::size_t>(change.offset));
    return;
  }
  const auto at = static_cast<std::size_t>(change.offset);
  if (content.size() < at + bytes) content.resize(at + bytes);
  content.replace(at, bytes, change.bytes, 0, bytes);
}

void Disk::materialize(const std::string& target, Keep keep, void* context) {
  // First all of it, then the writing, which comes through our own system calls too.
  std::vector<std::string> folders;
  std::map<std::string, std::string> contents;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& name : safe_names_)
      if (std::filesystem::is_directory(name)) folders.push_back(target + name.substr(folder_.size()));
    for (const auto& [path, file] : files_) {
      // Its bytes may be safe, and its name not; or the other way round, as where a file system writes names first.
      if (!safe_names_.contains(path) && (keep == nullptr || keep(context, 1) == 0)) continue;
      auto content = file.safe;
      if (keep != nullptr)
        for (const auto& change : file.changes)
          if (const auto kept = std::min(keep(context, change.bytes.size()), change.bytes.size()); kept > 0)
            apply(content, change, kept);
      contents[target + path.substr(folder_.size())] = std::move(content);
    }
  }
  for (const auto& folder : folders) std::filesystem::create_directories(folder);
  for (const auto& [path, content] : contents) std::ofstream(path, std::ios::binary) << content;
}

}  // namespace orgo::fault

// --- The system calls of this program.

using orgo::fault::Disk;
using orgo::fault::real;

extern "C" {

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  static auto* const next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  const auto verdict = Disk::instance().before_change(fd);
  if (verdict.error != 0) {
    errno = verdict.error;
    return -1;
  }
  const auto written = next(fd, bytes, size, offset);
  if (verdict.watched && written > 0)
    Disk::instance().wrote(fd, offset, {static_cast<const char*>(bytes), static_cast<std::size_t>(written)});
  return written;
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return pwrite64(fd, bytes, size, offset);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  static auto* const next = real<ssize_t(int, const void*, size_t)>("write");
  const auto verdict = Disk::instance().before_change(fd);
  if (verdict.error != 0) {
    errno = verdict.error;
    return -1;
  }
  const auto offset = verdict.watched ? lseek(fd, 0, SEEK_CUR) : 0;
  const auto written = next(fd, bytes, size);
  if (verdict.watched && written > 0)
    Disk::instance().wrote(fd, offset, {static_cast<const char*>(bytes), static_cast<std::size_t>(written)});
  return written;
}

int ftruncate64(int fd, off64_t size) noexcept {
  static auto* const next = real<int(int, off64_t)>("ftruncate64");
  const auto verdict = Disk::instance().before_change(fd);
  if (verdict.error != 0) {
    errno = verdict.error;
    return -1;
  }
  const int done = next(fd, size);
  if (verdict.watched && done == 0) Disk::instance().truncated(fd, size);
  return done;
}

int ftruncate(int fd, off_t size) noexcept {
  return ftruncate64(fd, size);
}

/// The machine's own disk is not asked: what counts here is what would be safe, and these tests flush ten thousand
/// times.
static int flush(int fd) {
  const auto verdict = Disk::instance().before_flush(fd);
  if (verdict.error != 0) {
    errno = verdict.error;
    return -1;
  }
  if (verdict.watched) Disk::instance().flushed(fd);
  return 0;
}

int fsync(int fd) {
  return flush(fd);
}

int fdatasync(int fd) {
  return flush(fd);
}

int rename(const char* from, const char* to) noexcept {
  static auto* const next = real<int(const char*, const char*)>("rename");
  const int done = next(from, to);
  if (done == 0) Disk::instance().renamed(from, to);
  return done;
}

int unlink(const char* path) noexcept {
  static auto* const next = real<int(const char*)>("unlink");
  const int done = next(path);
  if (done == 0) Disk::instance().unlinked(path);
  return done;
}

}  // extern "C"
