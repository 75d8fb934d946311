#include "core/delivery/render_answer.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <vector>

#include "base/one_line.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/delivery/compose.h"
#include "core/delivery/compose_files.h"
#include "core/delivery/thread_fields.h"
#include "core/delivery/words_with_links.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/mail/read/read_message.h"
#include "core/message/reply_subject.h"
#include "core/template/builtin_templates.h"
#include "core/template/render_template.h"

namespace orgo {
namespace {

constexpr std::size_t kTextMax = 8U << 20U;         // what read_message() keeps of a text
constexpr std::size_t kOwnMarkWithin = 64U << 10U;  // of a file that may be a mail of ours

std::string signature_of(const AnswerContent& content) {
  std::string lines;
  for (const auto* part : {&content.person, &content.signature})
    if (!part->empty()) lines.append("\n").append(*part);
  return lines.empty() ? lines : "-- " + lines;
}

/// What an answer's template may say; of the others nothing.
std::map<std::string, std::string, std::less<>> values_of(const RenderInput& input, const RenderSettings& settings) {
  std::map<std::string, std::string, std::less<>> values;
  const auto& content = input.content->message;
  for (const auto name : kPlaceholders) values.emplace(name, "");
  const bool in_orgo = input.content->in_orgo;
  const bool whole = in_orgo && !ORGO_PLANT(answers_lose_what_they_quote);
  values["text"] = whole ? std::string(trim(content.text)) : words_with_links(content).value_or("");
  values["person"] = input.content->person;
  // Whoever writes a mail signs it.
  if (in_orgo) values["signature"] = signature_of(*input.content);
  values["domain"] = settings.domain;
  if (input.task != nullptr) {
    values["task"] = to_string(input.task->number);
    values["title"] = input.task->title;
    values["subject"] = input.task->title;
    values["team"] = input.task->team;
    values["requester"] = to_string(input.task->requester);
  }
  if (input.message != nullptr && !input.message->subject.empty())
    values["subject"] = answered_subject(*input.message, input.task);
  return values;
}

/// "Re: Water" of "Re: AW: Re: Water", in whatever language the customer's program writes it.
std::string reply_subject(std::string_view subject) {
  constexpr std::string_view kWideColon = "\uFF1A";
  while (is_reply_subject(subject)) {
    const auto plain = subject.find(':'), wide = subject.find(kWideColon);
    const auto at = std::min(plain, wide);
    if (at == std::string_view::npos) break;
    subject = trim(subject.substr(at + (at == plain ? 1 : kWideColon.size())));
  }
  return "Re: " + std::string(subject);
}

/// Whom a reader sees it went to: of what was written in Orgo all that it names, of a mail the customer alone.
void append_recipients(std::string& out, const RenderInput& input) {
  const auto& mail = input.content->message.as_mail();
  const bool named = input.content->in_orgo && !mail.to.empty();
  if (!named) return compose::append_address_field(out, "To", "", address_on_wire(input.send.recipient.address));
  compose::append_addresses_field(out, "To", mail.to);
  compose::append_addresses_field(out, "Cc", mail.cc);
}

/// What a mail program adds by itself, or what may hold mails of ours: no file that somebody chose for the customer.
bool is_passed_over(const Attachment& attachment, std::string_view bytes) {
  const auto& type = attachment.content_type;
  for (const auto kind : {"message/", "multipart/", "text/calendar", "text/rfc822-headers", "application/pkcs7-",
                          "application/x-pkcs7-", "application/pgp-", "application/ms-tnef"})
    if (type.starts_with(kind)) return true;
  const auto name = ascii_lower(attachment.filename);
  if (name.ends_with(".eml") || name.ends_with(".msg") || name.ends_with(".p7s") || name.ends_with(".ics")) return true;
  if (attachment.is_inline && type.starts_with("text/")) return true;
  return bytes.substr(0, kOwnMarkWithin).find(kIdField) != std::string_view::npos;
}

std::vector<AnswerFile> files_of(const RenderInput& input) {
  const auto& content = *input.content;
  std::vector<AnswerFile> files;
  for (std::size_t i = 0; i < content.message.attachments.size(); ++i) {
    const auto& attachment = content.message.attachments[i];
    auto bytes = attachment_bytes(content.raw, i);
    if (bytes && !content.in_orgo && is_passed_over(attachment, *bytes) && !ORGO_PLANT(mails_go_on_as_files)) continue;
    if (bytes) files.push_back({attachment.filename, attachment.content_type, *std::move(bytes)});
  }
  return files;
}

}  // namespace

Result<RenderedMail> render_answer(const RenderInput& input, const RenderSettings& settings) {
  const Send& send = input.send;
  const auto from = send.sender.empty() ? sending_address(settings) : send.sender.address;
  ORGO_TRY(chosen, template_for_mail(input, from));
  if (input.content == nullptr) return failure(Errc::invalid_input, "what was answered can't be read any more");

  const auto values = values_of(input, settings);
  const auto lookup = [&](std::string_view name) -> const std::string* {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second;
  };
  auto subject =
      one_line(compose::clean_text(render_template(chosen->subject, lookup, kMailSubjectMax)), kMailSubjectMax);
  if (subject.empty()) subject = values.at("subject");

  RenderedMail mail;
  mail.sender = from;
  mail.recipient = send.recipient.address;
  const SendId id{ORGO_PLANT(answer_has_an_id_of_its_attempt) ? std::rand() : input.id.value};
  mail.message_id = own_message_id(input.tenant, id, input.task != nullptr ? input.task->number : send.subject.task(),
                                   settings.domain, settings.id_key);
  mail.subject = one_line(mark_subject(reply_subject(subject), input.task), kMailSubjectMax);
  auto& out = mail.text;
  compose::append_address_field(out, "From", settings.from_name, address_on_wire(from));
  append_recipients(out, input);
  if (send.sender.empty() && is_mail_address(settings.reply_to))
    compose::append_address_field(out, "Reply-To", "", address_on_wire(settings.reply_to));
  compose::append_field(out, "Subject", mail.subject);
  compose::append_field(out, "Date", compose::rfc5322_date(input.at));
  compose::append_ids_field(out, "Message-ID", {mail.message_id});
  if (input.message != nullptr) {
    compose::append_ids_field(out, "In-Reply-To", {input.message->message_id});
    compose::append_ids_field(out, "References", references_to(*input.message));
  }
  compose::append_field(out, kLoopField, settings.domain);
  compose::append_ids_field(out, kIdField, {mail.message_id});
  auto text = render_template(chosen->body, lookup, kTextMax);
  text.resize(text.find_last_not_of(" \n") + 1);  // where nobody signs, nothing stands below
  compose::append_text_and_files(out, text, files_of(input));
  return mail;
}

}  // namespace orgo
