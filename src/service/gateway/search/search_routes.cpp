#include "service/gateway/search/search_routes.h"

#include "base/json_writer.h"
#include "service/gateway/core/answer.h"
#include "service/search/task_search.h"

namespace orgo::gateway {

Result<HttpResponse> SearchRoutes::show(const Call& call) {
  if (ports_.follower == nullptr) return failure(Errc::conflict, std::string(kNoSearch));
  ORGO_TRY(standing, ports_.follower->standing(call.caller->tenant));
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("tasks", standing.documents)
      .field("behind_seconds", standing.behind.count() / 1000)
      .field("building", standing.rebuilding)
      .end_object();
  return json_response(std::move(body));
}

Result<HttpResponse> SearchRoutes::rebuild(const Call& call) {
  if (ports_.follower == nullptr) return failure(Errc::conflict, std::string(kNoSearch));
  ports_.follower->rebuild(call.caller->tenant);
  return show(call);
}

std::vector<Route> SearchRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/search",
       .permission = Permission::read_tasks,
       .handler = to<&SearchRoutes::show>(this),
       .summary = "How the index of searches stands. To search: GET /api/v1/tasks?search=...",
       .answer = "SearchIndex"},
      {.method = "POST",
       .pattern = "/api/v1/search/rebuild",
       .permission = Permission::manage_queue,
       .handler = to<&SearchRoutes::rebuild>(this),
       .summary = "Builds the index anew from what is stored; the old one answers meanwhile. Twice does no harm.",
       .answer = "SearchIndex"},
  };
}

std::vector<Schema> SearchRoutes::schemas() const {
  return {{"SearchIndex", R"({"type":"object","required":["tasks","behind_seconds","building"],"properties":{
        "tasks":{"type":"integer","description":"Tasks that can be found."},
        "behind_seconds":{"type":"integer","description":"Age of the oldest change that is not in it; 0: none."},
        "building":{"type":"boolean","description":"Some tasks may be missing or known as they were."}}})"}};
}

}  // namespace orgo::gateway
