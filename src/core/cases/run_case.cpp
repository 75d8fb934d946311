#include "core/cases/run_case.h"

#include <algorithm>

#include "base/text.h"
#include "core/calendar/calendar_rows.h"
#include "core/clocks/clocks.h"
#include "core/mail/read/read_message.h"
#include "core/processing/message_decision.h"
#include "core/processing/trace.h"
#include "core/task/task_change.h"

namespace orgo::cases {
namespace {

std::string shown(const std::vector<std::string>& list) {
  return list.empty() ? "(none)" : join(list, ", ");
}
/// What is oftener in `a` than in `b`.
std::vector<std::string> only_in(const std::vector<std::string>& a, std::vector<std::string> b) {
  std::vector<std::string> out;
  for (const auto& one : a) {
    if (const auto at = std::find(b.begin(), b.end(), one); at != b.end()) b.erase(at);
    else out.push_back(one);
  }
  return out;
}
std::string shown(const std::string& text) {
  return text.empty() ? "(none)" : text;
}

/// Compares what came out with what was expected.
class Comparison {
 public:
  Comparison(const Expectation& expect, std::string_view module, std::vector<Mismatch>& mismatches)
      : expect_(expect), prefix_(module.empty() ? std::string() : std::string(module) + "/"), mismatches_(mismatches) {}

  /// In the module's own words.
  [[nodiscard]] std::string local(const std::string& name) const {
    return !prefix_.empty() && name.starts_with(prefix_) ? name.substr(prefix_.size()) : name;
  }
  [[nodiscard]] std::vector<std::string> local(std::vector<std::string> names) const {
    for (auto& name : names) name = local(name);
    return names;
  }

  void list(const char* what, const std::optional<std::vector<std::string>>& expected,
            const std::vector<std::string>& got) {
    if (!expected) return;
    const auto wanted = local(*expected);
    const auto came = local(got);
    if (wanted == came) return;
    Mismatch made{what, shown(wanted), shown(came), true, only_in(wanted, came), only_in(came, wanted)};
    mismatches_.push_back(std::move(made));
  }
  void among(const char* what, const std::vector<std::string>& expected, const std::vector<std::string>& got) {
    std::vector<std::string> missing;
    for (const auto& one : expected)
      if (std::find(got.begin(), got.end(), local(one)) == got.end()) missing.push_back(one);
    if (!missing.empty()) mismatches_.push_back({what, shown(missing), shown(got), true, missing, {}});
  }
  void none_of(const char* what, const std::vector<std::string>& unwanted, const std::vector<std::string>& got) {
    for (const auto& one : unwanted)
      if (std::find(got.begin(), got.end(), local(one)) != got.end())
        mismatches_.push_back({what, "not " + one, shown(got)});
  }
  void text(const char* what, const std::optional<std::string>& expected, const std::string& got) {
    if (expected && local(*expected) != local(got)) mismatches_.push_back({what, shown(*expected), shown(local(got))});
  }
  [[nodiscard]] const Expectation& expect() const { return expect_; }
  [[nodiscard]] std::vector<Mismatch>& mismatches() { return mismatches_; }

