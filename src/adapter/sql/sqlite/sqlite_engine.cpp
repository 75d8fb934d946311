#include "adapter/sql/sqlite/sqlite_engine.h"

#include <pthread.h>

#include <filesystem>

#include "adapter/data_folder/make_folder.h"
#include "adapter/sql/sqlite/schema.h"
#include "adapter/sql/sqlite/sqlite_connection.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

/// 64 MiB: from here the writer itself moves the log, so that it can't grow for ever.
constexpr int kLogFramesLong = 16'384;
constexpr std::uint64_t kGroupsPerCheckpoint = 64;
constexpr std::int64_t kReaderCacheBytes = 4 << 20;
constexpr std::uintmax_t kSmallBytes = 64 << 20;

/// Before anything is written on top of it. A large one is read by `orgo doctor`, and by its statements.
Status look_at_all_of_a_small_one(Connection& connection, const std::string& path) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) > kSmallBytes || error) return {};
  Query query(connection, "PRAGMA quick_check(1)");
  ORGO_TRY(row, query.next());
  if (row && query.text(0) != "ok") return failure(Errc::corrupt, query.string(0));
  return {};
}

}  // namespace

SqliteEngine::SqliteEngine(SqliteEngineOptions options)
    : options_(std::move(options)),
      readers_([this] { return open_reader(); }, options_.readers_kept, options_.readers_max) {}

Result<std::unique_ptr<Connection>> SqliteEngine::open_reader() {
  return open_sqlite_connection({options_.path, true, kReaderCacheBytes, false, &damaged_, options_.watch});
}

Result<std::unique_ptr<SqliteEngine>> SqliteEngine::open(const SqliteEngineOptions& options) {
  auto engine = std::unique_ptr<SqliteEngine>(new SqliteEngine(options));
  auto opened = options.read_only ? engine->open_to_read() : engine->open_to_write();
  if (opened) return engine;
  if (opened.error().code == Errc::corrupt && !options.read_only)
    return failure(Errc::corrupt, opened.error().message + ": the database " + options.path +
                                      " is damaged. Nothing was changed; keep the folder as it is, and put the last "
                                      "backup of the database and of blobs/ in its place (`orgo doctor` says more)");
  return tl::unexpected(std::move(opened).error());
}

Status SqliteEngine::open_to_read() {
  const auto folder = std::filesystem::path(options_.path).parent_path().string();
  if (!std::filesystem::exists(options_.path))
    return failure(Errc::not_found,
                   "there is no Orgo data in " + folder + " yet; start `orgo serve` or import something first");
  ORGO_TRY(connection, open_reader());
  ORGO_TRY(version, read_schema_version(*connection));
  if (version != schema_version())
    return failure(Errc::conflict, "the database in " + folder + " has schema version " + std::to_string(version) +
                                       ", this Orgo reads version " + std::to_string(schema_version()) +
                                       (version > schema_version() ? ": it was written by a newer Orgo"
                                                                   : ": `orgo serve` brings it up to date"));
  readers_.put(std::move(connection));
  return {};
}

Status SqliteEngine::open_to_write() {
  ORGO_CHECK(make_folder(std::filesystem::path(options_.path).parent_path().string()));
  ORGO_TRY(connection,
           open_sqlite_connection({options_.path, false, options_.cache_bytes, false, &damaged_, options_.watch}));
  ORGO_CHECK(look_at_all_of_a_small_one(*connection, options_.path));
  ORGO_CHECK(migrate(*connection, std::chrono::floor<Millis>(std::chrono::system_clock::now())));
  writer_ = std::make_unique<GroupCommitWriter>(
      std::move(connection), [this](Connection& writing) { after_commit(writing); }, options_.run_twice);
  checkpointer_ = std::thread([this] { checkpoint_loop(); });
  pthread_setname_np(checkpointer_.native_handle(), "orgo-checkpoint");
  return {};
}

SqliteEngine::~SqliteEngine() {
  close();
}

void SqliteEngine::close() {
  if (writer_) writer_->stop();
  {
    const std::lock_guard lock(checkpoint_mutex_);
    closing_ = true;
  }
  checkpoint_wake_.notify_one();
  if (checkpointer_.joinable()) checkpointer_.join();
  readers_.clear();
  writer_.reset();  // the last connection to go moves the log into the file
}

void SqliteEngine::after_commit(Connection& writing) {
  const auto groups = ++groups_since_checkpoint_;
  if (ORGO_PLANT(log_never_checkpointed)) return;
  const int frames = log_frames_.load();
  if (frames <= kLogFramesLong) asked_readers_at_ = 0;
  if (frames > asked_readers_at_ + kLogFramesLong) {
    // A reader that stays keeps the log as it is. It is asked again when the log has grown as much once more: each
    // asking keeps all writes waiting for a moment.
    const auto left = checkpoint_sqlite(writing, true);
    asked_readers_at_ = left && *left == 0 ? 0 : frames;
    if (left) log_frames_ = *left;
    groups_since_checkpoint_ = 0;
  } else if (groups % kGroupsPerCheckpoint == 0) {
    checkpoint_wake_.notify_one();
  }
}

/// Moves the log beside the writer, on a connection of its own, so that commits don't wait for it.
void SqliteEngine::checkpoint_loop() {
  auto connection = open_sqlite_connection({options_.path, false, 1 << 20, false, &damaged_});
  std::unique_lock lock(checkpoint_mutex_);
  while (!closing_) {
    checkpoint_wake_.wait_for(lock, std::chrono::seconds(5));
    if (closing_ || !connection || ORGO_PLANT(log_never_checkpointed)) continue;
    lock.unlock();
    if (const auto frames = checkpoint_sqlite(**connection, false)) log_frames_ = *frames;
    lock.lock();
  }
}

Result<std::unique_ptr<Connection>> SqliteEngine::take_reader(Deadline deadline) {
  return readers_.take(deadline);
}

void SqliteEngine::give_back(std::unique_ptr<Connection> connection) {
  readers_.give_back(std::move(connection));
}

void SqliteEngine::remember(const Status& status) {
  trouble_.remember(status);
}

std::string SqliteEngine::trouble() const {
  if (damaged_) return "the database is damaged; `orgo doctor` says more, and a backup has to be put in its place";
  return trouble_.text();
}

Status SqliteEngine::execute(std::vector<TenantId> tenants, Job job, Deadline deadline) {
  if (!writer_) return failure(Errc::unavailable, "the store is open for reading only");
  auto status = writer_->run(std::move(tenants), std::move(job), deadline);
  remember(status);
  return status;
}

void SqliteEngine::post(std::vector<TenantId> tenants, Job job) {
  if (writer_) writer_->post(std::move(tenants), std::move(job), [this](const Status& status) { remember(status); });
}

Engine::Stats SqliteEngine::stats() const {
  return writer_ ? writer_->stats() : Stats{};
}

Result<std::string> SqliteEngine::check_integrity() {
  ORGO_TRY(use, reader(Scope::all()));
  Query query(*use, "PRAGMA integrity_check(20)");
  std::string found;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return found;
    if (!found.empty()) found += "\n";
    found += query.text(0);
  }
}

}  // namespace orgo::sql
