#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "adapter/sql/connection.h"
#include "tests/world/support/faults.h"
#include "tests/world/support/random.h"

namespace orgo::world {

/// A writing statement as it ran, so that it can run again when its transaction is late.
struct Recorded {
  struct Blob {
    std::string bytes;
  };
  using Value = std::variant<std::nullptr_t, std::int64_t, std::string, Blob>;
  const char* sql = nullptr;  ///< lives as long as the database
  std::vector<Value> values;
};

Status run_again(sql::Connection& connection, const Recorded& statement);

/// The statements with the planted mistake in them; each text at an address of its own, which is the key of the caches.
class AlteredStatements {
 public:
  explicit AlteredStatements(Bug bug) : bug_(bug) {}
  const char* text_of(const char* sql);
  [[nodiscard]] Bug bug() const { return bug_; }

 private:
  Bug bug_;
  std::unordered_map<const char*, const char*> texts_;
  std::map<const char*, std::string> altered_;
};

/// Passes everything on to the one connection of the database.
class PlainConnection : public sql::Connection {
 public:
  explicit PlainConnection(sql::Connection& real) : real_(real) {}
  Result<sql::Statement*> prepare(const char* sql) override { return real_.prepare(sql); }
  Status execute(const std::string& sql) override { return real_.execute(sql); }
  Status begin() override { return real_.begin(); }
  Status commit() override { return real_.commit(); }
  Status begin_reading() override { return real_.begin_reading(); }
  void rollback() override { real_.rollback(); }
  std::int64_t changed_rows() override { return real_.changed_rows(); }
  std::int64_t total_changed() override { return real_.total_changed(); }

 protected:
  sql::Connection& real_;
};

/// What a node reads through: the statements are those with the mistake.
class ReadingConnection final : public PlainConnection {
 public:
  ReadingConnection(sql::Connection& real, AlteredStatements& altered, Random& random)
      : PlainConnection(real), altered_(altered), random_(random) {}
  ~ReadingConnection() override;
  Result<sql::Statement*> prepare(const char* sql) override;

 private:
  AlteredStatements& altered_;
  Random& random_;
  std::vector<std::unique_ptr<sql::Statement>> wrapped_;
};

/// What a job writes through: each writing statement is told before it runs. What is told may throw.
class WritingConnection final : public PlainConnection {
 public:
  using Before = std::function<void(const Recorded&)>;
  WritingConnection(sql::Connection& real, AlteredStatements& altered, Before before)
      : PlainConnection(real), altered_(altered), before_(std::move(before)) {}
  ~WritingConnection() override;
  Result<sql::Statement*> prepare(const char* sql) override;

 private:
  AlteredStatements& altered_;
  Before before_;
  std::unordered_map<const char*, std::unique_ptr<sql::Statement>> statements_;
};

}  // namespace orgo::world
