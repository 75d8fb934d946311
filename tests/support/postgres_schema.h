#pragma once
// For tests only: a schema of its own on the shared PostgreSQL, with our tables in it; gone afterwards.
#include <gtest/gtest.h>

#include <string>

#include "adapter/sql/postgres/postgres_engine.h"
#include "tests/support/postgres.h"

namespace orgo::tests {

class PostgresSchema {
 public:
  PostgresSchema() {
    static int schemas = 0;
    options_.url = Postgres::shared().url();
    options_.schema = "nodes" + std::to_string(++schemas);
    options_.patience = Millis{10'000};
    const auto engine = sql::PostgresEngine::open({.server = options_});
    EXPECT_TRUE(engine) << engine.error().message;
  }
  ~PostgresSchema() { execute("DROP SCHEMA " + options_.schema + " CASCADE"); }
  PostgresSchema(const PostgresSchema&) = delete;
  PostgresSchema& operator=(const PostgresSchema&) = delete;

  [[nodiscard]] const sql::PostgresOptions& options() const { return options_; }
  /// By way of something that listens before it.
  [[nodiscard]] sql::PostgresOptions options_at(std::uint16_t port) const {
    auto options = options_;
    options.url = Postgres::url_at(port);
    return options;
  }
  void execute(const std::string& statement) const {
    auto connection = sql::open_postgres_connection(options_);
    ASSERT_TRUE(connection) << connection.error().message;
    (*connection)->see(sql::Scope::all());
    const auto done = (*connection)->execute(statement);
    EXPECT_TRUE(done) << done.error().message;
  }

 private:
  sql::PostgresOptions options_;
};

}  // namespace orgo::tests
