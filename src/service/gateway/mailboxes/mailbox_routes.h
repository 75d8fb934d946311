#pragma once
#include <functional>
#include <utility>
#include <vector>

#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/mailbox/mailbox_reader.h"

namespace orgo::gateway {

/// The mailboxes that mail is fetched from.
class MailboxRoutes final : public Feature {
 public:
  struct Ports {
    std::function<std::vector<MailboxStatus>()> mailboxes;  ///< of all tenants
  };
  explicit MailboxRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> show(const Call& call);
  [[nodiscard]] std::vector<MailboxStatus> of_caller(const Call& call) const;

  Ports ports_;
};

}  // namespace orgo::gateway
