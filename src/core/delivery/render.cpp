#include "core/delivery/render.h"

#include <cstdlib>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/one_line.h"
#include "base/planted.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/contact/mail_address.h"
#include "core/delivery/compose.h"
#include "core/delivery/thread_fields.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/template/builtin_templates.h"
#include "core/template/render_template.h"

namespace orgo {
namespace {

constexpr std::size_t kExcerptMax = 2000;

/// The values of the placeholders, in the order of kPlaceholders.
class Values {
 public:
  Values(const RenderInput& input, const RenderSettings& settings) {
    if (const Task* task = input.task) {
      set("task", to_string(task->number));
      set("title", task->title);
      set("subject", task->title);
      set("state", std::string(to_string(task->state)));
      set("priority", std::string(to_string(task->priority)));
      set("team", task->team);
      set("assignee", task->assignee);
      set("requester", to_string(task->requester));
      set("tags", join(task->tags, ", "));
      set("type", task->type);
      std::string fields, missing;
      for (const auto& field : task->fields) {
        if (!field.value.empty())
          fields.append(fields.empty() ? "" : "\n").append(field.label).append(": ").append(field.value);
        if (field.value.empty() && !field.problem.empty())
          missing.append(missing.empty() ? "" : ", ").append(field.label);
      }
      set("fields", std::move(fields));
      set("missing", std::move(missing));
      if (task->due_at) set("due", to_wall_text(*task->due_at, input.zone));
      set("created", to_wall_text(task->created_at, input.zone));
      if (!settings.link_base.empty()) set("link", settings.link_base + "/tasks/" + std::to_string(task->number.value));
    }
    if (const Message* message = input.message) {
      if (!message->subject.empty()) set("subject", answered_subject(*message, input.task));
      if (message->from) set("from", message->from->address);
      std::string excerpt(cut_utf8(message->text, kExcerptMax));
      if (excerpt.size() < message->text.size()) excerpt += "\n[...]";
      set("text", std::move(excerpt));
    }
    set("note", input.send.note);
    set("domain", settings.domain);
  }
  [[nodiscard]] const std::string* find(std::string_view name) const {
    for (std::size_t i = 0; i < kPlaceholders.size(); ++i)
      if (kPlaceholders[i] == name) return &values_[i];
    return nullptr;
  }

