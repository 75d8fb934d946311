#pragma once
#include <memory>
#include <vector>

#include "adapter/sql/connection.h"
#include "adapter/sql/postgres/pq_rows.h"

namespace orgo::sql {

/// Where the answer of a statement comes to that has not run yet.
struct PqSlot {
  PqResult rows;
};

/// Whoever can make it run, with all that waits in front of it.
class PqWaiting {
 public:
  virtual ~PqWaiting() = default;
  virtual Status flush() = 0;
};

/// The answers of one SELECT for several sets of parameters (select_for_all()).
class PostgresMany final : public ManyRows {
 public:
  PostgresMany(PqWaiting& connection, std::shared_ptr<PqSlot> slot, std::size_t sets)
      : connection_(connection), slot_(std::move(slot)), sets_(sets) {}

  Status choose(std::size_t set) override;
  Result<bool> step() override;
  void bind(int /*index*/, std::int64_t /*value*/) override {}
  void bind(int /*index*/, const StoredText& /*text*/) override {}
  void bind_blob(int /*index*/, std::string_view /*bytes*/) override {}
  void bind_null(int /*index*/) override {}
  void reset() override {}
  std::int64_t integer(int column) override { return rows_.integer(column); }
  std::string_view text(int column) override { return rows_.text(column); }
  std::string_view blob(int column) override { return rows_.blob(column); }
  bool is_null(int column) override { return rows_.is_null(column); }

 private:
  void sort_by_set();

  PqWaiting& connection_;
  std::shared_ptr<PqSlot> slot_;
  std::size_t sets_;
  PqRows rows_;
  std::vector<std::size_t> begins_;  ///< of each set in `of_set_`, and the end of the last
  std::vector<int> of_set_;          ///< numbers of rows, set by set
  std::size_t next_ = 0;
  std::size_t end_ = 0;
};

}  // namespace orgo::sql
