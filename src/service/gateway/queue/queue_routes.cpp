#include "service/gateway/queue/queue_routes.h"

#include <algorithm>

#include "base/json_writer.h"
#include "core/work/dead_letter_change.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(10);

}  // namespace

Result<DeadLetter> QueueRoutes::find_dead(const Call& call) {
  ORGO_TRY(item, captured_id<QueueItemTag>(call));
  ORGO_TRY(letter, ports_.work.find_dead({call.caller->tenant, WorkKind::process, item.value}));
  if (!letter) return failure(Errc::not_found, "there is no dead letter " + to_string(item));
  return *std::move(letter);
}

Result<HttpResponse> QueueRoutes::list(const Call& call) {
  ORGO_TRY(limit, page_limit(call));
  ORGO_TRY(letters, ports_.work.dead(call.caller->tenant, limit));
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  for (const auto& letter : letters) views::write_dead_letter(writer, letter);
  writer.end_array();
  return page_response(call, items, std::nullopt);
}

Result<HttpResponse> QueueRoutes::show(const Call& call) {
  ORGO_TRY(letter, find_dead(call));
  std::string body;
  JsonWriter writer(body);
  views::write_dead_letter(writer, letter);
  return json_response(std::move(body));
}

Result<HttpResponse> QueueRoutes::retry(const Call& call) {
  JsonBody body(call.request);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  ORGO_TRY(letter, find_dead(call));
  ORGO_CHECK(commit_one(ports_.changes,
                        retry_dead_letter(letter.key, letter.error, call.caller->actor(), ports_.clock.now()),
                        within(kCommitTime)));
  return no_content();
}

Result<HttpResponse> QueueRoutes::drop(const Call& call) {
  const auto reason = trim(parameter(call, "reason"));
  if (reason.empty() || reason.size() > 500)
    return failure(Errc::invalid_input,
                   "say why it is dropped: ?reason=..., 1 to 500 bytes; it stands in the log and the ledger");
  ORGO_TRY(letter, find_dead(call));
  ORGO_CHECK(commit_one(ports_.changes,
                        drop_dead_letter(letter.key, letter.error, reason, call.caller->actor(), ports_.clock.now()),
                        within(kCommitTime)));
  return no_content();
}

std::vector<Route> QueueRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/queue/dead",
       .permission = Permission::manage_queue,
       .handler = to<&QueueRoutes::list>(this),
       .summary = "Work that was given up after too many attempts, at most 1,000.",
       .query = {{"limit", "Letters of the answer; 50 when missing.",
                  R"({"type":"integer","minimum":1,"maximum":1000})"}},
       .answer = "DeadLetterPage"},
      {.method = "GET",
       .pattern = "/api/v1/queue/dead/{id}",
       .permission = Permission::manage_queue,
       .handler = to<&QueueRoutes::show>(this),
       .summary = "One dead letter.",
       .answer = "DeadLetter"},
      {.method = "POST",
       .pattern = "/api/v1/queue/dead/{id}/retry",
       .permission = Permission::manage_queue,
       .handler = to<&QueueRoutes::retry>(this),
       .summary = "Back to the queue, with its attempts counted anew.",
       .success = 204},
      {.method = "DELETE",
       .pattern = "/api/v1/queue/dead/{id}",
       .permission = Permission::manage_queue,
       .handler = to<&QueueRoutes::drop>(this),
       .summary = "Gives it up for good. The message stays stored; the ledger counts it as refused.",
       .query = {{"reason", "Why; it stands in the log."}},
       .success = 204},
  };
}

std::vector<Schema> QueueRoutes::schemas() const {
  return {
      {"DeadLetter",
       R"({"type":"object","required":["id","topic","error"],"properties":{"id":{"type":"string"},
        "topic":{"type":"string"},
        "message":{"type":["string","null"]},"reference":{"type":"integer"},"attempts":{"type":"integer"},
        "error":{"type":"string"},
        "died_at":{"type":"string","format":"date-time"}}})"},
      {"DeadLetterPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/DeadLetter"}},"next_cursor":{"type":["string","null"]}}})"},
  };
}

}  // namespace orgo::gateway
