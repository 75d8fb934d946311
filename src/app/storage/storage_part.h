#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/data_folder/data_folder.h"
#include "adapter/sql/stores.h"
#include "app/config.h"
#include "app/node/node.h"
#include "app/storage/lineage_keeper.h"
#include "app/storage/sampler.h"
#include "app/storage/store_watch.h"
#include "app/storage/workload_gauges.h"
#include "base/metrics.h"
#include "service/gateway/probes/ready_check.h"

namespace orgo {

/// The data folder and the stores in it: what every other part stands on, and the last to close.
class StoragePart {
 public:
  /// conflict: another process owns the folder. Others as SqlStores::open().
  static Result<StoragePart*> open(Node& node, const Config& config);

  SqlStores& stores() { return *stores_; }
  /// Before the first lease: what waits in a database that was put back, and may have gone out long ago, is held. What
  /// earlier boots of this node held is free. `others_live`: beside this one.
  Status begin_serving(Node& node, bool others_live);
  /// Tells the mails in the folder from those in another one; empty: none lie there.
  [[nodiscard]] std::string mails_of_folder() const;
  /// In whose name this process holds leases.
  [[nodiscard]] const LeaseOwner& owner() const { return owner_; }
  DataFolder& folder() { return *folder_; }
  /// See Lineage.
  [[nodiscard]] TimePoint restored_at() const { return lineage_->restored_at(); }
  /// The tenant of those who run the server: the one that is there from the beginning.
  [[nodiscard]] TenantId tenant() const { return *tenant_; }
  /// A key of the folder's secret, for one use: what is signed for one is worth nothing for another.
  [[nodiscard]] std::string key(std::string_view use) const;
  /// "database" and "disk" of /readyz. A full disk is told also while nobody tries to write.
  [[nodiscard]] std::vector<gateway::ReadyCheck> ready_checks() const;

 private:
  void close(TimePoint now);
  /// One more mark when anything was written since the last one.
  Status mark();
  /// Writes of the store so far, but for those that were only tried.
  [[nodiscard]] std::uint64_t written() const { return stores_->engine->stats().jobs - rehearsals_; }
  /// Is all there, and would a mail be accepted?
  Status rehearse();
  void watch_store(Node& node);

  std::string place_;  ///< of the data folder
  MailPlace mail_place_ = MailPlace::folder;
  std::optional<DataFolder> folder_;
  std::string secret_;
  std::unique_ptr<SqlStores> stores_;
  std::optional<TenantId> tenant_;
  LeaseOwner owner_;
  std::unique_ptr<LineageKeeper> lineage_;
  std::uint64_t marked_at_ = 0;  ///< written() at the last mark
  std::atomic<std::uint64_t> rehearsals_{0};
  std::unique_ptr<metrics::ScrapeHook> scrape_;
  std::unique_ptr<WorkloadGauges> workload_;
  std::unique_ptr<Sampler> sampler_;
  std::unique_ptr<StoreWatch> watch_;
};

}  // namespace orgo
