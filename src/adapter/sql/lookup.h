#pragma once
#include <cstddef>
#include <memory>
#include <optional>

#include "adapter/sql/connection.h"
#include "adapter/sql/parameter_sets.h"

namespace orgo::sql {

/// One SELECT for several sets of parameters, which a batch asks for together: a statement for each where nothing is
/// saved by anything else, when its rows are asked for; all of them in one statement of one message where each message
/// is waited for (Batching). Then they are read when the first rows of any are asked for: whoever writes in between
/// must know by itself what that changes.
class Lookup {
 public:
  /// `sql` must be a literal; it has no trailing semicolon and its parameters are all in `ask`.
  Lookup(Connection& connection, const char* sql) : connection_(connection), sql_(sql) {}

  /// Its number, from 0.
  template <typename... Values>
  std::size_t ask(const Values&... values) {
    sets_.add(values...);
    return sets_.size() - 1;
  }
  [[nodiscard]] std::size_t size() const { return sets_.size(); }
  [[nodiscard]] bool empty() const { return sets_.empty(); }
  /// Nothing more is asked: it goes out with the next statement that is waited for.
  void send();
  /// The rows of one set, to be gone through with next(); valid until rows of another set are asked for. Of a set whose
  /// rows were gone through they come again.
  Result<Query*> rows(std::size_t set);

 private:
  Connection& connection_;
  const char* sql_;
  ParameterSets sets_;
  std::unique_ptr<ManyRows> many_;
  std::optional<Query> query_;
};

}  // namespace orgo::sql
