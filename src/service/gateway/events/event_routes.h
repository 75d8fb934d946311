#pragma once
#include <utility>
#include <vector>

#include "port/ledger_reader.h"
#include "port/task_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"

namespace orgo::gateway {

/// The log of everything that happened, and the proof that nothing is lost.
class EventRoutes final : public Feature {
 public:
  struct Ports {
    TaskStore& events;
    LedgerReader& ledger;
  };
  explicit EventRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> ledger(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
