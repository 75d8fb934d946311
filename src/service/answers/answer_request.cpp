#include "service/answers/answer_request.h"

#include <span>

#include "base/hash.h"
#include "base/one_line.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/delivery/render.h"
#include "core/mail/findings/answer_allowed.h"
#include "core/mail/findings/machine_sender.h"
#include "core/workplace/workplace.h"

namespace orgo {
namespace {

/// One after the other, so that no two lists of parts are the same text.
class Hashed {
 public:
  Hashed& add(std::string_view part) {
    text_.append(std::to_string(part.size())).append(":").append(part);
    return *this;
  }
  Hashed& add(const std::vector<AnswerFile>& files) {
    for (const auto& file : files) add(file.filename).add(file.content_type).add(to_hex(sha256(file.bytes)));
    return *this;
  }
  [[nodiscard]] std::string hash() const { return to_hex(sha256(text_)).substr(0, 32); }

 private:
  std::string text_;
};

/// Whom no answer would reach, in words; empty: there is nothing against it.
std::string why_not_asked(std::string_view address, const Policy& policy) {
  const auto& settings = policy.settings;
  // Of a whole domain that is ours only people whom we know have a mailbox of their own.
  const bool of_our_domain = is_own_address(address, settings.decide.own_addresses) &&
                             !policy.workplace().is_staff(address) && !ORGO_PLANT(our_domain_may_ask);
  if (of_our_domain || is_own_mailbox(address, settings.decide.own_addresses) ||
      is_same_address(address, settings.default_recipient) ||
      is_same_address(address, sending_address(settings.render)))
    return "is an address of ours, so an answer would come back as a new mail";
  for (const auto& [name, team] : policy.workplace().teams)
    if (is_same_address(address, team.address))
      return "is the address of the team '" + name + "', which would get its own answers";
  return is_unattended(address) ? "is an address that nobody reads" : std::string();
}

}  // namespace

Status check_form(const AnswerRequest& request) {
  if (request.text.size() > AnswerRequest::kTextMax)
    return failure(Errc::invalid_input, "the text has " + std::to_string(request.text.size()) + " bytes, at most " +
                                            std::to_string(AnswerRequest::kTextMax) + " are allowed");
  if (request.cc.size() > AnswerRequest::kCcMax)
    return failure(Errc::invalid_input,
                   "a copy can go to at most " + std::to_string(AnswerRequest::kCcMax) + " addresses");
  if (request.files.size() > AnswerRequest::kFilesMax)
    return failure(Errc::invalid_input,
                   "at most " + std::to_string(AnswerRequest::kFilesMax) + " files can go with an answer");
  for (const auto& address : request.cc)
    if (!is_typed_address(trim(address)))
      return failure(
          Errc::invalid_input,
          "'" + one_line(address, 100) + "' is not a mail address, as in petra@example.org, so no copy can go there");
  if (request.internal && !(request.cc.empty() && request.to.empty()))
    return failure(Errc::invalid_input,
                   request.cc.empty() ? "a note goes to nobody" : "a note goes to nobody, so it has no copies");
  if (request.to.size() > AnswerRequest::kToMax)
    return failure(Errc::invalid_input,
                   "an answer can go to at most " + std::to_string(AnswerRequest::kToMax) + " who asked");
  return {};
}

Status check_form(const TakenDown& taken, const Policy& policy) {
  if (trim(taken.title).empty()) return failure(Errc::invalid_input, "the title is empty");
  const auto asks = trim(taken.requester);
  if (!asks.empty() && !is_typed_address(asks))
    return failure(Errc::invalid_input,
                   "'" + one_line(asks, 100) +
                       "' is not a mail address, as in petra@example.org; leave it out if there is "
                       "none");
  if (const auto why = asks.empty() ? std::string() : why_not_asked(asks, policy); !why.empty())
    return failure(Errc::invalid_input,
                   std::string(asks) + " " + why + "; name whoever asks, or leave it out if they have no address");
  if (taken.text.size() > AnswerRequest::kTextMax)
    return failure(Errc::invalid_input, "the text has " + std::to_string(taken.text.size()) + " bytes, at most " +
                                            std::to_string(AnswerRequest::kTextMax) + " are allowed");
  if (taken.files.size() > AnswerRequest::kFilesMax)
    return failure(Errc::invalid_input,
                   "at most " + std::to_string(AnswerRequest::kFilesMax) + " files can go with it");
  return {};
}

std::string hash_of(const AnswerRequest& request) {
  Hashed parts;
  parts.add(request.text).add(request.template_name).add(request.internal ? "i" : "").add(request.quote ? "q" : "");
  parts.add(request.then ? to_string(*request.then) : "").add(std::to_string(request.cc.size()));
  for (const auto& address : request.cc) parts.add(address);
  if (!request.to.empty()) parts.add("to");
  for (const auto& address : request.to) parts.add(address);
  return parts.add(request.files).hash();
}

std::string hash_of(const TakenDown& taken) {
  Hashed parts;
  for (const auto* part :
       {&taken.title, &taken.text, &taken.requester, &taken.requester_name, &taken.team, &taken.assignee})
    parts.add(*part);
  return parts.add(taken.priority ? to_string(*taken.priority) : "").add(taken.files).hash();
}

}  // namespace orgo
