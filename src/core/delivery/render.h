#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time_zone.h"
#include "core/changes/send.h"
#include "core/message/message.h"
#include "core/task/task.h"
#include "core/template/mail_template.h"

namespace orgo {

struct RenderSettings {
  std::string domain = "orgo.localhost";  ///< of our Message-IDs and X-Orgo-Loop; the same as DecideSettings::domain
  std::string from_address;               ///< that we send as; empty: "orgo@" and the domain
  std::string from_name = "Orgo";
  std::string reply_to;   ///< where answers shall go; empty: to from_address
  std::string link_base;  ///< "https://orgo.example.org"; empty: no links
  std::string id_key;     ///< secret, for own_message_id(); the same as DecideSettings::id_key
  TimeZone zone;          ///< that is configured; see Workplace::zone()
};
/// from_address, or what it defaults to.
std::string sending_address(const RenderSettings& settings);

/// What a person of ours wrote, for an answer.
struct AnswerContent {
  const Message& message;
  std::string_view raw;     ///< its bytes, for its files
  bool in_orgo = false;     ///< written in Orgo itself (Channel::answer); else a mail of theirs
  std::string person{};     ///< who they are to customers: "Anna Müller"; may be empty
  std::string signature{};  ///< of their team; may be empty
};

/// All that a mail is made of.
struct RenderInput {
  TenantId tenant;
  SendId id;
  const Send& send;
  const Task* task = nullptr;        ///< as it is now; nullptr: none
  const Message* message = nullptr;  ///< which it answers or is about; nullptr: none, or it can't be read any more
  const AnswerContent* content = nullptr;                          ///< of an answer; nullptr: it can't be read any more
  const std::map<std::string, MailTemplate>* templates = nullptr;  ///< of the rule file; go before the built-in ones
  std::string answer_goes_to{};  ///< when whoever is told answers by mail; the mail then says so. Empty: to nobody
  TimePoint at{};                ///< for Date: when the send was queued, so that a repeated one is the same mail
  TimeZone zone = {};            ///< in which times are shown
};

struct RenderedMail {
  std::string sender;  ///< for MAIL FROM: empty (the null sender, RFC 3834, section 3.3) for automatic replies, so that
                       ///< no bounce of them comes back; our own address for the rest, so that theirs do
  std::string recipient;   ///< for RCPT TO
  std::string message_id;  ///< without <>
  std::string subject;     ///< decoded
  std::string text;        ///< all of the mail (RFC 5322), CRLF line ends
};

/// Of the rule file, else built in; nullptr: there is none of the send's name.
const MailTemplate* find_template(const RenderInput& input);
/// The template of a mail that goes out as `from`. invalid_input: there is none, or its recipient or `from` is no mail
/// address.
Result<const MailTemplate*> template_for_mail(const RenderInput& input, std::string_view from);

/// The same input makes the same bytes, so a send that is repeated after a lost answer is the same mail with the same
/// Message-ID. Subject with the marker "[T-12]"; In-Reply-To and References of the message; Auto-Submitted (RFC 3834),
/// X-Auto-Response-Suppress and X-Orgo-Loop, so that no program answers and we know it when it comes back; X-Orgo-Hop,
/// one more than that of the message; X-Orgo-ID, for relays that change Message-ID. No value can add a header or end
/// one. invalid_input: the recipient is no mail address, or there is no template of this name.
Result<RenderedMail> render_mail(const RenderInput& input, const RenderSettings& settings);

/// The body of a webhook: JSON with "id" (of the send, the same at each attempt, for the receiver to drop doubles),
/// "event" (the template's name), "task" and, when there is one, "message". invalid_input: the recipient is not
/// http(s)://...
struct RenderedWebhook {
  std::string url;
  std::string id;    ///< as it goes out, "s5" or "n2-s5"; see outer_prefix()
  std::string body;  ///< application/json
};
Result<RenderedWebhook> render_webhook(const RenderInput& input, const RenderSettings& settings);

}  // namespace orgo
