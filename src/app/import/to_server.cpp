#include <algorithm>
#include <utility>

#include "app/api.h"
#include "app/import/destination.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/store_trouble.h"
#include "base/unicode.h"
#include "protocol/mime/transfer_encoding.h"
#include "service/gateway/core/url.h"
#include "service/gateway/messages/import_routes.h"

namespace orgo {
namespace {

static_assert(ImportDestination::kMailsMost <= gateway::kImportedAtOnceMax);

/// Of the mails of one request, before base64 makes four bytes of three and their envelopes come beside them.
constexpr std::size_t kRequestBytes = 4U << 20U;
static_assert(kRequestBytes / 3 * 4 + (2U << 20U) < gateway::kImportBodyMax);

void write_mail(JsonWriter& writer, const ImportMail& mail) {
  auto text = mime::encode_base64(mail.bytes);
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  const auto& envelope = mail.envelope;
  writer.begin_object().field("mail", text).field("recipient", envelope.recipient.address);
  writer.field("sender", envelope.sender.address).field("label", envelope.label);
  if (envelope.archived)
    writer.field("archived_at", to_rfc3339(envelope.archived->at))
        .field("archived_state", to_string(envelope.archived->state));
  writer.end_object();
}

/// JSON would change what is not UTF-8.
bool fits_json(const ImportMail& mail) {
  return is_utf8(mail.envelope.recipient.address) && is_utf8(mail.envelope.sender.address) &&
         is_utf8(mail.envelope.label);
}

bool is_about_the_mail(int status) {
  return status == 400 || status == 413 || status == 415;
}

/// Of one mail in the answer.
struct Answered {
  bool done = false;
  bool duplicate = false;
  int status = 0;
  std::string why;
};
Result<std::vector<Answered>> read_answer(const Api::Answer& answer, std::size_t count) {
  const auto other = failure(Errc::unavailable, "the server's answer does not tell what became of the mails");
  ORGO_TRY(value, parse_json(answer.body));
  const auto* items = value.is_object() ? value.as_object().if_contains("items") : nullptr;
  if (items == nullptr || !items->is_array() || items->as_array().size() != count) return other;
  std::vector<Answered> out;
  for (const auto& item : items->as_array()) {
    if (!item.is_object()) return other;
    const auto member = [&](const char* name) -> const json::object* {
      const auto* found = item.as_object().if_contains(name);
      return found != nullptr && found->is_object() ? &found->as_object() : nullptr;
    };
    auto& one = out.emplace_back();
    if (const auto* result = member("result")) {
      const auto* duplicate = result->if_contains("duplicate");
      if (duplicate == nullptr || !duplicate->is_bool()) return other;
      one.done = true;
      one.duplicate = duplicate->as_bool();
    } else if (const auto* problem = member("problem")) {
      const auto* status = problem->if_contains("status");
      const auto* detail = problem->if_contains("detail");
      if (status == nullptr || !status->is_int64() || detail == nullptr || !detail->is_string()) return other;
      one.status = static_cast<int>(status->as_int64());
      one.why = std::string(detail->as_string());
    } else {
      return other;
    }
  }
  return out;
}

class ToServer final : public ImportDestination {
 public:
  explicit ToServer(std::unique_ptr<Api> api) : api_(std::move(api)) {}
  [[nodiscard]] TenantId tenant() const override { return kTrialTenant; }

  Status store(std::span<const ImportMail> mails, ImportOutcome& outcome) override {
    while (!mails.empty()) {
      const auto count = how_many(mails);
      if (count == 1) {
        ORGO_CHECK(store_one(mails.front(), outcome));
      } else {
        ORGO_TRY(taken, store_many(mails.first(count), outcome));
        if (!taken) continue;  // with fewer
      }
      mails = mails.subspan(count);
    }
    return {};
  }

 private:
  /// For the next request.
  [[nodiscard]] std::size_t how_many(std::span<const ImportMail> mails) const {
    std::size_t count = 0, bytes = 0;
    while (!one_by_one_ && count < mails.size() && fits_json(mails[count]) &&
           (bytes += mails[count].bytes.size()) <= bytes_most_)
      ++count;
    return std::max<std::size_t>(count, 1);
  }

  Status store_one(const ImportMail& mail, ImportOutcome& outcome) {
    const auto& envelope = mail.envelope;
    const auto target =
        "/api/v1/messages?channel=import&recipient=" + gateway::percent_encoded(envelope.recipient.address) +
        "&sender=" + gateway::percent_encoded(envelope.sender.address) +
        (envelope.label.empty() ? "" : "&label=" + gateway::percent_encoded(envelope.label)) +
        (envelope.archived ? "&archived_at=" + to_rfc3339(envelope.archived->at) +
                                 "&archived_state=" + std::string(to_string(envelope.archived->state))
                           : "");
    auto answer = api_->call("POST", target, mail.bytes, "message/rfc822");
    if (!answer) return tl::unexpected(answer.error().in(mail.name));
    if (answer->status == 201) ++outcome.stored;
    else if (answer->status == 200) ++outcome.duplicates;
    else if (is_about_the_mail(answer->status)) outcome.refused.push_back({mail.name, error_of(*answer).message});
    else return tl::unexpected(error_of(*answer).in(mail.name));
    return {};
  }

  /// False: the server takes no such request, and the next ones are smaller.
  Result<bool> store_many(std::span<const ImportMail> mails, ImportOutcome& outcome) {
    std::string body;
    std::size_t bytes = 0;
    for (const auto& mail : mails) bytes += mail.bytes.size();
    body.reserve(bytes / 3 * 4 + mails.size() * 500);
    JsonWriter writer(body);
    writer.begin_object().key("mails").begin_array();
    for (const auto& mail : mails) write_mail(writer, mail);
    writer.end_array().end_object();
    ORGO_TRY(answer, api_->call("POST", "/api/v1/messages/import", body));
    if (answer.status == 413) {  // http.max_body
      bytes_most_ = bytes / 2;
      return false;
    }
    if (answer.status == 404 || answer.status == 405) {  // a server that was not restarted since the update
      one_by_one_ = true;
      return false;
    }
    if (answer.status != 200) return tl::unexpected(error_of(answer).in("from " + mails.front().name + " on"));
    ORGO_TRY(answers, read_answer(answer, mails.size()));
    for (std::size_t i = 0; i < mails.size(); ++i) {
      const auto& one = answers[i];
      if (one.done) ++(one.duplicate ? outcome.duplicates : outcome.stored);
      else if (is_about_the_mail(one.status)) outcome.refused.push_back({mails[i].name, one.why});
      else  // the store had trouble; what it says of this mail alone counts
        ORGO_CHECK(store_one(mails[i], outcome));
    }
    return true;
  }

  std::unique_ptr<Api> api_;
  std::size_t bytes_most_ = kRequestBytes;
  bool one_by_one_ = false;
};

}  // namespace

std::unique_ptr<ImportDestination> import_to_server(std::unique_ptr<Api> api) {
  return std::make_unique<ToServer>(std::move(api));
}

}  // namespace orgo
