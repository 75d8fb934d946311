#include "adapter/sql/postgres/postgres_many.h"

namespace orgo::sql {

Status PostgresMany::choose(std::size_t set) {
  if (!rows_.is_here()) {
    if (slot_->rows == nullptr) ORGO_CHECK(connection_.flush());
    if (slot_->rows == nullptr) return failure(Errc::unavailable, "its transaction has ended");
    rows_.take(std::move(slot_->rows));
    sort_by_set();
  }
  next_ = begins_.at(set);
  end_ = begins_.at(set + 1);
  return {};
}

/// They mostly come so, but a plan may join the other way round; within a set their order stays.
void PostgresMany::sort_by_set() {
  const int number = rows_.columns() - 1;
  const int count = rows_.size();
  std::vector<std::size_t> sets(static_cast<std::size_t>(count));
  begins_.assign(sets_ + 1, 0);
  for (int row = 0; row < count; ++row) {
    rows_.go_to(row);
    const auto set = static_cast<std::size_t>(rows_.integer(number));  // from 1
    sets[static_cast<std::size_t>(row)] = set - 1;
    ++begins_.at(set);
  }
  for (std::size_t set = 1; set <= sets_; ++set) begins_[set] += begins_[set - 1];
  auto place = begins_;
  of_set_.resize(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) of_set_[place[sets[static_cast<std::size_t>(row)]]++] = row;
}

Result<bool> PostgresMany::step() {
  if (next_ == end_) return false;
  rows_.go_to(of_set_[next_++]);
  return true;
}

}  // namespace orgo::sql
