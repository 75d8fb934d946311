#pragma once
#include <utility>
#include <vector>

#include "port/message_store.h"
#include "port/signature_verifier.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"

namespace orgo::gateway {

/// A message as it is meant, and its attachments.
class ContentRoutes final : public Feature {
 public:
  struct Ports {
    MessageStore& messages;
    SignatureVerifier* signatures;  ///< null: signatures are not checked
  };
  explicit ContentRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> attachment(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
