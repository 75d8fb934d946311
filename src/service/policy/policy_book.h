#pragma once
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "port/change_store.h"
#include "port/clock.h"
#include "port/policy_source.h"
#include "port/rule_store.h"
#include "service/policy/rule_book.h"

namespace orgo {

/// Asks for the policy of a tenant that is in force now; what services hold.
using PolicyOf = std::function<Result<std::shared_ptr<const Policy>>(TenantId)>;

struct PolicyBookOptions {
  std::size_t most = 1'000;  ///< policies in memory; beyond it the one that was asked for longest ago goes
  /// Other nodes work on the store now; with it, what another node puts in force is taken over from the history
  /// (core/policy/rules_choice.h). Empty: there is one server.
  std::function<bool()> others_live = {};
  Millis retry{10'000};  ///< what could not be loaded is not tried again sooner, unless its files changed
};

/// The policies of all tenants: loaded when they are asked for, kept while they are used, loaded again when their files
/// change. A tenant that nobody asks for costs nothing. A new version is kept in the history first and in force then; a
/// file with errors leaves what was in force, also over a restart: then the newest version of the history counts.
/// Threads: any. One load at a time for each tenant; others who ask for it wait, and nobody waits for another's.
class PolicyBook {
 public:
  using Open = std::function<Result<std::unique_ptr<PolicySource>>(TenantId)>;
  PolicyBook(Open open, RuleStore& versions, ChangeStore& changes, Clock& clock, PolicyBookOptions options = {});
  ~PolicyBook();

  /// Errors: as PolicySource::read() and RuleStore's; invalid_input also when the rules have errors and there never was
  /// a version without. An error is remembered, see PolicyBookOptions::retry.
  Result<std::shared_ptr<const Policy>> of(TenantId tenant);

  /// What came of looking at the files of a tenant.
  struct Loaded {
    TenantId tenant;
    RuleBook::Reloaded report;
    std::vector<SourceFile> files;  ///< for the places in the report's errors
    std::string trouble;            ///< PolicySource::Read::trouble
    bool are_unknown = false;       ///< RulesChoice::unknown
    std::optional<Error> error;     ///< nothing new is in force for this; the report may be empty then
  };
  /// Reads the files again, whether they changed or not. Not in memory: loads it.
  Loaded reload(TenantId tenant);
  /// The same of each policy in memory whose files have changed, or whose version could not be kept.
  std::vector<Loaded> reload_changed();
  /// The same of all in memory.
  std::vector<Loaded> reload_all();
  /// The next reload_changed() reads the files of a tenant whether they changed or not, if it is in memory: another
  /// node has taken over others.
  void look_again(TenantId tenant);
  /// The same of each policy in memory that is not the newest of the history: of what another node did, nobody told.
  void look_at_history();
  /// Forgets a tenant; the next who asks reads anew.
  void forget(TenantId tenant);

  /// Tenants of which another policy than the one before is in force since the last call, also over a restart. For the
  /// one who sets deadlines anew.
  std::vector<TenantId> take_changed();
  /// What is wrong with the newest files of a tenant, in words; empty: nothing, or it is not in memory.
  [[nodiscard]] std::string trouble(TenantId tenant) const;
  /// Tenants whose files are wrong, of those in memory.
  [[nodiscard]] std::vector<TenantId> troubled() const;
  /// The feeds by URL that the policies in memory name.
  [[nodiscard]] std::vector<std::string> feed_urls() const;
  [[nodiscard]] std::size_t size() const;
  /// All rules in memory.
  [[nodiscard]] std::size_t rule_count() const;

 private:
  struct Entry;
  std::shared_ptr<Entry> entry(TenantId tenant);
  Loaded load(Entry& entry);
  /// With several nodes: takes the newest rules of the history in place of what lies here, where they count.
  Status follow(Entry& entry, PolicySource::Read& read, RuleBook::Draft& draft, Loaded& loaded);
  /// In force, or why not. With `entry.loading` held.
  Status put_in_force(Entry& entry, const PolicySource::Read& read, const RuleBook::Draft& draft);
  std::vector<std::shared_ptr<Entry>> entries() const;
  void evict();

  const Open open_;
  RuleStore& versions_;
  ChangeStore& changes_;
  Clock& clock_;
  const PolicyBookOptions options_;
  mutable std::mutex mutex_;                 ///< guards what follows, and of each entry what it says
  std::list<std::shared_ptr<Entry>> order_;  ///< used last in front
  std::map<TenantId, std::list<std::shared_ptr<Entry>>::iterator> entries_;
  std::vector<TenantId> changed_;
};

}  // namespace orgo
