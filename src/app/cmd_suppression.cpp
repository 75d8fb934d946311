#include <iostream>

#include "app/api.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "service/gateway/core/url.h"

namespace orgo {
namespace {

int list_suppressions(const SuppressionOptions& options) {
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return report(api.error());
  const auto entries =
      (*api)->list(std::string("/api/v1/suppressions") + (options.all ? "?all=true" : ""), options.limit);
  if (!entries) return report(entries.error());
  if (entries->more) tell_of_more(options.limit);
  if (options.common.json) {
    std::cout << json::serialize(entries->items) << '\n';
    return kDone;
  }
  const auto zone = zone_of(options.common);
  Table table({"ADDRESS", "BLOCKS", "REASON", "FAILURES", time_heading("SINCE", zone), time_heading("UNTIL", zone),
               "REPORT", "DETAIL"});
  for (const auto& value : entries->items) {
    const auto& entry = value.as_object();
    const auto until = text_of(entry, "expires_at");
    table.add({cell(text_of(entry, "address"), 60), entry.at("blocks").as_bool() ? "yes" : "no",
               cell(text_of(entry, "reason"), 20), json::serialize(entry.at("failures")),
               short_time(text_of(entry, "since"), zone), until.empty() ? "removed" : short_time(until, zone),
               text_of(entry, "message"), cell(text_of(entry, "detail"), 80)});
  }
  std::cout << (table.empty() ? "mail goes to every address\n" : table.text());
  return kDone;
}

}  // namespace

int cmd_suppression(const SuppressionOptions& options) {
  if (options.action == "list") return list_suppressions(options);
  auto api = Api::open(options.common, Api::Purpose::change);
  if (!api) return report(api.error());
  const bool add = options.action == "add";
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("address", options.address);
  if (!options.reason.empty()) json.field("reason", options.reason);
  if (!options.until.empty()) json.field("expires_at", options.until);
  json.end_object();
  const auto answer = add ? (*api)->ask("POST", "/api/v1/suppressions", body)
                          : (*api)->ask("DELETE", "/api/v1/suppressions/" + gateway::percent_encoded(options.address));
  if (!answer) return report(answer.error());
  if (options.common.json) {
    std::string done;
    JsonWriter(done).begin_object().field("address", options.address).field("done", options.action).end_object();
    std::cout << (add ? json::serialize(*answer) : done) << '\n';
  } else {
    std::cout << cell(options.address, 254)
              << (add ? ": nothing is sent there any more\n" : ": mail goes there again\n");
  }
  return kDone;
}

}  // namespace orgo
