#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/node/node.h"
#include "app/storage/storage_part.h"
#include "service/gateway/probes/ready_check.h"
#include "service/policy/policy_book.h"

namespace orgo {

/// What each organization has decided: loaded when somebody asks, read again when its files change. A thread of its own
/// looks at the files, since they may lie on a disk that takes its time, and no signal waits for that. Methods: any
/// thread, on_feeds() before the work begins.
class PoliciesPart {
 public:
  /// conflict: other nodes work by rules that these are no version of. invalid_input: the operator's own rules have
  /// errors; a module that has some is only refused, and another tenant's mistakes are its own.
  static Result<PoliciesPart*> open(Node& node, const Config& config, StoragePart& storage);
  PoliciesPart(Node& node, const Config& config, StoragePart& storage);

  [[nodiscard]] PolicyBook& book() { return book_; }
  /// For services.
  [[nodiscard]] PolicyOf policies() {
    return [this](TenantId tenant) { return book_.of(tenant); };
  }
  /// Has the files of all policies in memory read again soon, changed or not; each all or nothing. The log says what
  /// came of it. What has changed is read by itself.
  void ask_to_reload();
  /// One turn of the thread: reads what has changed, or of which another node has taken over others; how many that
  /// were. For it alone, and for tests that begin none.
  std::size_t look();
  /// `told` hears now, and whenever others are named, which feeds by URL the rules name. One listener.
  void on_feeds(std::function<void(std::vector<std::string> urls)> told);
  /// Rules in force, of all policies in memory.
  [[nodiscard]] std::size_t rule_count() const { return book_.rule_count(); }
  /// "rules" of /readyz, and "rules of tenants", which holds no traffic back.
  [[nodiscard]] std::vector<gateway::ReadyCheck> ready_checks() const;

 private:
  Status load();
  void tell(const PolicyBook::Loaded& loaded) const;
  void tell_feeds();

  const Config& config_;
  TenantStore& tenants_;
  const TenantId operators_;
  PolicyBook book_;
  mutable std::mutex names_mutex_;
  mutable std::map<TenantId, std::string> names_;  ///< of tenants whose rules something was told about
  std::function<void(std::vector<std::string>)> told_;
  std::vector<std::string> feeds_;  ///< that were told last
  Signals& signals_;
  const std::string boot_;
  std::unique_ptr<Signals::Subscription> subscription_;
  std::atomic<bool> asked_{false};
  const bool is_shared_;  ///< other nodes may work on the stores
  Deadline looked_at_history_{};
  LoopGroup* loops_ = nullptr;
};

}  // namespace orgo
