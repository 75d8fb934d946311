#include "adapter/sql/database_copy.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "adapter/sql/sqlite/schema.h"
#include "adapter/sql/sqlite/sqlite_connection.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

constexpr int kPagesAtOnce = 1024;  ///< 4 MiB
constexpr int kStepsPerFlush = 8;   ///< so that no flush is so long that those of a server on the same disk wait for it
constexpr std::int64_t kReadCacheBytes = 4 << 20;

std::string database_of(const std::string& folder) {
  return folder + "/orgo.db";
}

Result<std::unique_ptr<Connection>> open_source(const std::string& folder) {
  if (std::error_code ignored; !std::filesystem::exists(database_of(folder), ignored))
    return failure(Errc::not_found, "there is no database in " + folder);
  return open_sqlite_connection({.path = database_of(folder), .read_only = true, .cache_bytes = kReadCacheBytes});
}

/// The file that is written. Our descriptor is closed behind the database's own, since that would take its locks away.
class Target {
 public:
  explicit Target(std::string path) : path_(std::move(path)) {}
  ~Target() {
    sqlite3_close(db_);
    if (file_ >= 0) ::close(file_);
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  Status open() {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file_ < 0) return trouble(errno);
    const int code = sqlite3_open_v2(path_.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) return failed(code);
    // Nobody reads it before it is flushed, and a half of it is thrown away: no journal, no flushes of its own.
    return execute(
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
        "PRAGMA cache_size=-4096");
  }
  Status flush() { return ::fdatasync(file_) == 0 ? Status() : trouble(errno); }
  /// A file that needs no log beside it, so that whoever reads it writes nothing; a server turns that back.
  Status finish() {
    ORGO_CHECK(execute("PRAGMA journal_mode=DELETE"));
    const int code = sqlite3_close(db_);
    if (code != SQLITE_OK) return failed(code);
    db_ = nullptr;
    return flush();
  }
  tl::unexpected<Error> failed(int code) const {
    return tl::unexpected(sqlite_error(db_, code).in("writing " + path_));
  }
  [[nodiscard]] sqlite3* handle() const { return db_; }

 private:
  Status execute(const char* words) {
    const int code = sqlite3_exec(db_, words, nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Status() : failed(code);
  }
  [[nodiscard]] Status trouble(int code) const {
    return failure(code == ENOSPC || code == EDQUOT ? Errc::resource_exhausted : Errc::unavailable,
                   "writing " + path_ + ": " + std::strerror(code));
  }

  std::string path_;
  int file_ = -1;
  sqlite3* db_ = nullptr;
};

Status copy_pages(sqlite3* source, Target& target, const CopyWatch& watch) {
  auto* const copy = sqlite3_backup_init(target.handle(), "main", source, "main");
  if (copy == nullptr) return target.failed(sqlite3_errcode(target.handle()));
  const std::unique_ptr<sqlite3_backup, int (*)(sqlite3_backup*)> owned(copy, sqlite3_backup_finish);
  int before = 0;
  for (int steps = 1;; ++steps) {
    const int code = sqlite3_backup_step(copy, kPagesAtOnce);
    if (code != SQLITE_OK && code != SQLITE_DONE) return target.failed(code);
    const int all = sqlite3_backup_pagecount(copy), left = sqlite3_backup_remaining(copy);
    if (watch) watch(all - left, all);
    if (code == SQLITE_DONE) return {};
    // It begins anew when the source has changed below it: our snapshot keeps that from happening, and what can't
    // happen must not go on for ever.
    if (all - left <= before) return failure(Errc::unavailable, "the database changed while it was copied");
    before = all - left;
    if (steps % kStepsPerFlush == 0) ORGO_CHECK(target.flush());
  }
}

}  // namespace

Result<int> copy_database(const std::string& folder, const std::string& into, const CopyWatch& watch) {
  ORGO_TRY(source, open_source(folder));
  // Held over all steps: without it each step sees what was committed since the last one, and begins anew.
  if (!ORGO_PLANT(backup_without_a_snapshot)) ORGO_CHECK(source->begin_reading());
  ORGO_TRY(version, read_schema_version(*source));
  Target target(database_of(into));
  ORGO_CHECK(target.open());
  const auto in_bytes = [&](std::int64_t done, std::int64_t of) {
    constexpr std::int64_t kPageBytes = 4096;
    if (watch) watch(done * kPageBytes, of * kPageBytes);
  };
  ORGO_CHECK(copy_pages(sqlite_handle(*source), target, in_bytes));
  source->rollback();
  ORGO_CHECK(target.finish());
  return version;
}

Result<std::string> check_database(const std::string& folder) {
  ORGO_TRY(connection, open_source(folder));
  Query query(*connection, "PRAGMA integrity_check(20)");
  std::string found;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return found;
    if (query.text(0) != "ok") found.append(found.empty() ? "" : "; ").append(query.text(0));
  }
}

int known_schema() {
  return schema_version();
}

}  // namespace orgo::sql
