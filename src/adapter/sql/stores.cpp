#include "adapter/sql/stores.h"

#include "adapter/blob_store/segments.h"
#include "adapter/sql/sqlite/sqlite_engine.h"

namespace orgo {

SqlStores::SqlStores(std::unique_ptr<sql::Engine> given_engine, std::unique_ptr<BlobStore> given_blobs)
    : engine(std::move(given_engine)), blobs(std::move(given_blobs)), messages(*engine, *blobs), changes(*engine),
      tasks(*engine), context(*engine), work(*engine), outbox(*engine), ledger(*engine, *blobs),
      tokens(*engine, changes), people(*engine), mailboxes(*engine), silence(*engine), rules(*engine),
      tenants(*engine) {}

Result<std::unique_ptr<SqlStores>> SqlStores::open(const SqlStoreOptions& options) {
  sql::SqliteEngineOptions database;
  database.path = options.folder + "/orgo.db";
  database.read_only = options.read_only;
  database.cache_bytes = options.cache_bytes;
  database.run_twice = options.run_twice;
  ORGO_TRY(engine, sql::SqliteEngine::open(database));
  ORGO_TRY(blobs, SegmentStore::open({options.folder + "/blobs"}));
  return std::make_unique<SqlStores>(std::move(engine), std::move(blobs));
}

Status SqlStores::release(const LeaseOwner& owner, LeasesOf which, TimePoint now) {
  ORGO_CHECK(work.release(owner, which, now));
  ORGO_CHECK(outbox.release_sends(owner, which, now));
  return tasks.release_timers(owner, which);
}

}  // namespace orgo
