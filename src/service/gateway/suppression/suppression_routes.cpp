#include "service/gateway/suppression/suppression_routes.h"

#include <array>

#include "base/json_writer.h"
#include "base/keep_first.h"
#include "base/planted.h"
#include "core/suppression/suppress.h"
#include "core/suppression/suppression_change.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(10);
constexpr std::size_t kReasonMax = 500;

}  // namespace

Result<std::optional<Suppression>> SuppressionRoutes::find(TenantId tenant, std::string_view address) {
  const std::array addresses{contact_key(mail_contact(address))};
  ORGO_TRY(found, ports_.outbox.find_suppressions(tenant, addresses));
  if (found.empty()) return std::optional<Suppression>();
  return std::optional(std::move(found.front()));
}

Status SuppressionRoutes::commit(const Changes& changes) {
  ORGO_TRY(answers, ports_.changes.commit(std::span(&changes, 1), within(kCommitTime)));
  if (!answers.at(0)) return tl::unexpected(answers[0].error());
  return {};
}

Result<Suppression> SuppressionRoutes::captured(const Call& call) {
  ORGO_TRY(known, find(call.caller->tenant, call.captured.at(0)));
  if (!known)
    return failure(Errc::not_found, "'" + std::string(call.captured.at(0).substr(0, 100)) + "' is not on the list");
  return std::move(*known);
}

Result<HttpResponse> SuppressionRoutes::list(const Call& call) {
  ORGO_TRY(limit, page_limit(call));
  const auto all = parameter(call, "all");
  if (!all.empty() && all != "true" && all != "false") return failure(Errc::invalid_input, "all must be true or false");
  ORGO_TRY(page,
           ports_.outbox.list_suppressions(call.caller->tenant, parameter(call, "cursor"), all != "true", limit + 1));
  const bool more = static_cast<int>(page.size()) > limit;
  const auto beyond = more ? page.back().address : std::string();
  keep_first(page, static_cast<std::size_t>(limit));
  const auto now = ports_.clock.now();
  std::optional<std::string> next;
  if (more) next = ORGO_PLANT(entry_between_pages_is_missing) ? beyond : page.back().address;
  return list_response(
      call, page, [&](JsonWriter& writer, const auto& entry) { views::write_suppression(writer, entry, now); }, next);
}

Result<HttpResponse> SuppressionRoutes::add(const Call& call) {
  JsonBody body(call.request);
  const auto address = body.text("address", 254);
  const auto reason = body.optional_text("reason", kReasonMax).value_or("");
  const auto expires = body.optional_text("expires_at", 40);
  std::optional<TimePoint> expires_at;
  if (expires) {
    if (const auto time = parse_rfc3339(*expires)) expires_at = *time;
    else body.complain("expires_at", time.error().message);
  }
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  ORGO_TRY(known, find(call.caller->tenant, address));
  const auto now = ports_.clock.now();
  ORGO_TRY(policy, ports_.policies(call.caller->tenant));
  ORGO_TRY(changes, commands::suppress(call.caller->tenant, known, address, reason, expires_at, call.caller->actor(),
                                       now, policy->zone()));
  ORGO_CHECK(commit(changes));
  std::string text;
  JsonWriter writer(text);
  views::write_suppression(writer, changes.all<SuppressionChange>().front().entry, now);
  auto response = json_response(std::move(text), 201);
  response.headers.push_back(
      {"Location", "/api/v1/suppressions/" + percent_encoded(changes.all<SuppressionChange>().front().entry.address)});
  return response;
}

Result<HttpResponse> SuppressionRoutes::show(const Call& call) {
  ORGO_TRY(known, captured(call));
  std::string text;
  JsonWriter writer(text);
  views::write_suppression(writer, known, ports_.clock.now());
  return json_response(std::move(text));
}

Result<HttpResponse> SuppressionRoutes::remove(const Call& call) {
  ORGO_TRY(known, captured(call));
  ORGO_CHECK(commit(commands::unsuppress(known, call.caller->actor(), ports_.clock.now())));
  return no_content();
}

std::vector<Route> SuppressionRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/suppressions",
       .permission = Permission::manage_queue,
       .handler = to<&SuppressionRoutes::list>(this),
       .summary = "Addresses that nothing is sent to, because mails to them did not arrive or a person said so; in "
                  "order of address.",
       .query = {{"all", "true: also addresses whose failures are only counted so far.", R"({"type":"boolean"})"},
                 {"limit", "Entries of one page; 50 when missing.", R"({"type":"integer","minimum":1,"maximum":1000})"},
                 {"cursor", "next_cursor of the page before."}},
       .answer = "SuppressionPage"},
      {.method = "POST",
       .pattern = "/api/v1/suppressions",
       .permission = Permission::manage_queue,
       .handler = to<&SuppressionRoutes::add>(this),
       .summary = "Puts an address on the list. Until it expires or is taken off, sends to it are recorded as refused.",
       .body = json_body(
           R"({"type":"object","additionalProperties":false,"required":["address"],
        "properties":{"address":{"type":"string","minLength":3,"maxLength":254},"reason":{"type":"string",
        "maxLength":500},"expires_at":{"type":"string","format":"date-time"}}})"),
       .answer = "Suppression",
       .success = 201},
      {.method = "GET",
       .pattern = "/api/v1/suppressions/{address}",
       .permission = Permission::manage_queue,
       .handler = to<&SuppressionRoutes::show>(this),
       .summary = "What is known of one address.",
       .answer = "Suppression"},
      {.method = "DELETE",
       .pattern = "/api/v1/suppressions/{address}",
       .permission = Permission::manage_queue,
       .handler = to<&SuppressionRoutes::remove>(this),
       .summary = "Takes an address off the list, with its count.",
       .success = 204},
  };
}

std::vector<Schema> SuppressionRoutes::schemas() const {
  return {
      {"Suppression",
       R"({"type":"object","required":["address","blocks","reason","since"],"properties":{"address":{"type":"string"},
        "blocks":{"type":"boolean","description":"False: failures are only counted so far, or its time is over."},
        "reason":{"type":"string","examples":["userunknown","mailboxfull","feedback","manual"]},
        "detail":{"type":"string"},"failures":{"type":"integer"},
        "since":{"type":"string","format":"date-time"},"updated_at":{"type":"string","format":"date-time"},
        "expires_at":{"type":["string","null"],"format":"date-time"},"message":{"type":["string","null"],
        "description":"The report of the latest failure."},
        "actor":{"type":"string"}}})"},
      {"SuppressionPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/Suppression"}},"next_cursor":{"type":["string","null"]}}})"},
  };
}

}  // namespace orgo::gateway
