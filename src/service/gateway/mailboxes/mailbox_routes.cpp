#include "service/gateway/mailboxes/mailbox_routes.h"

#include "base/json_writer.h"
#include "service/gateway/core/answer.h"
#include "service/mailbox/mailbox_json.h"

namespace orgo::gateway {
std::vector<MailboxStatus> MailboxRoutes::of_caller(const Call& call) const {
  auto all = ports_.mailboxes();
  std::erase_if(all, [&](const auto& status) { return status.record.tenant != call.caller->tenant; });
  return all;
}

Result<HttpResponse> MailboxRoutes::list(const Call& call) {
  return list_response(call, of_caller(call),
                       [&](JsonWriter& writer, const auto& status) { views::write_mailbox(writer, status); });
}

Result<HttpResponse> MailboxRoutes::show(const Call& call) {
  const auto name = call.captured.at(0);
  for (const auto& status : of_caller(call)) {
    if (status.record.name != name) continue;
    std::string body;
    JsonWriter writer(body);
    views::write_mailbox(writer, status);
    return json_response(std::move(body));
  }
  return failure(Errc::not_found, "there is no mailbox '" + std::string(name.substr(0, 50)) + "'");
}

std::vector<Route> MailboxRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/mailboxes",
       .permission = Permission::read_ledger,
       .handler = to<&MailboxRoutes::list>(this),
       .summary = "The mailboxes that mail is fetched from, each with its state, last success and last error.",
       .answer = "MailboxPage"},
      {.method = "GET",
       .pattern = "/api/v1/mailboxes/{name}",
       .permission = Permission::read_ledger,
       .handler = to<&MailboxRoutes::show>(this),
       .summary = "One mailbox.",
       .answer = "Mailbox"},
  };
}

std::vector<Schema> MailboxRoutes::schemas() const {
  return {
      {"Mailbox", R"({"type":"object","required":["name","state"],"properties":{"name":{"type":"string"},
        "source":{"type":"string","examples":["imap://office@mail.school.org:993/INBOX"]},
        "state":{"type":"string","enum":["off","starting","reading","waiting","failing"]},
        "connection":{"type":"string","examples":["IMAP, TLSv1.3, IDLE"]},
        "last_success":{"type":["string","null"],"format":"date-time"},
        "last_error":{"type":["object","null"],"properties":{"what":{"type":"string"},"at":{"type":"string",
        "format":"date-time"}}},
        "failures":{"type":"integer","description":"In a row; 0: the last look went well."},
        "next_try":{"type":["string","null"],"format":"date-time"},
        "taken":{"type":"integer"},"duplicates":{"type":"integer"},"refused":{"type":"integer",
        "description":"Too large to fetch."}}})"},
      {"MailboxPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/Mailbox"}},"next_cursor":{"type":["string","null"]}}})"},
  };
}

}  // namespace orgo::gateway