 private:
  const Expectation& expect_;
  std::string prefix_;
  std::vector<Mismatch>& mismatches_;
};

void compare_task(Comparison& compare, const Task& task, bool opened) {
  const auto& expect = compare.expect();
  compare.text("priority", expect.priority, opened ? std::string(to_string(task.priority)) : std::string());
  compare.text("assign", expect.assign, task.assignee);
  compare.text("task_type", expect.task_type, compare.local(task.type));
  compare.among("tags", expect.tags, task.tags);
  std::vector<std::string> chain;
  for (auto step : task.escalation.steps) {
    step.to = compare.local(step.to);
    chain.push_back(in_words(step));
  }
  compare.list("escalation", expect.escalation, chain);
  for (const auto& [name, wanted] : expect.fields) {
    const auto field = std::ranges::find(task.fields, name, &TaskField::name);
    if (field == task.fields.end()) {
      compare.mismatches().push_back({"field " + name, shown(wanted), "no such field of '" + task.type + "'"});
    } else if (field->value != wanted) {
      compare.mismatches().push_back(
          {"field " + name, shown(wanted),
           shown(field->value) + (field->problem.empty() ? "" : " (" + field->problem + ")")});
    }
  }
}

/// The service level of a new task, and when its clocks are due as things stand then.
void compare_sla(Comparison& compare, const Changes& changes, const Workplace& workplace, TimePoint now) {
  const auto& expect = compare.expect();
  if (!expect.sla && expect.due.empty()) return;
  const auto* task = changes.all<TaskChange>().empty() ? nullptr : &changes.all<TaskChange>().front().task;
  const auto* level = task != nullptr && task->sla ? &*task->sla : nullptr;
  compare.text("sla", expect.sla, level != nullptr ? compare.local(level->sla.name) : std::string());
  if (expect.due.empty()) return;
  std::vector<ClockReading> clocks;
  const auto& calendar = workplace.calendar(level != nullptr ? level->calendar : std::string());
  if (level != nullptr) {
    const auto& sla = workplace.current(*level);
    clocks = read_clocks(sla, calendar, sla_facts(*task, changes.events, sla.answered_by), now);
  }
  for (const auto& [clock, text] : expect.due) {
    const auto found = std::find_if(clocks.begin(), clocks.end(),
                                    [clock = clock](const auto& one) { return one.clock == clock && one.due; });
    const auto wanted = parse_instant(text, calendar.zone());  // read_cases() has seen that it is one
    if (found != clocks.end() && wanted && *wanted == *found->due) continue;
    compare.mismatches().push_back(
        {"sla " + std::string(to_string(clock)), text + (wanted ? " (" + to_rfc3339(*wanted) + ")" : ""),
         found == clocks.end()
             ? "this clock does not run"
             : to_rfc3339(*found->due) + " by " +
                   (calendar.name().empty() ? "wall time" : "calendar '" + compare.local(calendar.name()) + "'")});
  }
}

}  // namespace

CaseResult run_case(const Case& one, const rules::RuleSet& rules, const DecideSettings& settings,
                    std::string_view module) {
  Incoming incoming{.id = MessageId{1}, .envelope = {.tenant = kTrialTenant}};
  incoming.message = read_message(one.mail);
  if (rules.needs().raw) incoming.raw = one.mail;
  auto& envelope = incoming.envelope;
  envelope.received_at = one.at;
  if (incoming.message.from) envelope.sender = mail_contact(incoming.message.from->address);
  envelope.recipient.address =
      incoming.message.as_mail().to.empty() ? "office@example.org" : incoming.message.as_mail().to.front().address;
  incoming.key = dedup_key(envelope, one.mail);
  auto traced = settings;
  traced.trace = TraceDepth::near;
  const auto changes = decide(incoming, {}, rules, traced, one.at);

  CaseResult result;
  const auto& decision = *changes.find<MessageDecision>();
  result.reason = decision.reason;
  Comparison compare(one.expect, module, result.mismatches);
  const auto trace = parse_trace(decision.trace).value_or(Trace{});
  for (const auto& rule : trace.rules) {
    if (rule.matched) result.matched.push_back(compare.local(rule.rule));
    else if (result.near_misses.size() < 5) result.near_misses.push_back({compare.local(rule.rule), false, rule.why});
  }
  const auto keywords = compare.local(trace.keywords);

  const auto& expect = one.expect;
  compare.list("rules", expect.rules, result.matched);
  compare.text("outcome", expect.outcome, std::string(to_string(decision.outcome)));
  if (expect.dropped && *expect.dropped != (decision.outcome == Outcome::dropped))
    result.mismatches.push_back({"dropped", *expect.dropped ? "true" : "false", *expect.dropped ? "false" : "true"});
  compare.list("routed_to", expect.routed_to, trace.routed_to);
  compare.among("keywords", expect.keywords, keywords);
  compare.none_of("keywords", expect.no_keywords, keywords);
  const bool opened = !changes.all<TaskChange>().empty();
  compare_task(compare, opened ? changes.all<TaskChange>().front().task : Task{.tenant = kTrialTenant}, opened);
  compare_sla(compare, changes, rules.workplace(), one.at);
  std::vector<std::string> replies, told;
  for (const auto& send : changes.sends)
    (send.kind == SendKind::reply ? replies : told)
        .push_back(send.kind == SendKind::reply ? compare.local(send.template_name) : send.recipient.address);
  compare.list("replies", expect.replies, replies);
  compare.among("told", expect.told, told);
  return result;
}

std::string to_text(const Case& one, const CaseResult& result) {
  std::string out = "FAILED  " + one.path + ":" + std::to_string(one.line) + "  " + one.name + "\n";
  for (const auto& mismatch : result.mismatches) {
    out += "  " + mismatch.what + ":\n    expected  " + mismatch.expected + "\n    got       " + mismatch.got + "\n";
    // Of long lists nobody finds the difference by eye.
    for (const auto& text : mismatch.missing) out += "    - " + text + "\n";
    for (const auto& text : mismatch.unexpected) out += "    + " + text + "\n";
    if (mismatch.is_list && mismatch.missing.empty() && mismatch.unexpected.empty()) out += "    in another order\n";
  }
  if (!result.reason.empty()) out += "  why: " + result.reason + "\n";
  for (const auto& rule : result.near_misses) out += "  near: " + rule.rule + ", " + rule.why + "\n";
  return out;
}

}  // namespace orgo::cases
