#include "core/template/builtin_templates.h"

namespace orgo {

const MailTemplate* builtin_template(std::string_view name) {
  struct Named {
    std::string_view name;
    MailTemplate text;
  };
  static const auto* const templates = new std::array<Named, 6>{{
      {"task_opened",
       {"{{title}}",
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
        "{{text}}\n"}},
      {"task_replied",
       {"{{title}}",
        "There is a reply to {{task}}: {{title}}\n"
        "\n"
        "From: {{from}}\n"
        "State: {{state}}\n"
        "{{link}}\n"
        "\n"
        "{{text}}\n"}},
      {"task_assigned",
       {"{{title}}",
        "{{task}} is yours now: {{title}}\n"
        "\n"
        "From: {{requester}}\n"
        "Team: {{team}}\n"
        "Priority: {{priority}}\n"
        "Due: {{due}}\n"
        "{{link}}\n"
        "{{note}}\n"
        "\n"
        "{{text}}\n"}},
      {"escalated",
       {"Escalated: {{title}}",
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
        "{{text}}\n"}},
      {"reply_received",
       {"Re: {{subject}}",
        "Thank you, we have received your message. It has the number {{task}}.\n"
        "Answer to this mail if you want to add something.\n"}},
      {"answer_bounced",
       {"Not delivered: {{title}}",
        "Our answer about {{task}} did not arrive: {{title}}\n"
        "\n"
        "{{note}}\n"
        "From: {{requester}}\n"
        "State: {{state}}\n"
        "{{link}}\n"
        "\n"
        "They don't know that we have their message. Is there another way to reach them?\n"}},
  }};
  for (const auto& entry : *templates)
    if (entry.name == name) return &entry.text;
  return nullptr;
}

}  // namespace orgo
