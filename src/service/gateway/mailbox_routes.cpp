#include "base/json_writer.h"
#include "service/gateway/route.h"
#include "service/mailbox/mailbox_json.h"

namespace orgo::gateway {
namespace {

std::vector<MailboxStatus> mailboxes_of(House& house, const Call& call) {
  auto all = house.services.mailboxes ? house.services.mailboxes() : std::vector<MailboxStatus>{};
  std::erase_if(all, [&](const auto& status) { return status.record.tenant != call.caller->tenant; });
  return all;
}

Result<HttpResponse> list_mailboxes(House& house, const Call& call) {
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  for (const auto& status : mailboxes_of(house, call)) views::write_mailbox(writer, status);
  writer.end_array();
  return page_response(call, items, std::nullopt);
}

Result<HttpResponse> show_mailbox(House& house, const Call& call) {
  const auto& name = call.captured.at(0);
  for (const auto& status : mailboxes_of(house, call)) {
    if (status.record.name != name) continue;
    std::string body;
    JsonWriter writer(body);
    views::write_mailbox(writer, status);
    return json_response(std::move(body));
  }
  return failure(Errc::not_found, "there is no mailbox '" + name.substr(0, 50) + "'");
}

}  // namespace

std::vector<Route> mailbox_routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/mailboxes",
       .permission = Permission::read_ledger,
       .handler = list_mailboxes,
       .summary = "The mailboxes that mail is fetched from, each with its state, last success and last error.",
       .answer = "MailboxPage"},
      {.method = "GET",
       .pattern = "/api/v1/mailboxes/{name}",
       .permission = Permission::read_ledger,
       .handler = show_mailbox,
       .summary = "One mailbox.",
       .answer = "Mailbox"},
  };
}

}  // namespace orgo::gateway
