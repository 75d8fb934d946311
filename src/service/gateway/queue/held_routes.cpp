#include "service/gateway/queue/held_routes.h"

#include "base/keep_first.h"
#include "base/planted.h"
#include "service/gateway/core/answer.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

constexpr std::string_view kList = "held sends";

}  // namespace

Result<HttpResponse> HeldRoutes::list(const Call& call) {
  ORGO_TRY(limit, page_limit(call));
  SendId after{};
  if (const auto cursor = parameter(call, "cursor"); !cursor.empty()) {
    ORGO_TRY(last, ports_.cursors.read(kList, cursor));
    after.value = last;
  }
  const auto tenant = ORGO_PLANT(held_of_another_tenant) ? TenantId{2} : call.caller->tenant;
  ORGO_TRY(page, ports_.outbox.held_sends(tenant, after, limit + 1));
  const bool more = static_cast<int>(page.size()) > limit;
  keep_first(page, static_cast<std::size_t>(limit));
  std::optional<std::string> next;
  if (more) next = ports_.cursors.make(kList, page.back().id.value);
  return list_response(
      call, page, [](JsonWriter& writer, const auto& send) { views::write_send(writer, send); }, next);
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
