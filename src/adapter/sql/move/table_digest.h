#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "adapter/sql/connection.h"
#include "adapter/sql/move/table_shape.h"
#include "base/hash.h"

namespace orgo::sql {

/// All rows of one tenant in one table, in the order of their key.
struct TenantDigest {
  std::int64_t tenant = 0;  ///< 0: the key does not begin with one, and this is the whole table
  std::int64_t rows = 0;
  Sha256 hash{};
  friend bool operator==(const TenantDigest&, const TenantDigest&) = default;
};

/// Reads the whole table; `watch` hears of each page how many rows it had. Errors: unavailable, corrupt.
Result<std::vector<TenantDigest>> digests_of(Connection& connection, const TableStatements& table,
                                             const std::function<void(std::int64_t)>& watch);
/// Empty, or where two differ first: "messages of tenant 3: 17 rows here, 16 there".
std::string difference(const std::string& table, const std::vector<TenantDigest>& here,
                       const std::vector<TenantDigest>& there);

/// The key of the row that `rows` stands at, each column as text.
std::vector<std::string> key_of_row(Query& rows, const TableShape& shape);

}  // namespace orgo::sql
