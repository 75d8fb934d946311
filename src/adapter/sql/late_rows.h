#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/sql/connection.h"

namespace orgo::sql {

/// Where many small rows go, with the statements that put them there. One object for each, which lives as long as the
/// program, since a connection knows its statements by the address of their text.
class LateTable {
 public:
  static constexpr std::size_t kRows = 8;  ///< of one statement

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
/// once). Whoever reads such a table within the transaction asks for what it may meet by settle() first. Texts are
/// copied. Only for rows whose keys are new by themselves: an error of the write undoes the whole job.
class LateRows {
 public:
  explicit LateRows(Connection& connection) : connection_(connection) {}

  /// `key`: what a reader names the row by, within its tenant.
  template <typename... Columns>
  Status add(const LateTable& table, std::int64_t tenant, std::int64_t key, const Columns&... columns) {
    auto& rows = of(table);
    rows.keys.emplace_back(tenant, key);
    (rows.put(columns), ...);
    return rows.keys.size() < LateTable::kRows ? Status{} : write(rows);
  }
  /// Writes the rows of this table when this one is among them.
  Status settle(const LateTable& table, std::int64_t tenant, std::int64_t key);
  /// Writes all.
  Status settle();
  /// Rows are here that are not written, or could not be: whoever undoes a job undoes these with it, by beginning the
  /// transaction anew (a Transaction has its own).
  [[nodiscard]] bool waits() const;

 private:
  struct Value {
    enum class Kind : std::uint8_t { number, text, null } kind = Kind::null;
    std::int64_t number = 0;  ///< of a text: where it begins
    std::size_t size = 0;     ///< of a text
  };
  struct Rows {
    const LateTable* table = nullptr;
    std::vector<std::pair<std::int64_t, std::int64_t>> keys{};
    std::vector<Value> values{};
    std::string texts{};

    void put(std::int64_t number) { values.push_back({Value::Kind::number, number, 0}); }
    void put(int number) { put(static_cast<std::int64_t>(number)); }
    void put(const std::optional<std::int64_t>& number) {
      if (number) put(*number);
      else values.push_back({});
    }
    void put(std::string_view text) {
      values.push_back({Value::Kind::text, static_cast<std::int64_t>(texts.size()), text.size()});
      texts += text;
    }
    void put(const std::string& text) { put(std::string_view(text)); }
    void put(const char* text) { put(std::string_view(text)); }
  };
  Rows& of(const LateTable& table);
  Status write(Rows& rows);
  static Status run(Query& query, const Rows& rows, std::size_t from, std::size_t to);

  Connection& connection_;
  std::vector<Rows> tables_;
};

}  // namespace orgo::sql
