#pragma once
#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "adapter/sql/connection.h"
#include "adapter/sql/postgres/pq_rows.h"
#include "adapter/sql/postgres/pq_session.h"

namespace orgo::sql {

/// What a statement asks of its connection.
class PqRunner {
 public:
  virtual ~PqRunner() = default;
  /// Runs it behind all that waits.
  virtual Result<PqResult> run(PqCall call) = 0;
  /// True: it waits for the next that is run.
  virtual Result<bool> later(PqCall call) = 0;
  [[nodiscard]] virtual bool runs_one_by_one() const = 0;
};

/// A statement of one connection. Its rows are here as a whole with the first step.
class PostgresStatement final : public Statement {
 public:
  PostgresStatement(PqRunner& runner, std::string name, std::string sql)
      : runner_(runner), prepared_{std::move(name), std::move(sql)} {}

  void bind(int index, std::int64_t value) override;
  void bind(int index, const StoredText& text) override;
  void bind_blob(int index, std::string_view bytes) override;
  void bind_null(int index) override;
  Result<bool> step() override;
  Result<bool> later(bool must_change) override;
  void reset() override;
  std::int64_t integer(int column) override { return rows_.integer(column); }
  std::string_view text(int column) override { return rows_.text(column); }
  std::string_view blob(int column) override { return rows_.blob(column); }
  bool is_null(int column) override { return rows_.is_null(column); }

 private:
  PqValue& value(int index);

  PqRunner& runner_;
  PqPrepared prepared_;
  std::optional<PqPrepared> must_change_;  ///< the same, and refused when it meets no row
  std::vector<PqValue> values_;
  std::deque<std::array<char, 8>> numbers_;
  PqRows rows_;
};

}  // namespace orgo::sql
