#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "adapter/sql/connection.h"
#include "base/time.h"

namespace orgo::sql {

/// Connections to read with: some are kept open, more are opened while many read, and whoever comes when all are in use
/// waits. Threads: any.
class ReaderPool {
 public:
  using Opener = std::function<Result<std::unique_ptr<Connection>>()>;
  /// `kept` stay open; at most `most` are in use at a time.
  ReaderPool(Opener open, int kept, int most) : open_(std::move(open)), kept_(kept), most_(most) {}

  /// unavailable: none was free by the deadline, or it can't be opened.
  Result<std::unique_ptr<Connection>> take(Deadline deadline);
  /// Ends a snapshot, and forgets a connection that can't be used again.
  void give_back(std::unique_ptr<Connection> connection);
  /// One that was opened elsewhere, and is free.
  void put(std::unique_ptr<Connection> connection);
  void clear();

 private:
  Opener open_;
  int kept_;
  int most_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<Connection>> connections_;
  int used_ = 0;
};

}  // namespace orgo::sql
