#include <algorithm>

#include "base/json_writer.h"
#include "base/keep_first.h"
#include "service/gateway/json_body.h"
#include "service/gateway/route.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(10);

Result<DeadLetter> find_dead(House& house, const Call& call) {
  ORGO_TRY(item, captured_id<QueueItemTag>(call));
  ORGO_TRY(letter, house.services.work.find_dead({call.caller->tenant, WorkKind::process, item.value}));
  if (!letter) return failure(Errc::not_found, "there is no dead letter " + to_string(item));
  return *std::move(letter);
}

Status record(House& house, const Call& call, const DeadLetter& letter, EventKind kind, std::string_view reason) {
  Changes changes{.tenant = letter.key.tenant};
  changes.at = house.services.clock.now();
  Event event;
  event.kind = kind;
  if (letter.key.kind == WorkKind::process) event.message = MessageId{letter.key.reference};
  event.at = changes.at;
  event.actor = call.caller->actor();
  JsonWriter writer(event.data);
  writer.begin_object().field("item", to_string(QueueItemId{letter.key.reference})).field("error", letter.error);
  if (!reason.empty()) writer.field("reason", reason);
  writer.end_object();
  changes.events.push_back(std::move(event));
  ORGO_TRY(answers, house.services.changes.commit(std::span(&changes, 1), within(kCommitTime)));
  if (!answers.at(0)) return tl::unexpected(answers[0].error());
  return {};
}

Result<HttpResponse> list_dead(House& house, const Call& call) {
  ORGO_TRY(limit, page_limit(call));
  ORGO_TRY(letters, house.services.work.dead(call.caller->tenant, limit));
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  for (const auto& letter : letters) views::write_dead_letter(writer, letter);
  writer.end_array();
  return page_response(call, items, std::nullopt);
}

Result<HttpResponse> show_dead(House& house, const Call& call) {
  ORGO_TRY(letter, find_dead(house, call));
  std::string body;
  JsonWriter writer(body);
  views::write_dead_letter(writer, letter);
  return json_response(std::move(body));
}

Result<HttpResponse> retry_dead(House& house, const Call& call) {
  JsonBody body(call.request);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  ORGO_TRY(letter, find_dead(house, call));
  ORGO_CHECK(record(house, call, letter, EventKind::queue_retried, ""));
  ORGO_CHECK(house.services.work.revive(letter.key, house.services.clock.now()));
  HttpResponse response;
  response.status = 204;
  return response;
}

/// The event comes first: when we die in between, a reason without its drop can be seen and the drop said again; a drop
/// without its reason could not be explained any more.
Result<HttpResponse> drop_dead(House& house, const Call& call) {
  const auto reason = trim(parameter(call, "reason"));
  if (reason.empty() || reason.size() > 500)
    return failure(Errc::invalid_input,
                   "say why it is dropped: ?reason=..., 1 to 500 bytes; it stands in the log and the ledger");
  ORGO_TRY(letter, find_dead(house, call));
  ORGO_CHECK(record(house, call, letter, EventKind::queue_dropped, reason));
  ORGO_TRY(dropped, house.services.work.drop(letter.key));
  HttpResponse response;
  response.status = 204;
  return response;
}

}  // namespace

std::vector<Route> queue_routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/queue/dead",
       .permission = Permission::manage_queue,
       .handler = list_dead,
       .summary = "Work that was given up after too many attempts, at most 1,000.",
       .query = {{"limit", "Letters of the answer; 50 when missing.",
                  R"({"type":"integer","minimum":1,"maximum":1000})"}},
       .answer = "DeadLetterPage"},
      {.method = "GET",
       .pattern = "/api/v1/queue/dead/{id}",
       .permission = Permission::manage_queue,
       .handler = show_dead,
       .summary = "One dead letter.",
       .answer = "DeadLetter"},
      {.method = "POST",
       .pattern = "/api/v1/queue/dead/{id}/retry",
       .permission = Permission::manage_queue,
       .handler = retry_dead,
       .summary = "Back to the queue, with its attempts counted anew.",
       .success = 204},
      {.method = "DELETE",
       .pattern = "/api/v1/queue/dead/{id}",
       .permission = Permission::manage_queue,
       .handler = drop_dead,
       .summary = "Gives it up for good. The message stays stored; the ledger counts it as refused.",
       .query = {{"reason", "Why; it stands in the log."}},
       .success = 204},
  };
}

}  // namespace orgo::gateway
