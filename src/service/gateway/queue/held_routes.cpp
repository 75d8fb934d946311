#include "service/gateway/queue/held_routes.h"

#include "base/planted.h"
#include "service/gateway/queue/send_page.h"

namespace orgo::gateway {
namespace {

constexpr std::string_view kList = "held sends";

}  // namespace

Result<HttpResponse> HeldRoutes::list(const Call& call) {
  const auto tenant = ORGO_PLANT(held_of_another_tenant) ? TenantId{2} : call.caller->tenant;
  return send_page(call, ports_.cursors, kList,
                   [&](SendId after, int limit) { return ports_.outbox.held_sends(tenant, after, limit); });
}

std::vector<Route> HeldRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/queue/held",
       .permission = Permission::manage_queue,
       .handler = to<&HeldRoutes::list>(this),
       .summary = "Mails and webhooks that the brake against loops holds: `detail` says for which limit, `due_at` when "
                  "each is looked at again. They go by themselves as soon as there is room.",
       .query = {{"limit", "Sends of the answer; 50 when missing.", R"({"type":"integer","minimum":1,"maximum":1000})"},
                 {"cursor", "Of the page before."}},
       .answer = "SendPage"},
  };
}

}  // namespace orgo::gateway
