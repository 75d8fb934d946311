#include "core/processing/decide.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/one_line.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/channel/channel_traits.h"
#include "core/escalation/escalate.h"
#include "core/mail/findings/answer_allowed.h"
#include "core/mail/findings/find_all.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/find_follow_up.h"
#include "core/mail/read/split_text.h"
#include "core/processing/follow_report.h"
#include "core/processing/title.h"
#include "core/processing/urgent_words.h"
#include "core/task/commands.h"

namespace orgo {
namespace {

constexpr std::size_t kSendsMax = 50, kReasonMax = 500;  // of one message; bytes

struct Moment {
  int hour;
  int weekday;
  int day;
  int month;
  std::int64_t minutes;  ///< of local time, since 1970
};
Moment local_moment(TimePoint at, const TimeZone& zone) {
  const auto local = at + zone.offset_at(at);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{day};
  return {static_cast<int>(std::chrono::floor<std::chrono::hours>(local - day).count()),
          static_cast<int>(std::chrono::weekday(day).iso_encoding()),
          static_cast<int>(static_cast<unsigned>(date.day())), static_cast<int>(static_cast<unsigned>(date.month())),
          std::chrono::floor<std::chrono::minutes>(local.time_since_epoch()).count()};
}

/// One decision under way. What is known stands in the first members; `changes` is what comes out.
class Decision {
 public:
  Decision(const Incoming& incoming, const Context& context, const rules::RuleSet& rules,
           const DecideSettings& settings, TimePoint now)
      : incoming_(incoming), message_(incoming.message), envelope_(incoming.envelope), context_(context), rules_(rules),
        settings_(settings), now_(now), quiet_(envelope_.channel == Channel::import_ || envelope_.archived),
        dated_(envelope_.archived ? std::min(envelope_.archived->at, now) : now), changes_{.tenant = envelope_.tenant,
                                                                                           .at = now} {}

  Changes make() {
    KnownToStore known{.evidence = context_.thread.evidence,
                       .same_content = context_.thread.same_content,
                       .known_id = incoming_.known_id};
    if (context_.thread.task) known.task = context_.thread.task->number;
    findings_ = find_all(envelope_, message_,
                         {envelope_.tenant, settings_.domain, settings_.own_sender, settings_.hops_max}, known);

    for (const auto kind :
         {FindingKind::own_loop, FindingKind::bounce, FindingKind::out_of_office, FindingKind::auto_reply})
      if (const auto* finding = finding_of(findings_, kind)) {
        record(*finding);
        if (incoming_.report && (kind == FindingKind::bounce || tells_of_delivery(message_)))
          follow_report({incoming_, context_, settings_, now_, quiet_}, changes_, task_, reason_);
        return finish();
      }
    if (context_.thread.same_content && context_.thread.task) {
      join_copy();
      return finish();
    }
    if (context_.thread.task && !opens_alert(*context_.thread.task)) {
      join(*context_.thread.task);
      return finish();
    }
    ask_rules();
    return finish();
  }

 private:
  void record(const Finding& finding) {
    outcome_ = Outcome::recorded;
    if (context_.thread.task) task_ = context_.thread.task->number;
    reason_.append(to_string(finding.kind)).append(": ").append(finding.detail);
  }

  /// The copy of a mail that has a task, for another recipient or by another door. The rules may name somebody for this
  /// recipient whom they did not name for the first.
  void join_copy() {
    const Task& seen = *context_.thread.task;
    outcome_ = Outcome::task_joined;
    task_ = seen.number;
    reason_ =
        "a further copy of " + to_string(*context_.thread.same_content) + ", which belongs to " + to_string(task_);
    if (quiet_) return;
    consult(nullptr);
    if (verdict_.drop) {
      reason_ += "; dropped by rule '" + *verdict_.drop + "'";
      return;
    }
    const bool other_team = !verdict_.route_to.empty() && !ascii_iequals(verdict_.route_to.front(), seen.team);
    if (other_team && settings_.copies == CopyPolicy::own && !was_told(address_of(verdict_.route_to.front()))) {
      related_ = seen.number;
      is_copy_ = true;
      open_task();
      reason_.append("; a copy of ")
          .append(to_string(*context_.thread.same_content))
          .append(" belongs to ")
          .append(to_string(seen.number));
      return;
    }
    tell_of_copy(seen);
  }

