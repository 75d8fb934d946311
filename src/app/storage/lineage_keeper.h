#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "core/lineage/lineage.h"
#include "port/lineage_store.h"

namespace orgo {

/// Keeps how far a database has come in a file beside it too, so that a start knows when one of them was put back. The
/// file is written behind the database: it may lag by one mark and never leads, at whatever moment the power goes.
class LineageKeeper {
 public:
  /// Looks at what is there before anything goes out. A restored database begins a new epoch: what waits in its outbox
  /// is held until a person releases it, and what will come of that which is older than `now` too. The caller owns the
  /// folder. `others_live`: other nodes work on it now. Errors: those of the store and of the file.
  static Result<std::unique_ptr<LineageKeeper>> open(std::string folder, LineageStore& store, TimePoint now,
                                                     bool others_live = false);
  LineageKeeper(std::string folder, LineageStore& store, Lineage lineage)
      : folder_(std::move(folder)), store_(store), lineage_(std::move(lineage)) {}

  /// The next mark: in the database, then in the file. What could not be written the last time comes first. Any thread.
  Status mark();
  [[nodiscard]] std::int64_t epoch() const { return epoch_; }
  [[nodiscard]] TimePoint restored_at() const { return restored_at_; }

 private:
  Status write_file();

  const std::string folder_;
  LineageStore& store_;
  std::mutex mutex_;
  Lineage lineage_;       ///< as it stands in the database
  bool written_ = false;  ///< and in the file
  std::int64_t epoch_ = lineage_.epoch;
  TimePoint restored_at_ = lineage_.restored_at;
};

}  // namespace orgo
