#include "adapter/sql/stores.h"

#include <filesystem>

#include "adapter/blob_store/segments.h"
#include "adapter/data_folder/lineage_file.h"
#include "adapter/sql/move/move_ends.h"
#include "adapter/sql/postgres/postgres_blob_rows.h"
#include "adapter/sql/postgres/postgres_engine.h"
#include "adapter/sql/postgres/postgres_lineage.h"
#include "adapter/sql/sqlite/sqlite_engine.h"

namespace orgo {

namespace {

std::unique_ptr<LineageStore> lineage_of(sql::Engine& engine, std::string node) {
  if (engine.is_shared()) return std::make_unique<sql::PostgresLineage>(engine, std::move(node));
  return std::make_unique<SqlLineageStore>(engine);
}

}  // namespace

SqlStores::SqlStores(std::unique_ptr<sql::Engine> given_engine, std::unique_ptr<BlobStore> given_blobs,
                     std::unique_ptr<sql::BlobRows> given_rows, MailPlace mails, std::string node)
    : engine(std::move(given_engine)), blobs(std::move(given_blobs)), blob_rows(std::move(given_rows)),
      bytes(*blobs, blob_rows.get(), mails == MailPlace::database), messages(*engine, bytes), changes(*engine),
      tasks(*engine), context(*engine), work(*engine), outbox(*engine), ledger(*engine, bytes),
      tokens(*engine, changes), people(*engine), mailboxes(*engine), silence(*engine), rules(*engine), tenants(*engine),
      lineage_of_engine(lineage_of(*engine, std::move(node))), lineage(*lineage_of_engine), workload(*engine) {}

namespace {

/// A mail that is there, in its file; empty: there is none.
std::string some_mail_in(const std::string& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/blobs", error)) {
    std::error_code ignored;
    if (entry.path().extension() == ".seg" && entry.file_size(ignored) > 0) return entry.path().string();
  }
  return "";
}

/// A database that is missing, or empty, beside mails is lost and not new: to begin anew would give old numbers to new
/// mails, and nobody would know.
Error lost(const std::string& what, const std::string& folder, const std::string& mail) {
  return {Errc::corrupt, what + ", and mails are there (" + mail +
                             "): put the last backup of both in their place. Nothing was changed; to begin anew with "
                             "nothing, move " +
                             folder + "/blobs away first"};
}
/// The same where the mails would be in the database: what is left of it in the folder is how far it had come.
Error lost_with_its_mails(const std::string& what, const std::string& folder) {
  return {Errc::corrupt, what + ", and " + folder +
                             "/lineage.json says that one was served here: put its last backup in its place. Nothing "
                             "was changed; to begin anew with nothing, move that file away first"};
}
/// A database on a server has been served from this folder.
bool has_served_a_server(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder + "/orgo.db", error)) return false;
  const auto file = read_lineage_file(folder);
  return file && file->record && file->record->mark.number > 0;
}

Status refuse_a_lost_database(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto database = folder + "/orgo.db";
  const auto holds_something = [&](const std::string& path) {
    std::error_code ignored;
    return fs::exists(path, ignored) && fs::file_size(path, ignored) > 0;
  };
  if (holds_something(database) || (fs::exists(database, error) && holds_something(database + "-wal"))) return {};
  const auto mail = some_mail_in(folder);
  if (mail.empty()) return {};
  return tl::unexpected(lost("the database " + database + " is gone", folder, mail));
}

Result<std::unique_ptr<sql::Engine>> open_embedded(const SqlStoreOptions& options) {
  if (!options.read_only) ORGO_CHECK(refuse_a_lost_database(options.folder));
  sql::SqliteEngineOptions database;
  database.path = options.folder + "/orgo.db";
  database.read_only = options.read_only;
  database.cache_bytes = options.cache_bytes;
  database.run_twice = options.run_twice;
  database.watch = options.watch;
  ORGO_TRY(engine, sql::SqliteEngine::open(database));
  return std::unique_ptr<sql::Engine>(std::move(engine));
}

sql::Serving serving_of(const SqlStoreOptions& options) {
  if (options.read_only) return sql::Serving::not_at_all;
  return options.among_nodes && options.mails == MailPlace::database ? sql::Serving::beside_others
                                                                     : sql::Serving::alone;
}

Result<std::unique_ptr<sql::Engine>> open_server(const SqlStoreOptions& options) {
  const auto mail = some_mail_in(options.folder);
  sql::PostgresEngineOptions database;
  database.server = {.url = options.database, .password = options.password, .serving = serving_of(options)};
  database.pool_url = options.pool;
  database.read_only = options.read_only;
  const bool was_served = options.mails == MailPlace::database && has_served_a_server(options.folder);
  database.must_exist = !mail.empty() || was_served;
  database.run_twice = options.run_twice;
  auto engine = sql::PostgresEngine::open(database);
  if (!engine && engine.error().code == Errc::corrupt)
    return tl::unexpected(mail.empty() ? lost_with_its_mails(engine.error().message, options.folder)
                                       : lost(engine.error().message, options.folder, mail));
  if (!engine) return tl::unexpected(std::move(engine).error());
  return std::unique_ptr<sql::Engine>(*std::move(engine));
}

}  // namespace

Result<std::unique_ptr<SqlStores>> SqlStores::open(const SqlStoreOptions& options) {
  const bool on_a_server = is_on_a_server(options.database);
  ORGO_TRY(engine, on_a_server ? open_server(options) : open_embedded(options));
  if (!options.read_only) ORGO_CHECK(refuse_unfinished_move(options));
  ORGO_TRY(blobs, SegmentStore::open({options.folder + "/blobs"}));
  std::unique_ptr<sql::BlobRows> rows;
  if (on_a_server) rows = std::make_unique<sql::PostgresBlobRows>(*engine);
  return std::make_unique<SqlStores>(std::move(engine), std::move(blobs), std::move(rows), options.mails, options.node);
}

Status SqlStores::release(const LeaseOwner& owner, LeasesOf which, TimePoint now) {
  ORGO_CHECK(work.release(owner, which, now));
  ORGO_CHECK(outbox.release_sends(owner, which, now));
  return tasks.release_timers(owner, which);
}

}  // namespace orgo
