#include "adapter/sql/postgres/postgres_line.h"

namespace orgo::sql {
namespace {

constexpr Millis kRest{1'000};

}  // namespace

PostgresLine::PostgresLine(PostgresOptions options) : options_(std::move(options)) {}

PostgresLine::Turn::Turn(PostgresLine& line) : line_(line) {
  std::unique_lock lock(line_.mutex_);
  is_ours_ = line_.turn_ended_.wait_until(lock, within(line_.options_.patience), [this] { return !line_.is_taken_; });
  if (is_ours_) line_.is_taken_ = true;
}

PostgresLine::Turn::~Turn() {
  if (!is_ours_) return;
  {
    const std::lock_guard lock(line_.mutex_);
    line_.is_taken_ = false;
  }
  line_.turn_ended_.notify_one();
}

Status PostgresLine::connect() {
  if (connection_ && connection_->is_usable()) return {};
  if (!connection_) {
    ORGO_TRY(opened, open_postgres_connection(options_));
    connection_ = std::move(opened);
  } else {
    // The same one anew: it ends at the server what the old one may still be doing there. Nothing is begun by that.
    ORGO_CHECK(connection_->begin());
    connection_->rollback();
  }
  away_.reset();
  return {};
}

Error PostgresLine::rest_after(Error error) {
  away_ = error;
  rests_until_ = within(kRest);
  return error;
}

}  // namespace orgo::sql
