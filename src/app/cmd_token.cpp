#include <iostream>

#include "app/api.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/table.h"
#include "service/gateway/core/url.h"

namespace orgo {
namespace {

int list_tokens(const TokenOptions& options) {
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return report(api.error());
  const auto page = (*api)->ask("GET", "/api/v1/tokens");
  if (!page) return report(page.error());
  const auto& tokens = page->as_object().at("items");
  if (options.common.json) {
    std::cout << json::serialize(tokens) << '\n';
    return kDone;
  }
  const auto zone = zone_of(options.common);
  Table table({"ID", "FOR", "PERSON", "ROLE", time_heading("MADE AT", zone), time_heading("REVOKED AT", zone)});
  for (const auto& value : tokens.as_array()) {
    const auto& token = value.as_object();
    table.add({json::serialize(token.at("id")), cell(text_of(token, "name"), 40), text_of(token, "person"),
               text_of(token, "role"), short_time(text_of(token, "created_at"), zone),
               short_time(text_of(token, "revoked_at"), zone)});
  }
  std::cout << (table.empty() ? "no tokens\n" : table.text());
  return kDone;
}

}  // namespace

int cmd_token(const TokenOptions& options) {
  if (options.action == "list") return list_tokens(options);
  auto api = Api::open(options.common, Api::Purpose::change);
  if (!api) return report(api.error());
  const auto gone = (*api)->ask("DELETE", "/api/v1/tokens/" + gateway::percent_encoded(options.value));
  if (!gone) return report(gone.error());
  if (options.common.json) std::cout << "{\"revoked\":" << json::serialize(json::value(options.value)) << "}\n";
  else std::cout << "token " << cell(options.value, 40) << " is revoked\n";
  return kDone;
}

}  // namespace orgo
