#include "tests/world/support/simulation.h"

#include "core/task/commands.h"
#include "core/task/link.h"
#include "core/task/merge_tasks.h"
#include "core/task/pend.h"

// What people do: the mails of a world, the answers to what went out, and what is done with tasks.
namespace orgo::world {
namespace {

constexpr Millis kMinute{60'000};

std::string compose_mail(std::string_view from, std::string_view subject, std::string_view id, std::string_view body,
                         std::string_view more = {}) {
  std::string bytes;
  bytes.append("From: <").append(from).append(">\r\nTo: <").append(kOffice).append(">\r\nSubject: ").append(subject);
  bytes.append("\r\nMessage-ID: <").append(id).append(">\r\n").append(more).append("\r\n").append(body).append("\r\n");
  return bytes;
}

}  // namespace

void Simulation::add(TenantId tenant, std::string recipient, std::string bytes, Expected expected, std::string team,
                     bool is_answered) {
  Submission submission{.envelope = {.tenant = tenant}};
  submission.envelope.channel = random_.chance(0.8) ? Channel::lmtp : Channel::smtp;
  submission.envelope.sender = mail_contact("anna@home.example");
  submission.envelope.recipient = mail_contact(std::move(recipient));
  submission.envelope.peer = "192.0.2.1";
  submission.bytes = std::make_shared<const std::string>(std::move(bytes));
  submission.expected = expected;
  submission.team = std::move(team);
  submission.is_answered = is_answered;
  submission.next_try = clock_.now() + Millis{random_.below(kMinute.count() * 50)};
  submissions_.push_back(std::move(submission));
}

void Simulation::plan_one(int i) {
  const auto number = std::to_string(i);
  const auto id = "m" + number + "@home.example";
  const auto from = "person" + number + "@home.example";
  const auto earlier = "m" + std::to_string(random_.below(std::max(1, i))) + "@home.example";  // of either tenant
  const auto office = std::string(kOffice);
  const auto tenant = kTenants[random_.chance(0.35) ? 1 : 0];
  switch (random_.below(11)) {
    case 0:
    case 1:
      return add(tenant, office, compose_mail(from, "Water in room " + number, id, "It drips."), Expected::opens,
                 "maintenance@school.example");
    case 2:
      return add(tenant, office, compose_mail(from, "A certificate please " + number, id, "For " + number),
                 Expected::opens, "secretary@school.example", true);
    case 3:
      return add(tenant, office, compose_mail(from, "The sensor says " + number, id, "Hot."), Expected::opens,
                 "it@school.example");
    case 4:
      return add(tenant, office, compose_mail(kGone, "Lost property " + number, id, "A hat."), Expected::opens, "",
                 true);
    case 5:
      return add(tenant, office, compose_mail(from, "Hello " + number, id, "Nothing of note."), Expected::opens, "");
    case 6:
      return add(tenant, office,
                 compose_mail(from, "Out of office " + number, id, "I am away.", "Auto-Submitted: auto-replied\r\n"),
                 Expected::recorded, "");
    case 7:
      return add(tenant, office,
                 compose_mail(from, "Re: your answer " + number, id, "Any news?", "In-Reply-To: <" + earlier + ">\r\n"),
                 Expected::opens_or_joins, "");
    case 8: {  // one mail to two mailboxes
      const auto bytes = compose_mail(from, "Water for two " + number, id, "Both of you.");
      add(tenant, office, bytes, Expected::opens_or_joins, "");
      return add(tenant, "it-help@school.example", bytes, Expected::opens_or_joins, "");
    }
    case 9: {  // one mail to both tenants: nothing of one has to do with the other
      const auto bytes = compose_mail(from, "Water for both " + number, id, "To whom it may concern.");
      for (const auto each : kTenants) add(each, office, bytes, Expected::opens, "maintenance@school.example");
      return;
    }
    default:  // another body under an id that was used before
      return add(tenant, office, compose_mail(from, "Again " + number, earlier, "Other words " + number),
                 Expected::opens_or_joins, "");
  }
}

void Simulation::plan() {
  for (int i = 0; i < options_.submissions; ++i) plan_one(i);
}

TenantId Simulation::tenant_of(SendId send) {
  for (const auto tenant : kTenants)
    if (seen_.outbox.read_send(tenant, send)) return tenant;
  return kTenant;
}

/// People answer notifications, machines answer automatic answers.
void Simulation::correspondents_answer() {
  for (; answered_effects_ < peers_.taken().size(); ++answered_effects_) {
    const auto effect = peers_.taken()[answered_effects_];
    if (effect.message_id.empty() || submissions_.size() > static_cast<std::size_t>(options_.submissions) * 3) continue;
    const auto number = std::to_string(submissions_.size());
    const auto id = "re" + number + "@peer.example";
    const auto reply_header = "In-Reply-To: " + effect.message_id + "\r\n";
    if (effect.automatic && random_.chance(0.5)) {
      add(tenant_of(effect.send), std::string(kOffice),
          compose_mail(effect.recipient, "Vacation " + number, id, "I am away.",
                       reply_header + "Auto-Submitted: auto-replied\r\n"),
          Expected::recorded, "");
    } else if (!effect.automatic && random_.chance(0.15)) {
      add(tenant_of(effect.send), std::string(kOffice),
          compose_mail(effect.recipient, "Re: " + number, id, "On my way.", reply_header), Expected::opens_or_joins,
          "");
    }
  }
}

void Simulation::somebody_acts(Node& node) {
  const auto tenant = kTenants[random_.chance(0.3) ? 1 : 0];
  const auto tasks = seen_.tasks.list(TaskListRequest{.tenant = tenant, .limit = 1'000});
  if (!tasks || tasks->empty()) return;
  const auto& task = (*tasks)[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(tasks->size())))];
  const auto act = [&]() -> Result<Changes> {
    const auto& other = (*tasks)[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(tasks->size())))];
    switch (random_.below(9)) {
      case 0:
        return commands::acknowledge(task, "user:anna", clock_.now());
      case 1:
        return commands::resolve(task, "user:anna", clock_.now());
      case 2:
        return commands::close(task, "user:anna", clock_.now());
      case 3:
        return commands::reopen(task, "user:anna", clock_.now());
      case 4:
        return commands::comment(task, "Looking at it.", "user:anna", clock_.now());
      case 5:
        return commands::pend(task, clock_.now() + Millis{60'000} * (1 + random_.below(300)), "user:anna",
                              clock_.now());
      case 6:
        return commands::link(task, other, "user:anna", clock_.now());
      case 7: {
        ORGO_TRY(into, end_of_merges(other, [&](TaskNumber number) { return seen_.tasks.read(tenant, number); }));
        return random_.chance(0.5) ? commands::merge_into(task, into, "user:anna", clock_.now())
                                   : commands::unmerge(task, into, "user:anna", clock_.now());
      }
      default:
        return commands::assign(task, "bert@school.example", "user:anna", clock_.now());
    }
  };
  const auto changes = act();
  if (changes) (void)node.changes->commit(std::span(&*changes, 1), {});
}

void Simulation::somebody_follows(Node& node) {
  auto& follower = followers_.at(static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(kTenants.size()))));
  const auto page =
      node.stores->tasks.events_after(follower.tenant, follower.last, 1 + static_cast<int>(random_.below(20)));
  if (!page) return;
  for (const auto& event : *page) follower.seen.push_back(event.sequence);
  if (!page->empty()) follower.last = page->back().sequence;
}

}  // namespace orgo::world