  void tell_of_copy(const Task& seen) {
    const auto tell = [&](const std::string& target, std::string_view template_name) {
      if (ascii_iequals(target, seen.team) || ascii_iequals(target, seen.assignee) || was_told(address_of(target)))
        return;
      notify(target, template_name, seen.priority);
    };
    for (const auto& to : verdict_.route_to) tell(to, "task_opened");
    for (const auto& to : verdict_.notify) tell(to, "task_opened");
    if (changes_.sends.empty()) return;
    reason_.append("; told whom the rules name for ").append(to_string(envelope_.recipient));
    Task task = seen;
    task.version = seen.version + 1;
    task.updated_at = std::max(seen.updated_at, dated_);
    for (const auto& tag : verdict_.tags)
      if (std::find(task.tags.begin(), task.tags.end(), tag) == task.tags.end() &&
          task.tags.size() < commands::kTagsMax)
        task.tags.push_back(tag);
    if (!is_open(seen.state)) {
      reopen_within(changes_, task, now_);
      note_reopened(seen.state, "copy");
    }
    write_notes();
    for (const auto& url : verdict_.webhooks)
      send(SendKind::webhook, webhook_contact(url), Priority::high, "task_opened");
    changes_.add(TaskChange{std::move(task)});
  }

  [[nodiscard]] bool was_told(std::string_view address) const {
    const auto lower = ascii_lower(address);
    return std::find(context_.told.begin(), context_.told.end(), lower) != context_.told.end();
  }

  /// A machine's mail with words of its own, to a task that is done, where such open tasks of their own.
  bool opens_alert(const Task& task) {
    if (settings_.alerts != AlertPolicy::open || quiet_ || is_open(task.state) || !is_of_machine() ||
        !has_new_words() || hops_of(message_) > 0)
      return false;
    related_ = task.number;
    return true;
  }
  [[nodiscard]] bool is_of_machine() const { return !auto_submitted(message_).empty(); }
  /// Not only what it quotes of earlier mails.
  [[nodiscard]] bool has_new_words() const { return split_text(message_).has(TextKind::fresh); }

  void note_reopened(TaskState from, std::string_view by) {
    Event& reopened = event(EventKind::task_reopened);
    JsonWriter(reopened.data)
        .begin_object()
        .field("from", to_string(from))
        .field("to", "open")
        .field("by", by)
        .end_object();
    reason_ += "; it is open again";
  }

  void join(const Task& seen) {
    outcome_ = Outcome::task_joined;
    task_ = seen.number;
    reason_ = "follow-up of " + to_string(task_);
    if (!context_.thread.evidence.empty()) reason_.append(" by ").append(context_.thread.evidence);

    // The version is taken also when nothing but the time changes: a reply that crosses with somebody's closing must
    // meet conflict and be decided again, or it would lie unseen in a closed task.
    Task task = seen;
    task.version = seen.version + 1;
    task.updated_at = std::max(seen.updated_at, dated_);
    add_label(task);
    if (is_of_machine()) reason_ += ", sent by a machine";
    // Of a machine that only sends back what it got, nobody needs to know; nor of another Orgo that tells of its tasks:
    // two that have each other for a team would go on telling.
    const bool by_machine = is_of_machine() && (!has_new_words() || hops_of(message_) > 0);
    const auto before = seen.state;
    if (!by_machine && !quiet_) {
      if (!is_open(seen.state)) {
        reopen_within(changes_, task, now_);
      } else if (seen.state == TaskState::pending) {
        task.state = TaskState::open;
      }
    }
    Event& replied = event(EventKind::task_replied);
    JsonWriter json(replied.data);
    json.begin_object().field("from", sender()).field("subject", subject_);
    if (task.state != before) json.field("state", to_string(task.state)).field("was", to_string(before));
    json.end_object();
    if (!is_open(before) && is_open(task.state)) note_reopened(before, "reply");
    // A message of the customer starts a clock, an answer of ours stops one: escalate() reads it from the history at
    // once.
    if (!quiet_ && settles_later(task) && changes_.timers.empty())
      changes_.timers.push_back(deadline_set(task.number, now_));
    if (!by_machine) {
      const auto& who = !task.assignee.empty() && is_mail_address(task.assignee) ? task.assignee : task.team;
      if (!ascii_iequals(who, sender()) && !ascii_iequals(who, envelope_.sender.address))
        notify(who, "task_replied", task.priority);
      if (rules_.needs().thread) consult_about(seen, task);
    }
    changes_.add(TaskChange{std::move(task)});
  }

