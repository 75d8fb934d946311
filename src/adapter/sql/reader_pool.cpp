#include "adapter/sql/reader_pool.h"

#include "base/store_trouble.h"

namespace orgo::sql {

Result<std::unique_ptr<Connection>> ReaderPool::take(Deadline deadline) {
  {
    std::unique_lock lock(mutex_);
    if (!free_.wait_until(lock, deadline, [this] { return used_ < most_; }))
      return failure(Errc::unavailable, "the store is too busy to read in time");
    ++used_;
    if (!connections_.empty()) {
      auto connection = std::move(connections_.back());
      connections_.pop_back();
      return connection;
    }
  }
  auto opened = open_();
  if (opened) return opened;
  const std::lock_guard lock(mutex_);
  --used_;
  free_.notify_one();
  return tl::unexpected(as_store_trouble(std::move(opened).error()));
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  connection->rollback();
  const std::lock_guard lock(mutex_);
  --used_;
  free_.notify_one();
  // What cut one has most likely cut those that lie here.
  if (!connection->is_usable()) connections_.clear();
  else if (static_cast<int>(connections_.size()) < kept_) connections_.push_back(std::move(connection));
}

void ReaderPool::put(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  connections_.push_back(std::move(connection));
}

void ReaderPool::clear() {
  const std::lock_guard lock(mutex_);
  connections_.clear();
}

}  // namespace orgo::sql
