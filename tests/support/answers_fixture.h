#pragma once
#include <string>
#include <utility>
#include <vector>

#include "core/answer/answer_order.h"
#include "tests/support/decide_fixture.h"

namespace orgo {

/// T-12 of kim, that the water team has; they wrote to help@ last in m5.
class Answers : public Decide {
 public:
  using Decide::add;
  using Decide::context;
  using Decide::incoming;
  using Decide::rules;
  using Decide::settings;

 protected:
  Answers() {
    rules.place.teams["water"] = {
        .name = "water", .address = "water@organization.com", .members = {"ben@organization.com"}};
    in_thread(TaskState::fresh);
    context.thread.task->requester = mail_contact("kim@client.example");
    context.thread.task->team = "water";
    context.thread.task->origin = MessageId{3};
    context.last_word = LastWord{.message = MessageId{5},
                                 .written_to = mail_contact("help@organization.com"),
                                 .to_us = true,
                                 .told = mail_contact("water@organization.com")};
    settings.own_addresses = {"help@organization.com", "orgo@organization.com"};
  }
  void written(const AnswerOrder& order, std::vector<Address> to = {{"", "kim@client.example"}}) {
    incoming.envelope.channel = Channel::answer;
    incoming.message = {};
    incoming.message.from = Address{"Anna", "anna@organization.com"};
    incoming.message.text = "We come at three.\n";
    auto& mail = incoming.message.make_mail();
    mail.to = std::move(to);
    mail.headers.push_back({std::string(kAnswerField), answer_order_text(order)});
  }
  /// ben answers the notification of the team.
  void mailed(const std::string& from = "ben@organization.com", const std::string& text = "We come at three.\n") {
    incoming.envelope.sender = mail_contact(from);
    incoming.message.from = Address{"Ben", from};
    auto& mail = incoming.message.make_mail();
    mail.to = {{"", "orgo@organization.com"}};
    mail.headers = {{"From", "Ben <" + from + ">"}};
    incoming.message.in_reply_to = "orgo-s1-t12-x@orgo.organization.com";
    incoming.message.subject = "Re: [T-12] Water";
    incoming.message.text = text;
    context.thread.proven = true;
  }
  static std::vector<EventKind> kinds(const Changes& changes) {
    std::vector<EventKind> all;
    for (const auto& event : changes.events) all.push_back(event.kind);
    return all;
  }
  static std::vector<const Send*> answers(const Changes& changes) {
    std::vector<const Send*> all;
    for (const auto& send : changes.sends)
      if (send.kind == SendKind::answer) all.push_back(&send);
    return all;
  }
  static const Task& task_of(const Changes& changes) { return changes.find<TaskChange>()->task; }
};

}  // namespace orgo
