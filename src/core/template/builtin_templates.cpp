#include "core/template/builtin_templates.h"

#include <array>
#include <map>
#include <string>

namespace orgo {
namespace {

struct Text {
  std::string_view name, subject, body;
};
constexpr auto kTexts = std::to_array<Text>({

    {"task_opened", "{{title}}",
     "{{task}}: {{title}}\n"
     "\n"
     "From: {{requester}}\n"
     "For: {{team}}\n"
     "Assigned to: {{assignee}}\n"
     "Priority: {{priority}}\n"
     "Due: {{due}}\n"
     "Tags: {{tags}}\n"
     "{{link}}\n"
     "\n"
     "{{text}}\n"},
    {"task_replied", "{{title}}",
     "There is a reply to {{task}}: {{title}}\n"
     "\n"
     "From: {{from}}\n"
     "State: {{state}}\n"
     "{{link}}\n"
     "\n"
     "{{text}}\n"},
    {"task_assigned", "{{title}}",
     "{{task}} is yours now: {{title}}\n"
     "\n"
     "From: {{requester}}\n"
     "Team: {{team}}\n"
     "Priority: {{priority}}\n"
     "Due: {{due}}\n"
     "{{link}}\n"
     "{{note}}\n"
     "\n"
     "{{text}}\n"},
    {"escalated", "Escalated: {{title}}",
     "{{task}} waits and has reached you: {{title}}\n"
     "\n"
     "{{note}}\n"
     "State: {{state}}\n"
     "From: {{requester}}\n"
     "Team: {{team}}\n"
     "Assigned to: {{assignee}}\n"
     "Priority: {{priority}}\n"
     "Opened: {{created}}\n"
     "{{link}}\n"
     "\n"
     "{{text}}\n"},
    {"task_overdue", "Overdue: {{title}}",
     "{{task}} was due {{due}} and is not done: {{title}}\n"
     "\n"
     "{{note}}\n"
     "State: {{state}}\n"
     "From: {{requester}}\n"
     "Team: {{team}}\n"
     "Assigned to: {{assignee}}\n"
     "Priority: {{priority}}\n"
     "{{link}}\n"
     "\n"
     "{{text}}\n"},
    {"task_woken", "Open again: {{title}}",
     "{{task}} waited until now and is open again: {{title}}\n"
     "\n"
     "{{note}}\n"
     "From: {{requester}}\n"
     "Team: {{team}}\n"
     "Assigned to: {{assignee}}\n"
     "Priority: {{priority}}\n"
     "Due: {{due}}\n"
     "{{link}}\n"
     "\n"
     "{{text}}\n"},
    {"reply_received", "Re: {{subject}}",
     "Thank you, we have received your message. It has the number {{task}}.\n"
     "Answer to this mail if you want to add something.\n"},
    {"answer_bounced", "Not delivered: {{title}}",
     "Our answer about {{task}} did not arrive: {{title}}\n"
     "\n"
     "{{note}}\n"
     "From: {{requester}}\n"
     "State: {{state}}\n"
     "{{link}}\n"
     "\n"
     "They don't know what we said. Is there another way to reach them?\n"},
    {"task_resolved", "Re: {{subject}}",
     "What you asked us is done: {{title}} ({{task}})\n"
     "\n"
     "If something is missing, just answer to this mail.\n"},
    {"answer", "Re: {{subject}}",
     "{{text}}\n"
     "\n"
     "{{signature}}\n"},
    {"answer_late", "Not sent: {{title}}",
     "What you wrote about {{task}} was not done: {{title}}\n"
     "\n"
     "{{note}} Read what is new, and send it again from the page if it still holds.\n"
     "{{link}}\n"
     "\n"
     "You wrote:\n"
     "\n"
     "{{text}}\n"},
    {"answer_kept", "Not sent on: {{title}}",
     "Your mail is kept with {{task}}, and did not go to {{requester}}: {{title}}\n"
     "\n"
     "{{note}} To answer, use the page or `orgo task reply`.\n"
     "{{link}}\n"
     "\n"
     "{{text}}\n"},
});

}  // namespace

const MailTemplate* builtin_template(std::string_view name) {
  static const auto* const templates = [] {
    auto* made = new std::map<std::string, MailTemplate, std::less<>>;
    for (const auto& text : kTexts)
      made->emplace(text.name, MailTemplate{std::string(text.subject), std::string(text.body)});
    return made;
  }();
  const auto found = templates->find(name);
  return found == templates->end() ? nullptr : &found->second;
}

}  // namespace orgo
