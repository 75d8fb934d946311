#pragma once
#include <mutex>
#include <string>

#include "base/store_trouble.h"

namespace orgo::sql {

/// Why the last write failed; empty when the last one went well. Threads: any.
class Trouble {
 public:
  /// Answers of single jobs (a conflict, something that is not there) say nothing about the store.
  void remember(const Status& status) {
    const std::lock_guard lock(mutex_);
    if (!status && is_store_trouble(status.error().code)) text_ = status.error().message;
    else if (!text_.empty()) text_.clear();
  }
  [[nodiscard]] std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace orgo::sql
