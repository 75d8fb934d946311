#include "service/gateway/queue/queue_routes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "base/json_writer.h"
#include "core/parts/parts.h"
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
  return list_response(call, letters,
                       [&](JsonWriter& writer, const auto& letter) { views::write_dead_letter(writer, letter); });
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

Result<HttpResponse> QueueRoutes::retry_send(const Call& call) {
  JsonBody body(call.request);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  ORGO_TRY(id, captured_id<SendTag>(call));
  ORGO_TRY(stored, ports_.outbox.read_send(call.caller->tenant, id));
  Changes changes{.tenant = call.caller->tenant, .at = ports_.clock.now()};
  changes.add(SendRetried{id});
  Event event;
  event.kind = EventKind::send_retried;
  event.subject = stored.send.subject;
  event.message = stored.send.message;
  event.send = id;
  event.at = changes.at;
  event.actor = call.caller->actor();
  changes.events.push_back(std::move(event));
  ORGO_TRY(answers, ports_.changes.commit(std::span(&changes, 1), within(kCommitTime)));
  if (!answers.at(0)) return tl::unexpected(answers[0].error());
  return no_content();
}

Result<HttpResponse> QueueRoutes::repair(const Call& call) {
  JsonBody body(call.request);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  const auto own = call.caller->tenant;
  ORGO_TRY(first, ports_.tenants.find_tenant(kFirstTenantName));
  // Whoever runs the server mends all of it; others what is theirs.
  ORGO_TRY(mended, ports_.repair.repair(own == first.id ? std::nullopt : std::optional(own)));
  std::map<TenantId, std::string> names;
  for (const auto& one : mended)
    if (const auto [at, fresh] = names.try_emplace(one.message.tenant); fresh) {
      ORGO_TRY(tenant, ports_.tenants.read_tenant(one.message.tenant));
      at->second = tenant.name;
    }
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().key("messages").begin_array();
  for (const auto& one : mended)
    writer.begin_object()
        .field("id", to_string(one.message.message))
        .field("tenant", names.at(one.message.tenant))
        .field("decided", one.decided)
        .end_object();
  writer.end_array().end_object();
  return json_response(std::move(text));
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
      {.method = "POST",
       .pattern = "/api/v1/sends/{id}/retry",
       .permission = Permission::manage_queue,
       .handler = to<&QueueRoutes::retry_send>(this),
       .summary =
           "Sends a mail or webhook again that had failed, was refused or bounced, or at once what waits for its "
           "next attempt. 409 for one that was delivered, or is held by a restore (/sends/restored/release).",
       .success = 204},
      {.method = "POST",
       .pattern = "/api/v1/ledger/repair",
       .permission = Permission::manage_queue,
       .handler = to<&QueueRoutes::repair>(this),
       .summary =
           "Mends each message that is in no state (neither decided, waiting, dead nor refused), which must never "
           "be: what was decided once gets that decision back, all others go back to work. Of all tenants for "
           "those who run the server.",
       .answer = "Repaired"},
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
      {"Repaired", R"({"type":"object","required":["messages"],"properties":{"messages":{"type":"array",
        "items":{"type":"object","required":["id","tenant","decided"],"properties":{"id":{"type":"string"},
        "tenant":{"type":"string"},"decided":{"type":"boolean",
        "description":"It has the decision that the history tells of; else it waits for one."}}}}}})"},
      {"DeadLetterPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/DeadLetter"}},"next_cursor":{"type":["string","null"]}}})"},
  };
}

}  // namespace orgo::gateway
