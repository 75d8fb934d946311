#include "core/delivery/render_outgoing.h"

#include <utility>

#include "base/text.h"
#include "core/delivery/render_answer.h"

namespace orgo {
namespace {

Result<Outgoing> as_mail(const RenderInput& input, const RenderSettings& settings, const ChannelTraits& traits) {
  const bool by_person = input.send.kind == SendKind::answer;
  ORGO_TRY(mail, by_person ? render_answer(input, settings) : render_mail(input, settings));
  Outgoing made;
  const bool unanswerable = traits.null_sender && input.send.kind == SendKind::reply;
  if (!unanswerable) made.sender = mail_contact(by_person ? mail.sender : sending_address(settings));
  made.body = std::move(mail.text);
  made.message_id = std::move(mail.message_id);
  return made;
}

Result<Outgoing> as_json(const RenderInput& input, const RenderSettings& settings) {
  ORGO_TRY(webhook, render_webhook(input, settings));
  Outgoing made;
  made.body = std::move(webhook.body);
  return made;
}

}  // namespace

Result<Outgoing> render_outgoing(const RenderInput& input, const RenderSettings& settings,
                                 const ChannelTraits& traits) {
  const auto recipient = input.send.recipient;
  if (input.send.kind == SendKind::answer && traits.medium != Medium::mail)
    return failure(Errc::invalid_input, std::string(traits.name) + " carries no answers of people");
  if (input.send.kind == SendKind::reply && !traits.answers)
    return failure(Errc::invalid_input, std::string(traits.name) + " carries no automatic answers");
  Result<Outgoing> made = traits.medium == Medium::mail ? as_mail(input, settings, traits) : as_json(input, settings);
  if (!made) return made;
  made->id = outer_prefix(input.tenant) + to_string(input.id);
  made->recipient = recipient;
  made->at = input.at;
  return made;
}

}  // namespace orgo
