#include "adapter/sql/store.h"

#include <pthread.h>

#include <filesystem>

#include "adapter/blob_store/segments.h"
#include "adapter/data_folder/make_folder.h"
#include "adapter/sql/schema.h"
#include "adapter/sql/sqlite/sqlite_connection.h"

namespace orgo {
namespace {

constexpr auto kWriteTime = std::chrono::seconds(60);
constexpr int kLogFramesLong =
    16'384;  ///< 64 MiB: from here the writer itself moves the log, so that it can't grow for ever
constexpr std::uint64_t kGroupsPerCheckpoint = 64;

}  // namespace

Result<std::unique_ptr<SqlStore>> SqlStore::open(const SqlStoreOptions& options) {
  auto store = std::unique_ptr<SqlStore>(new SqlStore(options));
  ORGO_CHECK(store->open_files());
  return store;
}

Status SqlStore::open_files() {
  const auto database = options_.folder + "/orgo.db";
  if (options_.read_only) {
    if (!std::filesystem::exists(database))
      return failure(Errc::not_found, "there is no Orgo data in " + options_.folder +
                                          " yet; start `orgo serve` or import something first");
    ORGO_TRY(connection, sql::open_sqlite_connection({database, true, 4 << 20}));
    ORGO_TRY(version, sql::read_schema_version(*connection));
    if (version != sql::schema_version())
      return failure(Errc::conflict, "the database in " + options_.folder + " has schema version " +
                                         std::to_string(version) + ", this Orgo reads version " +
                                         std::to_string(sql::schema_version()) +
                                         (version > sql::schema_version() ? ": it was written by a newer Orgo"
                                                                          : ": `orgo serve` brings it up to date"));
    give_back(std::move(connection));
  } else {
    ORGO_CHECK(make_folder(options_.folder));
    ORGO_TRY(connection, sql::open_sqlite_connection({database, false, options_.cache_bytes}));
    const auto now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
    ORGO_CHECK(sql::migrate(*connection, now));
    lease_tokens_ = to_ms(now) << 20;
    writer_ = std::make_unique<sql::GroupCommitWriter>(std::move(connection), [this](sql::Connection& writing) {
      const auto groups = ++groups_since_checkpoint_;
      if (log_frames_.load() > kLogFramesLong) {
        if (const auto frames = sql::checkpoint_sqlite(writing, true)) log_frames_ = 0;
        groups_since_checkpoint_ = 0;
      } else if (groups % kGroupsPerCheckpoint == 0) {
        checkpoint_wake_.notify_one();
      }
    });
    checkpointer_ = std::thread([this] { checkpoint_loop(); });
    pthread_setname_np(checkpointer_.native_handle(), "orgo-checkpoint");
  }
  ORGO_TRY(blobs, SegmentStore::open({options_.folder + "/blobs"}));
  blobs_ = std::move(blobs);
  return {};
}

SqlStore::~SqlStore() {
  close();
}

void SqlStore::close() {
  if (writer_) writer_->stop();
  {
    const std::lock_guard lock(checkpoint_mutex_);
    closing_ = true;
  }
  checkpoint_wake_.notify_one();
  if (checkpointer_.joinable()) checkpointer_.join();
  {
    const std::lock_guard lock(readers_mutex_);
    readers_.clear();
  }
  writer_.reset();  // the last connection to go moves the log into the file
}

/// Moves the log beside the writer, on a connection of its own, so that commits don't wait for it.
void SqlStore::checkpoint_loop() {
  auto connection = sql::open_sqlite_connection({options_.folder + "/orgo.db", false, 1 << 20});
  std::unique_lock lock(checkpoint_mutex_);
  while (!closing_) {
    checkpoint_wake_.wait_for(lock, std::chrono::seconds(5));
    if (closing_ || !connection) continue;
    lock.unlock();
    if (const auto frames = sql::checkpoint_sqlite(**connection, false)) log_frames_ = *frames;
    lock.lock();
  }
}

Result<std::unique_ptr<SqlStore::Reader>> SqlStore::reader() {
  {
    const std::lock_guard lock(readers_mutex_);
    if (!readers_.empty()) {
      auto connection = std::move(readers_.back());
      readers_.pop_back();
      return std::make_unique<Reader>(*this, std::move(connection));
    }
  }
  ORGO_TRY(connection, sql::open_sqlite_connection({options_.folder + "/orgo.db", true, 4 << 20}));
  return std::make_unique<Reader>(*this, std::move(connection));
}

void SqlStore::give_back(std::unique_ptr<sql::Connection> connection) {
  const std::lock_guard lock(readers_mutex_);
  if (static_cast<int>(readers_.size()) < options_.readers_max) readers_.push_back(std::move(connection));
}

void SqlStore::remember(const Status& status) {
  const bool engine = !status && (status.error().code == Errc::resource_exhausted ||
                                  status.error().code == Errc::unavailable || status.error().code == Errc::corrupt);
  const std::lock_guard lock(trouble_mutex_);
  if (engine) {
    trouble_ = status.error().message;
  } else if (!trouble_.empty()) {
    trouble_.clear();
  }
}

std::string SqlStore::trouble() const {
  const std::lock_guard lock(trouble_mutex_);
  return trouble_;
}

Status SqlStore::write(sql::GroupCommitWriter::Job job, Deadline deadline) {
  if (!writer_) return failure(Errc::unavailable, "the store is open for reading only");
  auto status = writer_->run(std::move(job), deadline);
  remember(status);
  return status;
}
Status SqlStore::write(sql::GroupCommitWriter::Job job) {
  return write(std::move(job), within(kWriteTime));
}

sql::GroupCommitWriter::Stats SqlStore::writer_stats() const {
  return writer_ ? writer_->stats() : sql::GroupCommitWriter::Stats{};
}

Result<std::string> SqlStore::check_integrity() {
  ORGO_TRY(use, reader());
  sql::Query query(**use, "PRAGMA integrity_check(20)");
  std::string found;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return found;
    if (!found.empty()) found += "\n";
    found += query.text(0);
  }
}

}  // namespace orgo
