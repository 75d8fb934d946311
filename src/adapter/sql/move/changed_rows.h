#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapter/sql/connection.h"
#include "adapter/sql/move/table_shape.h"

namespace orgo::sql {

/// What the triggers of a move have noted, seen at the one instant at which `source` reads.
class ChangedRows {
 public:
  using Tables = std::vector<std::unique_ptr<TableStatements>>;
  ChangedRows(Connection& source, Connection& target, const Tables& tables);

  /// In the transaction of `target`: each row that has changed is as `source` sees it, or gone. All are taken away
  /// first, so that none meets what another one was before. `reads_back`: and is compared there, else conflict.
  /// Returns how many changes there were.
  Result<std::int64_t> take_over(bool reads_back);
  /// Behind that commit, while `source` still reads the same instant: forgets them there.
  Status forget(Connection& noting);

 private:
  struct Page {
    std::int64_t last = 0;  ///< number of its last note; 0: empty
    std::vector<std::int64_t> numbers;
    std::map<const TableStatements*, std::vector<std::vector<std::string>>> keys;  ///< each once
  };
  Result<Page> page_behind(std::int64_t number);
  Status remove(const Page& page);
  Status insert(const Page& page, bool reads_back);

  Connection& source_;
  Connection& target_;
  std::map<std::string, const TableStatements*, std::less<>> tables_;
};

/// The rows of a table without a key, in the place of those that `target` has: how many.
Result<std::int64_t> copy_without_key(Connection& source, Connection& target, const TableStatements& table);
/// Binds the columns of a key, which are kept as texts.
void bind_key(Query& query, const TableShape& shape, const std::vector<std::string>& key);
/// One INSERT for each of the sets, all at once where messages are waited for.
Status insert_all(Connection& connection, const char* sql, const ParameterSets& sets);
/// Of what kind the columns of a row are, in their order.
std::vector<ParameterSets::Kind> kinds_of(const TableShape& shape);

}  // namespace orgo::sql
