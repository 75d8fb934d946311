#include "adapter/sql/parameter_sets.h"

namespace orgo::sql {

void ParameterSets::bind(Query& query, std::size_t set) const {
  for (std::size_t column = 0; column < columns_; ++column) {
    const auto& value = at(set, column);
    switch (value.kind) {
      case Kind::number:
        query.with(value.number);
        break;
      case Kind::text:
        query.with(bytes(value));
        break;
      case Kind::blob:
        query.with(Query::Blob{bytes(value)});
        break;
      case Kind::null:
        query.with(nullptr);
        break;
    }
  }
}

}  // namespace orgo::sql
