#include "adapter/sql/parameter_sets.h"

namespace orgo::sql {

void ParameterSets::add_row(Query& rows, std::span<const Kind> kinds) {
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto column = static_cast<int>(i);
    if (rows.is_null(column)) values_.push_back({});
    else if (kinds[i] == Kind::number) put(rows.integer(column));
    else put_bytes(kinds[i] == Kind::text ? rows.text(column) : rows.blob(column), kinds[i]);
  }
  columns_ = kinds.size();
  ++sets_;
}

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
