#include "adapter/sql/stores.h"

#include <chrono>

#include "adapter/blob_store/segments.h"
#include "adapter/sql/sqlite/sqlite_engine.h"

namespace orgo {

SqlStores::SqlStores(std::unique_ptr<sql::Engine> given_engine, std::unique_ptr<BlobStore> given_blobs, TimePoint now)
    : engine(std::move(given_engine)), blobs(std::move(given_blobs)), tokens_of_leases(now),
      messages(*engine, *blobs, tokens_of_leases), changes(*engine), tasks(*engine), queue(*engine, tokens_of_leases),
      outbox(*engine), ledger(*engine, *blobs), tokens(*engine), mailboxes(*engine), silence(*engine), rules(*engine),
      tenants(*engine) {}

Result<std::unique_ptr<SqlStores>> SqlStores::open(const SqlStoreOptions& options) {
  sql::SqliteEngineOptions database;
  database.path = options.folder + "/orgo.db";
  database.read_only = options.read_only;
  database.cache_bytes = options.cache_bytes;
  database.run_twice = options.run_twice;
  ORGO_TRY(engine, sql::SqliteEngine::open(database));
  ORGO_TRY(blobs, SegmentStore::open({options.folder + "/blobs"}));
  return std::make_unique<SqlStores>(std::move(engine), std::move(blobs),
                                     std::chrono::floor<Millis>(std::chrono::system_clock::now()));
}

Status SqlStores::release_leases(TimePoint now) {
  ORGO_CHECK(queue.release_leases(now));
  return outbox.release_leases(now);
}

}  // namespace orgo
