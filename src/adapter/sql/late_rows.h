#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/sql/connection.h"
#include "adapter/sql/parameter_sets.h"

namespace orgo::sql {

/// Where many small rows go, with the statements that put them there. One object for each, which lives as long as the
/// program, since a connection knows its statements by the address of their text.
class LateTable {
 public:
  static constexpr std::size_t kRows = 8;  ///< of one statement
  /// Of one message to a server (Batching).
  static constexpr std::size_t kRowsOfMessage = 1'000;
  static constexpr std::size_t kBytesOfMessage = 1U << 20U;

  /// `into`: "events (tenant, sequence, ...)"; `conflict`: what stands behind the values.
  LateTable(std::string_view into, std::string_view conflict = {});
  [[nodiscard]] const char* one() const { return one_.c_str(); }
  [[nodiscard]] const char* many() const { return many_.c_str(); }

 private:
  std::string one_;
  std::string many_;
};

/// Rows that nothing of this transaction needs at once: gathered and written kRows at a time, since a row of such a
/// statement costs half of one that is written alone (measured: the cursors of a table and its indexes are opened
/// once); to a server all go in one message. Whoever reads such a table within the transaction asks for what it may
/// meet by settle() first. Texts are copied. Only for rows whose keys are new by themselves: an error of the write
/// undoes the whole job.
class LateRows {
 public:
  explicit LateRows(Connection& connection) : connection_(connection) {}

  /// `key`: what a reader names the row by, within its tenant.
  template <typename... Columns>
  Status add(const LateTable& table, std::int64_t tenant, std::int64_t key, const Columns&... columns) {
    auto& rows = of(table);
    rows.keys.emplace_back(tenant, key);
    rows.sets.add(columns...);
    return is_full(rows) ? write(rows) : Status{};
  }
  /// Writes the rows of this table when this one is among them.
  Status settle(const LateTable& table, std::int64_t tenant, std::int64_t key);
  /// Writes all.
  Status settle();
  /// Rows are here that are not written, or could not be: whoever undoes a job undoes these with it, by beginning the
  /// transaction anew (a Transaction has its own).
  [[nodiscard]] bool waits() const;

 private:
  struct Rows {
    const LateTable* table = nullptr;
    std::vector<std::pair<std::int64_t, std::int64_t>> keys{};
    ParameterSets sets{};
  };
  Rows& of(const LateTable& table);
  [[nodiscard]] bool is_full(const Rows& rows) const;
  Status write(Rows& rows);

  Connection& connection_;
  std::vector<Rows> tables_;
};

}  // namespace orgo::sql
