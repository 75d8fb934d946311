#pragma once
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "port/change_store.h"
#include "port/clock.h"
#include "port/tenant_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/cursor.h"
#include "service/gateway/core/route.h"
#include "service/gateway/tenants/prepare_tenant.h"

namespace orgo::gateway {

/// The organizations that live here: for administrators of the tenant of those who run the server, and for nobody else.
class TenantRoutes final : public Feature {
 public:
  struct Ports {
    TenantStore& tenants;
    ChangeStore& changes;
    const Cursors& cursors;
    Clock& clock;
    PrepareTenant prepare;             ///< may be empty
    CheckRecipients check_recipients;  ///< the same
    /// Something of a tenant is another now; may be empty.
    std::function<void(const Tenant& tenant)> changed;
  };
  explicit TenantRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> add(const Call& call);
  Result<HttpResponse> set_recipients(const Call& call);
  Result<HttpResponse> suspend(const Call& call);
  Result<HttpResponse> resume(const Call& call);
  Result<HttpResponse> make_token(const Call& call);

  /// The tenant of those who run the server, if the caller is one of them; not_permitted: he is not.
  Result<TenantId> operators(const Call& call);
  /// The tenant that the path names, for the operators only.
  Result<Tenant> named(const Call& call);
  /// May it have its recipients?
  Status check(const Result<TenantUpdate>& update);
  Result<HttpResponse> put(const Call& call, const Result<TenantUpdate>& update, int status = 200);

  Ports ports_;
  std::mutex adding_;  ///< one at a time: what a refused one takes away may be no other's
};

}  // namespace orgo::gateway