  /// What the rules say; with `thread`, those that ask for it.
  void consult(const Task* thread) {
    const auto at = envelope_.archived ? dated_ : envelope_.received_at;
    const auto moment = local_moment(at, rules_.workplace().zone(settings_.zone));
    rules::Facts facts{message_, envelope_, findings_, {}, moment.hour, moment.weekday};
    facts.day = moment.day;
    facts.month = moment.month;
    facts.local_minutes = moment.minutes;
    if (rules_.needs().staff) facts.from_staff = rules_.workplace().is_staff(sender());
    facts.find_keywords = true;
    facts.thread = thread;
    facts.raw = incoming_.raw;
    if (context_.sender) facts.sender = &*context_.sender;
    std::function<bool(std::string_view)> open;
    const auto& calendars = rules_.workplace().calendars;
    if (rules_.needs().business_hours && !calendars.empty()) {
      open = [&](std::string_view name) {
        const auto* calendar = calendars.find(name.empty() ? calendars.default_name() : std::string(name));
        if (calendar == nullptr && name.empty()) return rules::usual_business_hours(moment.hour, moment.weekday);
        return calendar != nullptr && orgo::open_at(*calendar, at);
      };
      facts.in_business_hours = &open;
    }
    verdict_ = rules_.decide(facts, settings_.with_trace);
    keywords_ = verdict_.keywords;
    if (settings_.with_trace && settings_.trace_all_rules) verdict_.trace = rules_.explain(facts);
    if (!verdict_.matched.empty()) rule_ = verdict_.matched.front();
  }

  /// What rules that ask for the thread do to the task of a follow-up.
  void consult_about(const Task& seen, Task& task) {
    consult(&seen);
    if (verdict_.matched.empty()) return;
    reason_.append("; rule '").append(rule_).append("' acted");
    if (verdict_.priority) task.priority = *verdict_.priority;
    if (verdict_.assign) task.assignee = *verdict_.assign;
    if (!verdict_.route_to.empty()) task.team = verdict_.route_to.front();
    for (const auto& tag : verdict_.tags)
      if (std::find(task.tags.begin(), task.tags.end(), tag) == task.tags.end()) task.tags.push_back(tag);
    write_notes();
    for (const auto& to : verdict_.route_to) notify(to, "task_replied", task.priority);
    for (const auto& to : verdict_.notify) notify(to, "task_replied", task.priority);
    if (verdict_.assign) notify(*verdict_.assign, "task_assigned", task.priority);
    call_and_answer("task_replied");
  }

  void ask_rules() {
    consult(nullptr);
    if (verdict_.drop) {
      outcome_ = Outcome::dropped;
      reason_ = "dropped by rule '" + *verdict_.drop + "'";
      return;
    }
    open_task();
  }

  void open_task() {
    outcome_ = Outcome::task_opened, task_ = TaskRef::nth_new(0);
    Task task{.tenant = envelope_.tenant};
    task.title = make_title(message_.subject, message_.text);
    task.requester = {envelope_.sender.kind, requester_address(envelope_, message_, settings_.own_addresses)};
    if (!verdict_.route_to.empty()) task.team = verdict_.route_to.front();
    if (verdict_.assign) task.assignee = *verdict_.assign;
    task.priority = verdict_.priority.value_or(is_urgent(keywords_) ? Priority::high : Priority::normal);
    task.tags = verdict_.tags;
    add_label(task);
    if (envelope_.archived) task.state = envelope_.archived->state;
    task.type = verdict_.task_type;
    if (!task.type.empty()) task.fields = rules_.fields(task.type, message_);
    task.origin = incoming_.id;
    task.created_at = dated_;
    task.updated_at = dated_;
    task.escalation.steps = verdict_.escalation;
    if (task.escalation.steps.size() > kChainSteps) task.escalation.steps.resize(kChainSteps);
    answer_later(task.escalation);
    task.escalation.started_at = dated_;
    const auto& workplace = rules_.workplace();
    if (counts_business_time(task.escalation))
      task.escalation.calendar = !verdict_.escalation_calendar.empty()
                                     ? verdict_.escalation_calendar
                                     : workplace.calendar_for(task.requester.address, task.team, task.type);
    if (!quiet_) {
      task.sla = workplace.sla_for(verdict_.sla.value_or(""), task.requester.address, task.team, task.type);
      const ChainTime time{&workplace.calendar(task.escalation.calendar), nullptr, false};
      task.due_at = next_deadline(task.escalation, time);
      EscalationContext context;
      context.workplace = &workplace;
      if (const auto wake = next_wake(task, now_, context)) changes_.timers.push_back(deadline_set(task_, *wake));
    }

    if (task.team.empty()) reason_ = "no rule routes it: the task waits without a team";
    else if (!rule_.empty()) reason_.append("rule '").append(rule_).append("' routed it to ").append(task.team);
    else reason_.append("the rules routed it to ").append(task.team);
    if (envelope_.archived) reason_.append("; kept as history, ").append(to_string(task.state));

    Event& opened = event(EventKind::task_opened);
    JsonWriter json(opened.data);
    json.begin_object().field("title", task.title).field("requester", to_string(task.requester));
    json.field("team", task.team);
    if (!task.assignee.empty()) json.field("assignee", task.assignee);
    json.field("priority", to_string(task.priority));
    if (!task.tags.empty()) {
      json.key("tags").begin_array();
      for (const auto& tag : task.tags) json.string(tag);
      json.end_array();
    }
    if (!rule_.empty()) json.field("rule", rule_);
    if (envelope_.archived) json.field("archived", to_rfc3339(dated_)).field("state", to_string(task.state));
    if (!task.type.empty()) json.field("type", task.type);
    if (task.due_at) json.field("due", to_rfc3339(*task.due_at));
    if (!context_.thread.refused_claim.empty()) json.field("claim", context_.thread.refused_claim);
    if (related_) json.field("related", to_string(related_));
    if (task.sla) json.field("sla", task.sla->sla.name);
    json.end_object();
    if (!context_.thread.refused_claim.empty()) reason_ += "; " + context_.thread.refused_claim;
    if (related_ && !is_copy_) reason_ += "; related to " + to_string(related_);

    write_notes();
    for (const auto& to : verdict_.route_to) notify(to, "task_opened", task.priority);
    for (const auto& to : verdict_.notify) notify(to, "task_opened", task.priority);
    notify(task.assignee, "task_assigned", task.priority);
    call_and_answer("task_opened");
    changes_.add(TaskChange{std::move(task)});
  }

