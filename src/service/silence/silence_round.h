#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "port/tenant_store.h"
#include "service/policy/policy_book.h"
#include "service/silence/silence_service.h"

namespace orgo {

/// The silence alarm of all tenants, one after the other, each by its own policy. A tenant to which nothing ever came
/// costs a row of a page and no memory; of those with mail, `most` are kept between rounds. One thread.
class SilenceRound {
 public:
  struct Stores {
    TenantStore& tenants;
    SilenceStore& silence;
    TaskStore& tasks;
    ChangeStore& changes;
  };
  /// `trouble_of` says what a source itself complains of; may be empty.
  SilenceRound(Stores stores, Clock& clock, PolicyOf policies,
               std::function<std::string(TenantId tenant, const std::string& source)> trouble_of = {},
               std::size_t most = 1'000);

  /// All active tenants once. Trouble of one is logged and holds no other back. The time in which a tenant was
  /// suspended is no silence: no mail could come.
  Result<SilenceService::Report> step();
  Status save();
  /// Another node has learned meanwhile: the next step begins with what is written down.
  void forget() { kept_.clear(); }

 private:
  std::unique_ptr<SilenceService> make(TenantId tenant);
  Status step(TenantId tenant, SilenceService::Report& report);

  Stores stores_;
  Clock& clock_;
  const PolicyOf policies_;
  const std::function<std::string(TenantId, const std::string&)> trouble_of_;
  const std::size_t most_;
  std::map<TenantId, std::unique_ptr<SilenceService>> kept_;
  std::set<TenantId> suspended_;  ///< in the round before
};

}  // namespace orgo
