#include "core/processing/draft.h"

#include <algorithm>
#include <utility>

#include "base/one_line.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/processing/title.h"

namespace orgo {
namespace {

constexpr std::size_t kSubjectMax = 500;
constexpr std::size_t kEventsUsual = 2;  // of one decision: what was done, and what was decided
constexpr std::size_t kDataUsual = 256;  // bytes of what an event says

}  // namespace

Draft::Draft(const Incoming& of, const Context& known, const rules::RuleSet& by, const DecideSettings& with,
             TimePoint at)
    : incoming(of), message(of.message), envelope(of.envelope), context(known), rules(by), settings(with), now(at),
      quiet(envelope.channel == Channel::import_ || envelope.archived),
      dated(envelope.archived ? std::min(envelope.archived->at, now) : now),
      subject(one_line(message.subject, kSubjectMax)), changes{.tenant = envelope.tenant, .at = now} {
  changes.events.reserve(kEventsUsual);
}

Event& Draft::event(EventKind kind) {
  Event& made = changes.events.emplace_back();
  made.kind = kind;
  made.subject = task;
  made.message = incoming.id;
  made.at = now;
  made.actor = "rules";
  made.data.reserve(kDataUsual);
  return made;
}

void Draft::send(SendKind kind, Contact to, Priority priority, std::string_view template_name, std::string rule) {
  Send& made = changes.sends.emplace_back();
  made.kind = kind;
  made.recipient = std::move(to);
  made.priority = priority;
  made.subject = task;
  made.message = incoming.id;
  made.template_name = template_name;
  made.due_at = now;
  made.rule = std::move(rule);
  if (is_mail_address(sender())) made.cause = contact_key(mail_contact(sender()));
}

}  // namespace orgo
