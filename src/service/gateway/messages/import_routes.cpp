#include "service/gateway/messages/import_routes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/json_writer.h"
#include "base/text.h"
#include "protocol/mime/transfer_encoding.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/gateway/messages/mail_envelope.h"

namespace orgo::gateway {
namespace {

constexpr Millis kSubmitAllTime = std::chrono::seconds(25);

using Fields = std::map<std::string, std::string, std::less<>>;
using Mail = std::pair<Envelope, std::string>;

/// One of the list: its envelope and its bytes. `fresh`: what all of them have in common.
Result<Mail> read_mail(Fields& fields, const PolicyOf& policies, const Envelope& fresh) {
  Mail mail{fresh, {}};
  auto& text = fields.find("mail")->second;
  if (!mime::decode_base64(text, mail.second))
    return failure(Errc::invalid_input, "mail is not base64 (RFC 4648, section 4, with its padding)");
  std::string().swap(text);
  if (trim(mail.second).empty()) return failure(Errc::invalid_input, "mail is empty; it is the mail itself in base64");
  ORGO_CHECK(read_mail_words({.recipient = fields.find("recipient")->second,
                              .sender = fields.find("sender")->second,
                              .archived_at = fields.find("archived_at")->second,
                              .archived_state = fields.find("archived_state")->second,
                              .label = fields.find("label")->second},
                             policies, mail.first));
  return mail;
}

void write_outcome(JsonWriter& writer, const Result<Accepted>& outcome) {
  writer.begin_object().field("done", outcome.has_value());
  if (outcome) {
    writer.key("result").begin_object().field("id", to_string(outcome->message));
    writer.field("duplicate", outcome->duplicate).field("known_id", outcome->known_id).end_object();
  } else {
    const auto problem = problem_of_storing(outcome.error());
    writer.key("problem").begin_object().field("status", problem.status).field("code", problem.code);
    writer.field("detail", problem.detail).end_object();
  }
  writer.end_object();
}

HttpResponse outcomes_response(const std::vector<Result<Accepted>>& outcomes) {
  std::string body;
  JsonWriter writer(body);
  int stored = 0, duplicates = 0, failed = 0;
  writer.begin_object().key("items").begin_array();
  for (const auto& one : outcomes) {
    write_outcome(writer, one);
    ++(!one ? failed : one->duplicate ? duplicates : stored);
  }
  writer.end_array().field("stored", stored).field("duplicates", duplicates).field("failed", failed).end_object();
  return json_response(std::move(body));
}

}  // namespace

Result<HttpResponse> ImportRoutes::import(const Call& call) {
  JsonBody body(call.request);
  auto list =
      body.optional_text_objects("mails", {"mail", "recipient", "sender", "archived_at", "archived_state", "label"},
                                 kImportedAtOnceMax, kImportBodyMax);
  if (list.empty()) body.complain("mails", "must hold 1 to " + std::to_string(kImportedAtOnceMax) + " mails");
  if (const auto problem = body.finish()) return problem_response(call, *problem);

  Envelope fresh{.tenant = call.caller->tenant};
  fresh.channel = Channel::import_;
  fresh.peer = call.request.peer;
  fresh.received_at = ports_.clock.now();
  std::vector<Result<Accepted>> outcomes;
  std::vector<std::size_t> places;  // of those that go to the store
  std::vector<Mail> mails;
  for (auto& fields : list) {
    auto mail = read_mail(fields, ports_.policies, fresh);
    if (mail) {
      places.push_back(outcomes.size());
      mails.push_back(*std::move(mail));
      outcomes.emplace_back(Accepted{});
    } else if (mail.error().code == Errc::invalid_input) {
      outcomes.emplace_back(tl::unexpected(std::move(mail).error()));
    } else {
      return tl::unexpected(std::move(mail).error());
    }
  }
  ORGO_TRY(stored, ports_.submit_all(std::move(mails), within(kSubmitAllTime)));
  // Where the store took none, that is no fault of theirs.
  if (!stored.empty() && std::ranges::none_of(stored, [](const auto& one) { return one.has_value(); }))
    return tl::unexpected(stored.front().error());
  for (std::size_t i = 0; i < places.size(); ++i) outcomes[places[i]] = std::move(stored.at(i));
  return outcomes_response(outcomes);
}

std::vector<Route> ImportRoutes::routes() {
  const auto count = std::to_string(kImportedAtOnceMax);
  schema_ = R"({"type":"object","required":["mails"],"additionalProperties":false,"properties":{"mails":{"type":"array",
        "minItems":1,"maxItems":)" +
            count + R"(,"items":{"type":"object","required":["mail"],"additionalProperties":false,"properties":{
        "mail":{"type":"string","contentEncoding":"base64","contentMediaType":"message/rfc822",
        "description":"The mail itself."},
        "recipient":{"type":"string","description":"The configured inbox when missing."},
        "sender":{"type":"string"},"archived_at":{"type":"string","format":"date-time"},
        "archived_state":{"type":"string","enum":["new","open","pending","acknowledged","resolved","closed"]},
        "label":{"type":"string","description":"Folder that it lay in; becomes a tag of its task."}}}}}})";
  return {{.method = "POST",
           .pattern = "/api/v1/messages/import",
           .permission = Permission::submit_messages,
           .handler = to<&ImportRoutes::import>(this),
           .summary = "Takes old mails, many at once, as POST /api/v1/messages?channel=import takes one. 200 when all "
                      "that have a result are durable, also when some were refused: each says what became of it. "
                      "Sending them again does no harm.",
           .body = json_body(schema_, std::min(ports_.message_max, kImportBodyMax)),
           .answer = "MailOutcomes"}};
}

std::vector<Schema> ImportRoutes::schemas() const {
  return {{"MailOutcomes", R"({"type":"object","required":["items","stored","duplicates","failed"],"properties":{
        "items":{"type":"array","description":"One for each mail, in the order of the request.",
        "items":{"type":"object","required":["done"],"properties":{"done":{"type":"boolean"},
        "result":{"$ref":"#/components/schemas/Accepted"},
        "problem":{"type":"object","description":"Why it was not taken.","properties":{"status":{"type":"integer"},
        "code":{"type":"string","examples":["invalid_input"]},"detail":{"type":"string"}}}}}},
        "stored":{"type":"integer"},"duplicates":{"type":"integer"},"failed":{"type":"integer"}}})"}};
}

}  // namespace orgo::gateway
