#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapter/sql/stores.h"
#include "app/bench/bench_place.h"
#include "app/config.h"
#include "app/server.h"
#include "base/result.h"

namespace orgo {

/// What stands in the database of a bench about the messages of one tenant.
struct BenchOutcome {
  std::int64_t accepted = 0, decided = 0, tasks = 0;
  bool balanced = false;
  std::vector<float> decided_ms{};  ///< of each, from its acceptance to its decision
  double decided_seconds = 0;       ///< from the first acceptance to the last decision
};

/// The whole of Orgo in this process, on free ports of loopback and in a folder of its own, with 100 rules, and without
/// a relay: what it has to tell waits in the outbox.
class BenchServer {
 public:
  static constexpr const char* kRecipient = "office@bench.example";
  static constexpr const char* kNeighbour = "office@neighbour.example";  ///< see add_neighbour()

  static Result<std::unique_ptr<BenchServer>> start(const std::string& folder, const BenchDatabase& database);
  /// A second tenant, for mail that has nothing to do with the load.
  Status add_neighbour();
  [[nodiscard]] int lmtp_port() const;
  /// Messages that wait for their decision.
  Result<std::int64_t> waiting();
  /// Stops it and reads what it has left, of kRecipient's tenant first.
  Result<std::vector<BenchOutcome>> finish();

 private:
  BenchServer(Config config, std::string folder) : config_(std::move(config)), folder_(std::move(folder)) {}

  Config config_;
  std::string folder_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<SqlStores> stores_;  ///< to read beside it
};

}  // namespace orgo
