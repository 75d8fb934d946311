#pragma once
#include <array>
#include <deque>
#include <string>
#include <vector>

#include "adapter/sql/connection.h"
#include "adapter/sql/postgres/pq_session.h"

namespace orgo::sql {

/// What a statement asks of its connection.
class PqRunner {
 public:
  virtual ~PqRunner() = default;
  /// Runs a statement that has been prepared under this name in this session, or is now.
  virtual Result<PqResult> run(const std::string& name, const std::string& sql, int& prepared_in,
                               const std::vector<PqValue>& parameters) = 0;
};

/// A statement of one connection. Its rows are here as a whole with the first step.
class PostgresStatement final : public Statement {
 public:
  PostgresStatement(PqRunner& runner, std::string name, std::string sql)
      : runner_(runner), name_(std::move(name)), sql_(std::move(sql)) {}

  void bind(int index, std::int64_t value) override;
  void bind(int index, const StoredText& text) override;
  void bind_blob(int index, std::string_view bytes) override;
  void bind_null(int index) override;
  Result<bool> step() override;
  void reset() override;
  std::int64_t integer(int column) override;
  std::string_view text(int column) override;
  std::string_view blob(int column) override;
  bool is_null(int column) override;

 private:
  PqValue& value(int index);

  PqRunner& runner_;
  std::string name_;
  std::string sql_;
  int prepared_in_ = 0;  ///< generation of the session that knows it
  std::vector<PqValue> values_;
  std::deque<std::array<char, 8>> numbers_;
  PqResult rows_;
  int row_ = -1;
  std::deque<std::string> blobs_;  ///< of this row
};

}  // namespace orgo::sql