  /// What rules have to say to those who work on it, as comments in its history.
  void write_notes() {
    for (const auto& note : verdict_.notes) {
      Event& noted = event(EventKind::task_commented);
      JsonWriter(noted.data).begin_object().field("text", note).end_object();
    }
  }

  /// The folder that the message lay in, as a tag.
  void add_label(Task& task) const {
    const std::string tag(cut_utf8(envelope_.label, commands::kTagMax));
    if (tag.empty() || task.tags.size() >= commands::kTagsMax ||
        std::find(task.tags.begin(), task.tags.end(), tag) != task.tags.end())
      return;
    task.tags.push_back(tag);
  }

  /// Steps that answer the customer know whom; who is not answered now is not answered later, either.
  void answer_later(Escalation& escalation) {
    for (auto& step : escalation.steps) {
      if (is_copy_ && step.effects) step.effects->replies.clear();
      if (!step.effects || step.effects->replies.empty()) continue;
      if (why_no_answer(envelope_, message_, findings_, settings_.own_addresses)) step.effects->replies.clear();
      else step.effects->answer_to = answer_address(envelope_, message_);
    }
  }

  void call_and_answer(std::string_view about) {
    if (quiet_) return;
    for (const auto& url : verdict_.webhooks) send(SendKind::webhook, webhook_contact(url), Priority::high, about);
    answer();
  }

  void answer() {
    if (verdict_.reply_with.empty() || is_copy_) return;
    no_answer_ = why_no_answer(envelope_, message_, findings_, settings_.own_addresses);
    if (no_answer_) return;
    const auto to = mail_contact(answer_address(envelope_, message_));
    for (const auto& name : verdict_.reply_with) send(SendKind::reply, to, Priority::normal, name);
  }

  [[nodiscard]] std::string address_of(const std::string& target) const {
    const auto& house = rules_.workplace();  // a team is told at its address; who is on call is for escalations
    return house.teams.empty() && house.people.empty() ? target : house.address_of(target, now_, false);
  }

  void notify(const std::string& target, std::string_view template_name, Priority priority) {
    const auto to = address_of(target);
    if (quiet_ || !is_mail_address(to)) return;
    const bool wrote_it = ascii_iequals(to, sender()) || ascii_iequals(to, envelope_.sender.address);
    if (wrote_it && is_own_address(to, settings_.own_addresses)) return;
    for (const auto& known : changes_.sends)
      if (known.kind == SendKind::notification && ascii_iequals(known.recipient.address, to)) return;
    send(SendKind::notification, mail_contact(to), notice_priority(priority), template_name);
  }

  void send(SendKind kind, Contact to, Priority priority, std::string_view template_name) {
    if (changes_.sends.size() >= kSendsMax) return;
    Send& made = changes_.sends.emplace_back();
    made.kind = kind, made.priority = priority;
    set_recipient(made, std::move(to));
    made.subject = task_;
    made.message = incoming_.id;
    made.template_name = template_name;
    made.due_at = now_;
  }

  Event& event(EventKind kind) {
    Event& made = changes_.events.emplace_back();
    made.kind = kind;
    made.subject = task_;
    made.message = incoming_.id;
    made.at = now_;
    made.actor = "rules";
    return made;
  }

