#pragma once
#include <utility>
#include <vector>

#include "port/change_store.h"
#include "port/clock.h"
#include "port/outbox.h"
#include "port/tenant_store.h"
#include "port/work_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/work/ledger_repair.h"

namespace orgo::gateway {

/// Work that was given up: to be looked at, tried again, or dropped with a reason. Sends that were given up, to be sent
/// again. Messages in no state, which must never be, to be put back to work.
class QueueRoutes final : public Feature {
 public:
  struct Ports {
    WorkStore& work;
    LedgerRepair& repair;
    TenantStore& tenants;
    Outbox& outbox;
    ChangeStore& changes;
    Clock& clock;
  };
  explicit QueueRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> retry(const Call& call);
  Result<HttpResponse> drop(const Call& call);
  Result<HttpResponse> retry_send(const Call& call);
  Result<HttpResponse> repair(const Call& call);
  Result<DeadLetter> find_dead(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
