#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/node/node.h"
#include "app/rules/rule_sources.h"
#include "app/storage/storage_part.h"
#include "core/workplace/workplace.h"
#include "service/gateway/probes/ready_check.h"
#include "service/rule_book/rule_book.h"

namespace orgo {

/// The rules in force: read from their files and modules, read again when these change or another node tells that it
/// has taken over others, kept in the history. reload()
/// and reload_changed() are called by one thread; the others by any.
class RulesPart {
 public:
  /// invalid_input: the organization's own rules have errors; a module that has some is only refused.
  static Result<RulesPart*> open(Node& node, const Config& config, StoragePart& storage);
  RulesPart(Node& node, const Config& config, StoragePart& storage);

  /// Reads the files again; all or nothing. Logs what came of it.
  void reload();
  /// Reloads when a file has changed since the last look. Cheap: the main loop calls it each second.
  void reload_changed();
  /// `told` hears now and after each reading which feeds by URL the rules name. One listener.
  void on_feeds(std::function<void(std::vector<std::string> urls)> told);

  [[nodiscard]] std::shared_ptr<const rules::RuleSet> current() const { return book_.current(); }
  /// Kept alive by the rules that it is a part of.
  [[nodiscard]] std::shared_ptr<const Workplace> workplace() const;
  /// "rules" of /readyz.
  [[nodiscard]] gateway::ReadyCheck ready_check() const;

 private:
  Status load();
  [[nodiscard]] std::string topic() const { return "rules/" + to_string(tenant_); }
  void took_over(const RuleSources::Read& read);
  void keep();

  Clock& clock_;
  const TenantId tenant_;
  ChangeStore& history_;
  const TimeZone zone_;
  RuleSources sources_;
  RuleBook book_;
  std::function<void(std::vector<std::string>)> told_;
  Signals& signals_;
  const std::string boot_;
  std::atomic<bool> changed_elsewhere_{false};  ///< another node has taken over rules: ours may be the older ones
  std::unique_ptr<Signals::Subscription> subscription_;
  std::optional<RuleVersion> unkept_;  ///< in force, and not yet in the history
};

}  // namespace orgo