 private:
  void set(std::string_view name, std::string value) {
    for (std::size_t i = 0; i < kPlaceholders.size(); ++i)
      if (kPlaceholders[i] == name) values_[i] = std::move(value);
  }
  std::array<std::string, kPlaceholders.size()> values_;
};

}  // namespace

const MailTemplate* find_template(const RenderInput& input) {
  if (input.templates != nullptr)
    if (const auto at = input.templates->find(input.send.template_name); at != input.templates->end())
      return &at->second;
  return builtin_template(input.send.template_name);
}

std::string sending_address(const RenderSettings& settings) {
  return settings.from_address.empty() ? "orgo@" + settings.domain : settings.from_address;
}

Result<const MailTemplate*> template_for_mail(const RenderInput& input, std::string_view from) {
  const Send& send = input.send;
  if (send.recipient.kind != ContactKind::mail || !is_valid(send.recipient))
    return failure(Errc::invalid_input, "'" + one_line(send.recipient.address, 100) + "' is no mail address");
  if (!is_mail_address(from))
    return failure(Errc::invalid_input, "the sending address '" + one_line(from, 100) + "' is no mail address");
  const auto* chosen = find_template(input);
  if (chosen == nullptr)
    return failure(Errc::invalid_input, "there is no template '" + one_line(send.template_name, 100) + "'");
  return chosen;
}

Result<RenderedMail> render_mail(const RenderInput& input, const RenderSettings& settings) {
  const Send& send = input.send;
  const auto from = sending_address(settings);
  ORGO_TRY(chosen, template_for_mail(input, from));
  const Values values(input, settings);
  const auto lookup = [&](std::string_view name) { return values.find(name); };
  const bool reply = send.kind == SendKind::reply;
  auto subject =
      one_line(compose::clean_text(render_template(chosen->subject, lookup, kMailSubjectMax)), kMailSubjectMax);
  if (subject.empty()) subject = (reply ? "Re: " : "") + *values.find("subject");

  RenderedMail mail;
  mail.sender = reply ? "" : from;
  mail.recipient = send.recipient.address;
  const SendId id{ORGO_PLANT(message_id_of_attempt) ? std::rand() : input.id.value};
  mail.message_id = own_message_id(input.tenant, id, input.task != nullptr ? input.task->number : send.subject.task(),
                                   settings.domain, settings.id_key);
  mail.subject = one_line(mark_subject(std::move(subject), input.task), kMailSubjectMax);

  auto& out = mail.text;
  out.reserve(1024);
  compose::append_address_field(out, "From", settings.from_name, address_on_wire(from));
  compose::append_address_field(out, "To", "", address_on_wire(send.recipient.address));
  if (is_mail_address(settings.reply_to))
    compose::append_address_field(out, "Reply-To", "", address_on_wire(settings.reply_to));
  compose::append_field(out, "Subject", mail.subject);
  compose::append_field(out, "Date", compose::rfc5322_date(input.at));
  compose::append_ids_field(out, "Message-ID", {mail.message_id});
  if (input.message != nullptr) {
    compose::append_ids_field(out, "In-Reply-To", {input.message->message_id});
    compose::append_ids_field(out, "References", references_to(*input.message));
  }
  compose::append_field(out, "Auto-Submitted", reply ? "auto-replied" : "auto-generated");
  compose::append_field(out, "X-Auto-Response-Suppress", "All");
  if (!ORGO_PLANT(answer_without_loop_mark) || !reply) compose::append_field(out, kLoopField, settings.domain);
  const int hops = input.message != nullptr ? hops_of(*input.message) : 0;
  compose::append_field(out, kHopField, std::to_string(std::min(hops + (ORGO_PLANT(hops_stand_still) ? 0 : 1), 1000)));
  compose::append_ids_field(out, kIdField, {mail.message_id});
  // Whatever program quotes it below, from this line on it is ours.
  const std::string above = input.answer_goes_to.empty()
                                ? ""
                                : "-- Reply above this line, and it goes to " + input.answer_goes_to + ". --\n\n";
  compose::append_text_body(out, above + render_template(chosen->body, lookup));
  return mail;
}

Result<RenderedWebhook> render_webhook(const RenderInput& input, const RenderSettings& settings) {
  const Send& send = input.send;
  if (send.recipient.kind != ContactKind::webhook || !is_valid(send.recipient))
    return failure(Errc::invalid_input, "'" + one_line(send.recipient.address, 100) +
                                            "' is not the address of a webhook; it begins with https://");
  RenderedWebhook webhook{
      .url = send.recipient.address, .id = outer_prefix(input.tenant) + to_string(input.id), .body = {}};
  JsonWriter json(webhook.body);
  json.begin_object().field("id", webhook.id).field("event", send.template_name).field("at", to_rfc3339(input.at));
  json.field("domain", settings.domain);
  if (const Task* task = input.task) {
    json.key("task").begin_object().field("number", to_string(task->number)).field("title", task->title);
    json.field("state", to_string(task->state)).field("priority", to_string(task->priority)).field("team", task->team);
    json.field("assignee", task->assignee).field("requester", to_string(task->requester)).key("tags").begin_array();
    for (const auto& tag : task->tags) json.string(tag);
    json.end_array().field("version", task->version).field("created_at", to_rfc3339(task->created_at));
    if (task->due_at) json.field("due_at", to_rfc3339(*task->due_at));
    if (!settings.link_base.empty())
      json.field("link", settings.link_base + "/tasks/" + std::to_string(task->number.value));
    json.end_object();
  }
  if (const Message* message = input.message) {
    json.key("message").begin_object().field("id", to_string(send.message)).field("message_id", message->message_id);
    json.field("subject", message->subject).field("from", message->from ? message->from->address : std::string());
    json.end_object();
  }
  if (!send.note.empty()) json.field("note", send.note);
  json.end_object();
  return webhook;
}

}  // namespace orgo
