#include "tests/contract/support/neighbour.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "core/access/token_change.h"
#include "core/mailbox/mailbox_change.h"
#include "core/module/rule_version.h"
#include "core/silence/alarm.h"
#include "core/silence/rhythms_learned.h"
#include "core/suppression/suppress.h"
#include "tests/contract/support/samples.h"

namespace orgo::contract {
namespace {

constexpr Millis kTime{10'000};
constexpr std::string_view kMark = "the neighbour's";

template <typename T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "the neighbour can't settle: %s\n", result.error().message.c_str());
    std::abort();
  }
  return *std::move(result);
}

MessageId accept(Stores& stores) {
  const auto bytes = mail("a@x", kMark);
  const auto message = raw(bytes, "office@school.example", kNeighbour);
  const auto id = must(stores.messages.accept(std::span(&message, 1), within(kTime))).at(0).message;
  const WorkKey work{kNeighbour, WorkKind::process, id.value};
  must(stores.work.complete(must(stores.work.claim(kOwner, std::span(&work, 1), kStart, kTime))));
  return id;
}

/// T-1 for the message, T-2 of an alarm, and an address that is suppressed.
void commit(Stores& stores, MessageId message) {
  auto decided = deciding(message, kNeighbour);
  const auto blocked =
      must(commands::suppress(kNeighbour, {}, "anna@example.org", kMark, std::nullopt, "user:neighbour", kStart));
  const auto alarm = silence::raise_alarm(kNeighbour, "mailbox:office", {}, kStart, kMark, {}, kStart);
  const std::array all{std::move(decided), blocked, alarm};
  for (auto& answer : must(stores.changes.commit(all, within(kTime)))) must(std::move(answer));
}

}  // namespace

void settle_neighbour(Stores stores) {
  commit(stores, accept(stores));
  Changes kept{.tenant = kNeighbour, .at = kStart};
  kept.add(MailboxChange{{.tenant = kNeighbour, .name = "office", .source = std::string(kMark)}});
  kept.add(RhythmsLearned{MessageId{1}, {{.source = "mailbox:office", .state = std::string(kMark)}}});
  const std::array all{
      make_token({.tenant = kNeighbour, .name = "anna", .role = Role::administrator, .created_at = kStart},
                 sha256(kMark), "user:neighbour"),
      add_rule_version({.tenant = kNeighbour,
                        .version = "0123456789abcdef",
                        .rules = 7,
                        .accepted_at = kStart,
                        .files = {{"/rules.yaml", std::string(kMark)}}}),
      kept};
  for (auto& answer : must(stores.changes.commit(all, within(kTime)))) must(std::move(answer));
}

std::string belongings_of(Stores stores, TenantId tenant) {
  std::ostringstream out;
  const auto messages = must(stores.messages.list({.tenant = tenant, .before = {}, .limit = 100, .task = {}}));
  for (const auto& one : messages) {
    const auto id = one.message.id;
    out << to_string(id) << ' ' << one.message.envelope.recipient.address << ' '
        << must(stores.messages.read_bytes(tenant, id)).size();
    if (const auto decision = must(stores.messages.decision(tenant, id)))
      out << " -> " << to_string(decision->task) << ' ' << decision->reason;
    out << '\n';
  }
  const auto tasks = must(stores.tasks.list({.tenant = tenant, .limit = 100}));
  for (const auto& task : tasks) {
    out << to_string(task.number) << " v" << task.version << ' ' << to_string(task.state) << ' ' << task.title << ' '
        << task.team << ' ' << task.assignee
        << " sends:" << must(stores.outbox.sends_of_task(tenant, task.number)).size()
        << " history:" << must(stores.tasks.history(tenant, task.number)).size() << '\n';
  }
  out << "events: " << must(stores.tasks.events_after(tenant, 0, 1'000)).size() << '\n';
  const auto suppressions = must(stores.outbox.list_suppressions(tenant, {}, false, 100));
  for (const auto& one : suppressions)
    out << one.address << " v" << one.version << ' ' << one.active << ' ' << one.detail << '\n';
  const auto tokens = must(stores.tokens.list_tokens(tenant));
  for (const auto& one : tokens) out << "token " << one.name << (one.revoked_at ? " revoked" : "") << '\n';
  const auto mailboxes = must(stores.mailboxes.list_mailboxes(tenant));
  for (const auto& one : mailboxes) out << one.name << ' ' << one.source << ' ' << one.taken << '\n';
  const auto learned = must(stores.silence.read_rhythms(tenant));
  for (const auto& one : learned.rhythms)
    out << one.source << ' ' << one.state << " upto " << learned.upto.value << '\n';
  const auto alarms = must(stores.silence.open_alarms(tenant));
  for (const auto& one : alarms) out << "alarm " << one.source << ' ' << to_string(one.task) << '\n';
  const auto versions = must(stores.rules.list_rule_versions(tenant, 100));
  for (const auto& one : versions)
    out << one.version << ' ' << must(stores.rules.read_rule_version(tenant, one.version)).files.at(0).text << '\n';
  return out.str();
}

}  // namespace orgo::contract
