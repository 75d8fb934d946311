#include "base/json_writer.h"
#include "service/gateway/route.h"
#include "service/mailbox/mailbox_json.h"

namespace orgo::gateway {
namespace {

std::vector<MailboxStatus> mailboxes_of(House& house) {
  return house.services.mailboxes ? house.services.mailboxes() : std::vector<MailboxStatus>{};
}

/// Mailboxes belong to the one who runs the server: the small size's own tenant.
bool is_owner(const Call& call) {
  return call.caller->tenant == kDefaultTenant;
}

Result<HttpResponse> list_mailboxes(House& house, const Call& call) {
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  if (is_owner(call))
    for (const auto& status : mailboxes_of(house)) views::write_mailbox(writer, status);
  writer.end_array();
  return page_response(call, items, std::nullopt);
}

Result<HttpResponse> show_mailbox(House& house, const Call& call) {
  const auto& name = call.captured.at(0);
  if (is_owner(call))
    for (const auto& status : mailboxes_of(house)) {
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
