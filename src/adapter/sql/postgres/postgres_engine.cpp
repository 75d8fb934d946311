#include "adapter/sql/postgres/postgres_engine.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "adapter/sql/postgres/postgres_schema.h"
#include "base/log.h"

namespace orgo::sql {
namespace {

/// It stands in statements as it is.
Status check_schema_name(std::string_view name) {
  const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (!name.empty() && name.size() <= 63 && std::ranges::all_of(name, is_allowed) && (name[0] < '0' || name[0] > '9'))
    return {};
  return failure(Errc::invalid_input, "'" + std::string(name) +
                                          "' can't be the name of a schema: write a-z, 0-9 and _, at most 63, not "
                                          "beginning with a digit");
}

/// The server measures tables of itself once a minute, and keeps the plans that it made of empty ones until then: a
/// start of many mails would walk all of them for each. So it is told to measure while they grow: each time that twice
/// as much was written, since a table of one page is rather walked, and of hundreds must not be.
constexpr std::uint64_t kMeasuredFrom = 16;
constexpr std::uint64_t kMeasuredUpto = 1U << 15U;
bool is_to_be_measured(std::uint64_t groups) {
  return std::has_single_bit(groups) && groups >= kMeasuredFrom && groups <= kMeasuredUpto;
}
constexpr const char* kMeasure =
    "DO $$ DECLARE name text; BEGIN FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
    "LOOP EXECUTE 'ANALYZE ' || quote_ident(name); END LOOP; END $$";

/// It works, but what the tables refuse to others they give to such a user.
Status warn_of_a_user_who_sees_all(Connection& connection) {
  Query query(connection, "SELECT (rolsuper OR rolbypassrls)::int FROM pg_roles WHERE rolname = current_user");
  ORGO_TRY(row, query.next());
  if (row && query.integer(0) != 0)
    log::warn("database.user_sees_all_tenants",
              {{"cause", "it is a superuser or has BYPASSRLS, so that the server does not keep tenants apart for it"},
               {"mend", "make Orgo a user of its own: docs/postgresql.md"}});
  return {};
}

PostgresEngineOptions with_counter(PostgresEngineOptions options, std::atomic<std::uint64_t>& round_trips) {
  options.server.round_trips = &round_trips;
  return options;
}

}  // namespace

PostgresEngine::PostgresEngine(PostgresEngineOptions options)
    : options_(with_counter(std::move(options), round_trips_)),
      readers_([this] { return open_reader(); }, options_.readers_kept, options_.readers_max) {}

Result<std::unique_ptr<Connection>> PostgresEngine::open_reader() {
  auto server = options_.server;
  server.serving = Serving::not_at_all;
  server.only_reads = true;
  if (!options_.pool_url.empty()) {
    server.url = options_.pool_url;
    server.is_pooled = true;
  }
  return open_postgres_connection(server);
}

Result<std::unique_ptr<PostgresEngine>> PostgresEngine::open(const PostgresEngineOptions& options) {
  ORGO_CHECK(check_schema_name(options.server.schema));
  auto engine = std::unique_ptr<PostgresEngine>(new PostgresEngine(options));
  ORGO_CHECK(options.read_only ? engine->open_to_read() : engine->open_to_write());
  return engine;
}

Status PostgresEngine::open_to_read() {
  ORGO_TRY(connection, open_reader());
  ORGO_TRY(version, read_postgres_schema_version(*connection));
  if (version == 0)
    return failure(Errc::not_found, "there is no Orgo data in schema " + options_.server.schema +
                                        " of the database yet; start `orgo serve` or import something first");
  if (version != postgres_schema_version())
    return failure(Errc::conflict, "the database has schema version " + std::to_string(version) +
                                       ", this Orgo reads version " + std::to_string(postgres_schema_version()) +
                                       (version > postgres_schema_version() ? ": it was written by a newer Orgo"
                                                                            : ": `orgo serve` brings it up to date"));
  readers_.put(std::move(connection));
  return {};
}

Status PostgresEngine::open_to_write() {
  ORGO_TRY(connection, open_postgres_connection(options_.server, &closing_));
  ORGO_TRY(version, read_postgres_schema_version(*connection));
  if (version == 0 && options_.must_exist)
    return failure(Errc::corrupt, "schema " + options_.server.schema + " of the database is empty");
  ORGO_CHECK(migrate_postgres(*connection, options_.server.schema,
                              std::chrono::floor<Millis>(std::chrono::system_clock::now())));
  ORGO_CHECK(warn_of_a_user_who_sees_all(*connection));
  if (!options_.pool_url.empty()) ORGO_CHECK(check_pool(*connection));
  writer_ = std::make_unique<GroupCommitWriter>(
      std::move(connection),
      [groups = std::uint64_t{0}](Connection& writing) mutable {
        if (!is_to_be_measured(++groups)) return;
        if (!writing.execute(kMeasure)) writing.rollback();  // the next one, or the server by itself
      },
      options_.run_twice);
  return {};
}

Status PostgresEngine::check_pool(Connection& direct) {
  const auto place_of = [](Connection& connection) -> Result<std::string> {
    Query query(connection,
                "SELECT system_identifier::text || '/' || d.oid::text FROM pg_control_system(), pg_database AS d WHERE "
                "d.datname = current_database()");
    ORGO_TRY(row, query.next());
    return row ? query.string(0) : std::string();
  };
  auto pooled = open_reader();
  if (!pooled) return tl::unexpected(std::move(pooled).error().in("database.pool_url"));
  (*pooled)->see(Scope::all());
  ORGO_TRY(there, place_of(**pooled));
  ORGO_TRY(here, place_of(direct));
  if (there != here)
    return failure(Errc::invalid_input,
                   "database.pool_url leads to another database than database.url: what is written would not be read");
  readers_.put(*std::move(pooled));
  return {};
}

PostgresEngine::~PostgresEngine() {
  close();
}

void PostgresEngine::close() {
  closing_ = true;
  if (writer_) writer_->stop();
  readers_.clear();
}

Status PostgresEngine::execute(std::vector<TenantId> tenants, Job job, Deadline deadline) {
  if (!writer_) return failure(Errc::unavailable, "the store is open for reading only");
  auto status = writer_->run(std::move(tenants), std::move(job), deadline);
  trouble_.remember(status);
  return status;
}

void PostgresEngine::post(std::vector<TenantId> tenants, Job job) {
  if (writer_)
    writer_->post(std::move(tenants), std::move(job), [this](const Status& status) { trouble_.remember(status); });
}

Status PostgresEngine::check_own_tables() {
  ORGO_TRY(use, reader(Scope::all()));
  Query gone(*use,
             "SELECT name FROM (SELECT unnest(ARRAY['raw_mails', 'locks', 'lock_tokens', 'nodes', 'node_marks', "
             "'commit_marks']) UNION "
             "ALL SELECT 'raw_mails_' "
             "|| n FROM generate_series(0, 15) AS n) AS wanted(name) WHERE to_regclass(name) IS NULL LIMIT 1");
  ORGO_TRY(any, gone.next());
  if (any) return failure(Errc::corrupt, "table " + gone.string(0) + " is gone");
  Query readable(
      *use,
      "SELECT 1 FROM raw_mails WHERE tenant = 0 UNION ALL SELECT 1 FROM locks WHERE 1 = 0 UNION ALL SELECT 1 "
      "FROM lock_tokens WHERE 1 = 0 UNION ALL SELECT 1 FROM nodes WHERE 1 = 0 UNION ALL SELECT 1 FROM node_marks "
      "WHERE 1 = 0 UNION ALL SELECT 1 FROM commit_marks WHERE 1 = 0");
  ORGO_TRY(row, readable.next());
  return row ? failure(Errc::corrupt, "table raw_mails has rows of no tenant") : Status{};
}

/// The server looks at each page that it reads, where the database was made with checksums.
Result<std::string> PostgresEngine::check_integrity() {
  ORGO_TRY(use, reader(Scope::all()));
  Query query(*use, "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()");
  ORGO_TRY(row, query.next());
  const auto failures = row ? query.integer(0) : 0;
  if (failures == 0) return std::string("ok");
  return std::to_string(failures) + " pages of the database did not have their checksum: see the log of the server";
}

}  // namespace orgo::sql
