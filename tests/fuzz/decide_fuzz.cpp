#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "core/delivery/render.h"
#include "core/mail/findings/find_all.h"
#include "core/mail/findings/find_follow_up.h"
#include "core/mail/read/read_message.h"
#include "core/processing/decide.h"
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"
#include "tests/support/tenants.h"

namespace {

using namespace orgo;

void must(bool holds) {
  if (!holds) __builtin_trap();
}

class Rules final : public rules::RuleSet {
 public:
  rules::Verdict decide(const rules::Facts& facts, bool) const override {
    rules::Verdict verdict;
    verdict.route_to = {"team@organization.com", facts.envelope.sender.address};
    verdict.reply_with = {"reply_received"};
    verdict.tags = {facts.message.subject.substr(0, 20)};
    return verdict;
  }
  std::vector<std::string> keywords(const Message& message) const override { return {message.subject.substr(0, 10)}; }
  const std::map<std::string, MailTemplate>& templates() const override { return templates_; }
  const std::string& version() const override { return version_; }
  std::size_t size() const override { return 1; }

 private:
  std::map<std::string, MailTemplate> templates_;
  std::string version_;
};

}  // namespace

/// A mail of a stranger, all the way: read, decided, and what we send about it rendered and read again. The first byte
/// says how it came. What goes out is ours and known as ours, one mail with one set of fields; automatic mail gets no
/// answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto how = data[0];
  const std::string_view raw(reinterpret_cast<const char*>(data) + 1, size - 1);
  Incoming incoming{.envelope = {.tenant = kTenant}};
  incoming.id = MessageId{7};
  incoming.envelope.channel = (how & 1) != 0 ? Channel::lmtp : Channel::http;
  if ((how & 2) != 0) incoming.envelope.sender = mail_contact(raw.substr(0, 60));
  incoming.envelope.recipient = mail_contact("help@organization.com");
  incoming.message = read_message(raw);
  Context context;
  if ((how & 4) != 0) {
    Task task{.tenant = kTenant};
    task.number = TaskNumber{12};
    task.state = static_cast<TaskState>(1 + how / 8 % 6);
    task.team = "team@organization.com";
    context.thread.task = task;
    context.thread.evidence = raw.substr(0, 100);
  }
  DecideSettings settings;
  settings.domain = "orgo.example";
  settings.own_addresses = {"@organization.com"};
  const Rules rules;
  const auto now = from_ms(1'800'000'000'000);
  must(thread_hints(incoming.message, TenantId{1}, settings.domain).message_ids.size() <= 24);
  const auto changes = decide(incoming, context, rules, settings, now);

  must(changes.find<MessageDecision>() != nullptr);
  must(!changes.find<MessageDecision>()->trace.empty() &&
       parse_json(changes.find<MessageDecision>()->trace).has_value());
  must(changes.find<MessageDecision>()->subject.size() <= 500 && changes.find<MessageDecision>()->reason.size() <= 500);
  for (const auto& event : changes.events) must(event.data.size() <= 65'536 && parse_json(event.data).has_value());
  if (changes.find<MessageDecision>()->outcome == Outcome::recorded)
    must(changes.all<TaskChange>().empty() && changes.sends.empty());
  else must(changes.all<TaskChange>().size() == 1);

  RenderSettings render;
  render.domain = settings.domain;
  for (const auto& send : changes.sends) {
    Task task = changes.all<TaskChange>().front().task;
    if (!task.number) task.number = TaskNumber{1};
    must(task.title.size() <= 500 && task.title.find('\n') == std::string::npos);
    const auto mail = render_mail(
        {.tenant = TenantId{1}, .id = SendId{5}, .send = send, .task = &task, .message = &incoming.message, .at = now},
        render);
    must(mail.has_value());
    const auto back = read_message(mail->text);
    must(back.message_id == mail->message_id);
    must(find_own_loop(back, {TenantId{1}, settings.domain, ""}).has_value());
    must(task_marker(back.subject) == task.number);
    must(back.as_mail().headers.size() >= 13 && back.as_mail().headers.size() <= 15 && back.attachments.empty());
    must(back.as_mail().to.size() == 1 && back.as_mail().to[0].address.size() == send.recipient.address.size());
    must(std::none_of(back.as_mail().headers.begin(), back.as_mail().headers.end(),
                      [](const HeaderField& field) { return field.name == "Bcc"; }));
  }
  return 0;
}
