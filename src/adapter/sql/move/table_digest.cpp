#include "adapter/sql/move/table_digest.h"

#include <memory>

#include "adapter/sql/move/changed_rows.h"
#include "adapter/sql/move/row_bytes.h"

namespace orgo::sql {
namespace {

constexpr std::int64_t kRowsOfAPage = 5'000;

}  // namespace

std::vector<std::string> key_of_row(Query& rows, const TableShape& shape) {
  std::vector<std::string> key;
  for (const auto place : shape.key) {
    const auto column = static_cast<int>(place);
    key.push_back(shape.columns[place].kind == ParameterSets::Kind::number ? std::to_string(rows.integer(column))
                                                                           : rows.string(column));
  }
  return key;
}

Result<std::vector<TenantDigest>> digests_of(Connection& connection, const TableStatements& table,
                                             const std::function<void(std::int64_t)>& watch) {
  const auto& shape = table.shape;
  const bool by_tenant = !shape.key.empty() && shape.columns[shape.key.front()].name == "tenant";
  const auto kinds = kinds_of(shape);
  std::vector<TenantDigest> digests;
  auto hash = std::make_unique<Sha256Stream>();
  const auto end_tenant = [&] {
    if (!digests.empty()) digests.back().hash = hash->finish();
    hash = std::make_unique<Sha256Stream>();
  };
  std::vector<std::string> last;
  for (;;) {
    std::int64_t count = 0;
    Query rows(connection, last.empty() ? table.first.c_str() : table.behind.c_str());
    if (!last.empty()) bind_key(rows, shape, last);
    rows.with(kRowsOfAPage);
    for (;;) {
      ORGO_TRY(row, rows.next());
      if (!row) break;
      const auto tenant = by_tenant ? rows.integer(static_cast<int>(shape.key.front())) : 0;
      if (digests.empty() || digests.back().tenant != tenant) {
        end_tenant();
        digests.push_back({.tenant = tenant, .rows = 0, .hash = {}});
      }
      hash->add(bytes_of_row(rows, kinds));
      ++digests.back().rows;
      ++count;
      last = key_of_row(rows, shape);
    }
    watch(count);
    if (count < kRowsOfAPage || shape.key.empty()) break;
  }
  end_tenant();
  return digests;
}

std::string difference(const std::string& table, const std::vector<TenantDigest>& here,
                       const std::vector<TenantDigest>& there) {
  const auto name = [&](const TenantDigest& one) {
    return one.tenant == 0 ? table : table + " of tenant " + std::to_string(one.tenant);
  };
  for (std::size_t i = 0; i < here.size() || i < there.size(); ++i) {
    if (i >= there.size() || (i < here.size() && here[i].tenant < there[i].tenant))
      return name(here[i]) + ": " + std::to_string(here[i].rows) + " rows here, none there";
    if (i >= here.size() || there[i].tenant < here[i].tenant)
      return name(there[i]) + ": none here, " + std::to_string(there[i].rows) + " rows there";
    if (here[i].rows != there[i].rows)
      return name(here[i]) + ": " + std::to_string(here[i].rows) + " rows here, " + std::to_string(there[i].rows) +
             " there";
    if (here[i].hash != there[i].hash) return name(here[i]) + ": as many rows, and not the same ones";
  }
  return {};
}

}  // namespace orgo::sql
