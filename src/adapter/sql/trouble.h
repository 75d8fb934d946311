#pragma once
#include <mutex>
#include <string>

#include "base/result.h"

namespace orgo::sql {

/// Why the last write failed; empty when the last one went well. Threads: any.
class Trouble {
 public:
  /// Answers of single jobs (a conflict, something that is not there) say nothing about the store.
  void remember(const Status& status) {
    const std::lock_guard lock(mutex_);
    if (is_of_the_store(status)) text_ = status.error().message;
    else if (!text_.empty()) text_.clear();
  }
  [[nodiscard]] std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  static bool is_of_the_store(const Status& status) {
    if (status) return false;
    const auto code = status.error().code;
    return code == Errc::resource_exhausted || code == Errc::unavailable || code == Errc::corrupt ||
           code == Errc::deadline_exceeded;
  }
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace orgo::sql
