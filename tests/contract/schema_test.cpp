// Both engines keep the same: a column or an index that one of them lacks is a feature that one of them lacks. What
// several nodes share of each other is only where there may be several.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "adapter/sql/postgres/postgres_engine.h"
#include "adapter/sql/sqlite/sqlite_engine.h"
#include "tests/support/postgres.h"

namespace orgo::contract {
namespace {

using sql::Query;

std::set<std::string> lines_of(sql::Engine& engine, const char* statement) {
  std::set<std::string> lines;
  auto use = engine.reader(sql::Scope::all()).value();
  Query query(*use, statement);
  while (query.next().value()) lines.insert(query.string(0));
  return lines;
}

TEST(Schema, IsTheSameOnBothEngines) {
  if (!tests::Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
  std::string folder = (std::filesystem::temp_directory_path() / "orgo-schema-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  auto embedded = sql::SqliteEngine::open({.path = folder + "/orgo.db"}).value();
  sql::PostgresEngineOptions options;
  options.server = {.url = tests::Postgres::shared().url(), .schema = "compared"};
  auto server = sql::PostgresEngine::open(options).value();

  const auto ours = lines_of(*embedded,
                             "SELECT m.name || '.' || c.name || ' ' || CASE c.type WHEN 'INTEGER' THEN 'BIGINT' WHEN "
                             "'BLOB' THEN 'BYTEA' WHEN 'INT' THEN 'INTEGER' ELSE c.type END || CASE WHEN c.\"notnull\" "
                             "OR c.pk THEN '' ELSE ' null' END FROM sqlite_master AS m, pragma_table_info(m.name) AS c "
                             "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'schema_steps'");
  const auto theirs =
      lines_of(*server,
               "SELECT table_name || '.' || column_name || ' ' || upper(data_type) || CASE is_nullable WHEN 'NO' THEN "
               "'' ELSE ' null' END FROM information_schema.columns WHERE table_schema = 'compared' AND table_name NOT "
               "IN ('schema_steps', 'lock_tokens', 'locks', 'nodes', 'node_marks', 'commit_marks') "  // ADR 29, 30
               "AND table_name NOT LIKE 'raw\\_mails%'");
  EXPECT_GT(ours.size(), 100U);
  EXPECT_EQ(ours, theirs);
  EXPECT_EQ(lines_of(*embedded, "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite%'"),
            lines_of(*server,
                     "SELECT indexname FROM pg_indexes WHERE schemaname = 'compared' AND indexname NOT LIKE '%_pkey' "
                     "AND indexname NOT LIKE '%_key'"));
  EXPECT_THAT(lines_of(*server,
                       "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = "
                       "'compared' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"),
              testing::IsEmpty())
      << "text is compared by its bytes";
  server->close();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace orgo::contract
