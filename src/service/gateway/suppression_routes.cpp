#include <array>

#include "base/json_writer.h"
#include "base/keep_first.h"
#include "core/suppression/suppress.h"
#include "core/suppression/suppression_change.h"
#include "service/gateway/json_body.h"
#include "service/gateway/route.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(10);
constexpr std::size_t kReasonMax = 500;

Result<std::optional<Suppression>> find(House& house, TenantId tenant, std::string_view address) {
  const std::array addresses{contact_key(mail_contact(address))};
  ORGO_TRY(found, house.services.outbox.find_suppressions(tenant, addresses));
  if (found.empty()) return std::optional<Suppression>();
  return std::optional(std::move(found.front()));
}

Status commit(House& house, const Changes& changes) {
  ORGO_TRY(answers, house.services.changes.commit(std::span(&changes, 1), within(kCommitTime)));
  if (!answers.at(0)) return tl::unexpected(answers[0].error());
  return {};
}

Result<HttpResponse> list_suppressions(House& house, const Call& call) {
  ORGO_TRY(limit, page_limit(call));
  const auto all = parameter(call, "all");
  if (!all.empty() && all != "true" && all != "false") return failure(Errc::invalid_input, "all must be true or false");
  ORGO_TRY(page, house.services.outbox.list_suppressions(call.caller->tenant, parameter(call, "cursor"), all != "true",
                                                         limit + 1));
  const bool more = static_cast<int>(page.size()) > limit;
  keep_first(page, static_cast<std::size_t>(limit));
  const auto now = house.services.clock.now();
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  for (const auto& entry : page) views::write_suppression(writer, entry, now);
  writer.end_array();
  std::optional<std::string> next;
  if (more) next = page.back().address;
  return page_response(call, items, next);
}

Result<HttpResponse> add_suppression(House& house, const Call& call) {
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
  ORGO_TRY(known, find(house, call.caller->tenant, address));
  const auto now = house.services.clock.now();
  ORGO_TRY(changes,
           commands::suppress(call.caller->tenant, known, address, reason, expires_at, call.caller->actor(), now));
  ORGO_CHECK(commit(house, changes));
  std::string text;
  JsonWriter writer(text);
  views::write_suppression(writer, changes.all<SuppressionChange>().front().entry, now);
  auto response = json_response(std::move(text), 201);
  response.headers.push_back(
      {"Location", "/api/v1/suppressions/" + percent_encoded(changes.all<SuppressionChange>().front().entry.address)});
  return response;
}

Result<Suppression> captured(House& house, const Call& call) {
  ORGO_TRY(known, find(house, call.caller->tenant, call.captured.at(0)));
  if (!known) return failure(Errc::not_found, "'" + call.captured[0].substr(0, 100) + "' is not on the list");
  return std::move(*known);
}

Result<HttpResponse> show_suppression(House& house, const Call& call) {
  ORGO_TRY(known, captured(house, call));
  std::string text;
  JsonWriter writer(text);
  views::write_suppression(writer, known, house.services.clock.now());
  return json_response(std::move(text));
}

Result<HttpResponse> remove_suppression(House& house, const Call& call) {
  ORGO_TRY(known, captured(house, call));
  ORGO_CHECK(commit(house, commands::unsuppress(known, call.caller->actor(), house.services.clock.now())));
  HttpResponse response;
  response.status = 204;
  return response;
}

}  // namespace

std::vector<Route> suppression_routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/suppressions",
       .permission = Permission::manage_queue,
       .handler = list_suppressions,
       .summary = "Addresses that nothing is sent to, because mails to them did not arrive or a person said so; in "
                  "order of address.",
       .query = {{"all", "true: also addresses whose failures are only counted so far.", R"({"type":"boolean"})"},
                 {"limit", "Entries of one page; 50 when missing.", R"({"type":"integer","minimum":1,"maximum":1000})"},
                 {"cursor", "next_cursor of the page before."}},
       .answer = "SuppressionPage"},
      {.method = "POST",
       .pattern = "/api/v1/suppressions",
       .permission = Permission::manage_queue,
       .handler = add_suppression,
       .summary = "Puts an address on the list. Until it expires or is taken off, sends to it are recorded as refused.",
       .body =
           R"({"type":"object","additionalProperties":false,"required":["address"],"properties":{"address":{"type":"string","minLength":3,"maxLength":254},"reason":{"type":"string","maxLength":500},"expires_at":{"type":"string","format":"date-time"}}})",
       .answer = "Suppression",
       .success = 201},
      {.method = "GET",
       .pattern = "/api/v1/suppressions/{address}",
       .permission = Permission::manage_queue,
       .handler = show_suppression,
       .summary = "What is known of one address.",
       .answer = "Suppression"},
      {.method = "DELETE",
       .pattern = "/api/v1/suppressions/{address}",
       .permission = Permission::manage_queue,
       .handler = remove_suppression,
       .summary = "Takes an address off the list, with its count.",
       .success = 204},
  };
}

}  // namespace orgo::gateway