  [[nodiscard]] const std::string& sender() const { return sender_of(envelope_, message_); }

  Changes finish() {
    if (reason_.size() > kReasonMax) reason_.resize(cut_utf8(reason_, kReasonMax).size());
    Event& decided = event(EventKind::message_decided);
    JsonWriter json(decided.data);
    json.begin_object().field("outcome", to_string(outcome_)).field("reason", reason_);
    if (!changes_.sends.empty()) {
      json.key("sends").begin_array();
      for (const auto& made : changes_.sends)
        json.begin_object()
            .field("kind", to_string(made.kind))
            .field("to", to_string(made.recipient))
            .field("template", made.template_name)
            .end_object();
      json.end_array();
    }
    json.end_object();

    MessageDecision& decision = changes_.add(MessageDecision{});
    decision.message = incoming_.id;
    decision.outcome = outcome_;
    decision.task = task_;
    if ((outcome_ == Outcome::task_opened && !is_copy_) || outcome_ == Outcome::task_joined)
      for (const auto hash : context_.thread.names) changes_.add(ThreadAlias{hash, task_});
    decision.subject = subject_;
    decision.from = sender();
    decision.rules_version = rules_.version();
    if (settings_.with_trace) write_trace(decision.trace);
    decision.reason = std::move(reason_);
    return std::move(changes_);
  }

  /// A rule with its parts, and where in the message the words stand that made them hold, for a page to mark them.
  static void write_rule(JsonWriter& json, const rules::RuleTrace& rule) {
    json.begin_object().field("rule", rule.rule).field("matched", rule.matched).field("why", rule.why);
    if (!rule.condition.empty()) json.field("condition", rule.condition);
    if (!rule.parts.empty()) {
      json.key("parts").begin_array();
      for (const auto& part : rule.parts) {
        json.begin_object().field("text", part.text).field("held", part.held);
        if (part.negated) json.field("negated", true);
        if (!part.found.empty()) json.field("found", part.found);
        if (!part.words.empty()) {
          json.key("words").begin_array();
          for (const auto& word : part.words) {
            json.begin_object().field("field", word.field);
            if (word.value != 0) json.field("value", word.value);
            json.field("offset", word.offset).field("length", word.length).end_object();
          }
          json.end_array();
        }
        json.end_object();
      }
      json.end_array();
    }
    json.end_object();
  }

  void write_trace(std::string& out) const {
    out.reserve(256);
    JsonWriter json(out);
    json.begin_object().key("findings").begin_array();
    for (const auto& finding : findings_)
      json.begin_object().field("kind", to_string(finding.kind)).field("detail", finding.detail).end_object();
    json.end_array().key("keywords").begin_array();
    for (const auto& keyword : keywords_) json.string(keyword);
    json.end_array().key("rules").begin_array();
    for (const auto& rule : verdict_.trace) write_rule(json, rule);
    json.end_array().key("routed_to").begin_array();
    for (const auto& to : verdict_.route_to) json.string(to);
    json.end_array();
    if (!context_.thread.evidence.empty()) json.field("thread", context_.thread.evidence);
    if (!context_.thread.refused_claim.empty()) json.field("thread_refused", context_.thread.refused_claim);
    if (no_answer_) json.field("not_answered", "because of " + *no_answer_);
    json.end_object();
  }

  const Incoming& incoming_;
  const Message& message_;
  const Envelope& envelope_;
  const Context& context_;
  const rules::RuleSet& rules_;
  const DecideSettings& settings_;
  const TimePoint now_;
  const bool quiet_;       ///< old mail: it makes tasks, but nobody is told and no chain runs
  const TimePoint dated_;  ///< when its task begins: now, or when an archived message was new
  const std::string subject_ = one_line(message_.subject, 500);

  std::vector<Finding> findings_;
  std::vector<std::string> keywords_;
  rules::Verdict verdict_;
  std::string rule_;  ///< the first that matched
  std::optional<std::string> no_answer_;
  Outcome outcome_ = Outcome::recorded;
  TaskRef task_;                                  ///< opened, joined, or that a record is about
  TaskNumber related_ = context_.thread.related;  ///< another task that has to do with the one that is opened
  bool is_copy_ = false;                          ///< of a mail whose sender was answered
  std::string reason_;
  Changes changes_;
};

}  // namespace

Changes decide(const Incoming& incoming, const Context& context, const rules::RuleSet& rules,
               const DecideSettings& settings, TimePoint now) {
  return Decision(incoming, context, rules, settings, now).make();
}

}  // namespace orgo
