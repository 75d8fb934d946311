#include "service/gateway/queue/restored_routes.h"

#include "base/json_writer.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/gateway/queue/send_page.h"

namespace orgo::gateway {
namespace {

constexpr std::string_view kList = "restored sends";
constexpr std::size_t kSendsMax = 1'000;
constexpr std::size_t kReasonMax = 500;

}  // namespace

Result<HttpResponse> RestoredRoutes::list(const Call& call) {
  return send_page(call, ports_.cursors, kList, [&](SendId after, int limit) {
    return ports_.outbox.restored_sends(call.caller->tenant, after, limit);
  });
}

Result<HttpResponse> RestoredRoutes::release(const Call& call) {
  return decide(call, RestoredSends::Word::release);
}

Result<HttpResponse> RestoredRoutes::drop(const Call& call) {
  return decide(call, RestoredSends::Word::drop);
}

/// `sends` names them; without it, all are meant.
Result<HttpResponse> RestoredRoutes::decide(const Call& call, RestoredSends::Word word) {
  JsonBody body(call.request);
  const bool all = !body.has("sends");
  const auto names = body.optional_texts("sends", kSendsMax, 30);
  const auto reason = word == RestoredSends::Word::drop ? body.text("reason", kReasonMax) : std::string();
  std::vector<SendId> sends;
  for (const auto& name : names) {
    if (const auto id = parse_id<SendTag>(name)) sends.push_back(*id);
    else body.complain("sends", "'" + name + "' is not a send; write it as in s5");
  }
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  const auto actor = call.caller->actor();
  const RestoredSends::Decision decision{.word = word, .reason = reason, .actor = actor};
  ORGO_TRY(done, all ? ports_.sends.decide_all(call.caller->tenant, decision)
                     : ports_.sends.decide(call.caller->tenant, sends, decision));
  std::string text;
  JsonWriter(text).begin_object().field("sends", done).end_object();
  return json_response(std::move(text));
}

std::vector<Route> RestoredRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/sends/restored",
       .permission = Permission::manage_queue,
       .handler = to<&RestoredRoutes::list>(this),
       .summary = "Mails and webhooks that waited when a backup was put back. They may have gone out already, so they "
                  "are held.",
       .query = {{"limit", "Sends of the answer; 50 when missing.", R"({"type":"integer","minimum":1,"maximum":1000})"},
                 {"cursor", "Of the page before."}},
       .answer = "SendPage"},
      {.method = "POST",
       .pattern = "/api/v1/sends/restored/release",
       .permission = Permission::manage_queue,
       .handler = to<&RestoredRoutes::release>(this),
       .summary =
           "Lets go what a restore holds: the sends that are named, or, without names, all. 409 when one of them "
           "is not held.",
       .body = json_body(R"({"type":"object","properties":{"sends":{"type":"array","maxItems":1000,
         "items":{"type":"string"},"example":["s5"]}}})"),
       .answer = "RestoredSendsDecided"},
      {.method = "POST",
       .pattern = "/api/v1/sends/restored/drop",
       .permission = Permission::manage_queue,
       .handler = to<&RestoredRoutes::drop>(this),
       .summary = "Never sends what a restore holds: the sends that are named, or, without names, all. 409 when one of "
                  "them is not held.",
       .body = json_body(R"({"type":"object","required":["reason"],"properties":{"sends":{"type":"array",
         "maxItems":1000,"items":{"type":"string"},"example":["s5"]},
         "reason":{"type":"string","maxLength":500}}})"),
       .answer = "RestoredSendsDecided"},
  };
}

std::vector<Schema> RestoredRoutes::schemas() const {
  return {
      {"RestoredSendsDecided", R"({"type":"object","required":["sends"],"properties":{"sends":{"type":"integer"}}})"},
      {"SendPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"type":"object"}},"next_cursor":{"type":["string","null"]}}})"},
  };
}

}  // namespace orgo::gateway
