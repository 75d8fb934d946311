#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/language.h"
#include "base/planted.h"
#include "base/unicode.h"
#include "core/module/joined_workplace.h"
#include "core/module/module_set.h"
#include "core/rules/shared_scan.h"

namespace orgo::modules {
namespace {

using rules::Facts;
using rules::RuleSet;
using rules::RuleTrace;
using rules::Verdict;

void join_into(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const auto& one : more)
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
}

/// What `more` adds to `all`: lists grow, of single things the first stays.
void join_verdict(Verdict& all, Verdict more) {
  join_into(all.route_to, more.route_to);
  if (!all.assign) all.assign = std::move(more.assign);
  if (!all.priority) all.priority = more.priority;
  join_into(all.tags, more.tags);
  join_chain(all.escalation, more.escalation);
  if (all.escalation_calendar.empty()) all.escalation_calendar = std::move(more.escalation_calendar);
  if (!all.sla) all.sla = std::move(more.sla);
  join_into(all.reply_with, more.reply_with);
  join_into(all.notify, more.notify);
  join_into(all.webhooks, more.webhooks);
  if (all.task_type.empty()) all.task_type = std::move(more.task_type);
  join_into(all.notes, more.notes);
  if (!all.drop) all.drop = std::move(more.drop);
  all.stopped = all.stopped || more.stopped;
  std::ranges::move(more.tells, std::back_inserter(all.tells));
  std::ranges::move(more.answers, std::back_inserter(all.answers));
  join_into(all.matched, more.matched);
  join_into(all.keywords, more.keywords);
  all.trace.insert(all.trace.end(), std::make_move_iterator(more.trace.begin()),
                   std::make_move_iterator(more.trace.end()));
}

class CombinedRules final : public RuleSet {
 public:
  CombinedRules(std::shared_ptr<const RuleSet> own, std::vector<ModulePtr> modules, const std::vector<Remains>& retired,
                std::map<std::string, std::string> addresses, const TimeZone& house)
      : own_(std::move(own)), modules_(std::move(modules)), addresses_(std::move(addresses)),
        templates_(own_->templates()) {
    workplace_ = join_workplaces(own_->workplace(), workplaces(retired), addresses_, house);
    for (const auto& module : modules_)
      for (const auto& [name, contact] : module->manifest.contacts)
        if (!contact.address.empty() && !contact.own) addresses_.try_emplace(name, contact.address);
    for (const auto& module : modules_)
      for (const auto& [name, text] : module->rules->templates())
        templates_.try_emplace(qualified(*module, name), text);
    for (const auto& one : retired)
      for (const auto& [name, text] : one.templates) templates_.try_emplace(full_name(one.name, name), text);
    Sha256Stream stream;
    stream.add(own_->version());
    if (house.name() != TimeZone().name()) stream.add("|in " + house.name());
    for (const auto& module : modules_) stream.add("|" + module->manifest.name + ":" + module->fingerprint);
    for (const auto& [name, address] : addresses_) stream.add("|" + name + "=" + address);
    version_ = to_hex(stream.finish()).substr(0, 16);
    std::vector<const RuleSet*> sets{own_.get()};
    for (const auto& module : modules_) sets.push_back(module->rules.get());
    if (!modules_.empty()) scan_.emplace(sets);
  }

  Verdict decide(const Facts& facts, bool with_trace) const override {
    if (modules_.empty()) return own_->decide(facts, with_trace);  // only templates of retired ones are left
    const auto scanned = scan_->scan(facts.message);
    auto own = facts;
    own.scanned = scanned.front();
    own.unconditional_last = true;
    auto first = own_->decide(own, with_trace);
    if (first.takes() || first.stopped) return first;
    Verdict all;
    for (std::size_t i = 0; i < modules_.size(); ++i) {
      auto verdict = ask(*modules_[i], facts, scanned[i + 1], with_trace, false);
      const bool took = verdict.takes();
      join_verdict(all, std::move(verdict));
      if (!took || ORGO_PLANT(later_module_acts_too)) continue;
      join_verdict(first, std::move(all));
      return first;
    }
    own.unconditional_last = false;
    auto last = own_->decide(own, with_trace);
    join_verdict(last, std::move(all));
    return last;
  }

  const Workplace& workplace() const override { return workplace_; }

  rules::Needs needs() const override {
    auto all = own_->needs();
    for (const auto& module : modules_) {
      const auto more = module->rules->needs();
      all.sender_history = all.sender_history || more.sender_history;
      all.business_hours = all.business_hours || more.business_hours;
      all.thread = all.thread || more.thread;
      all.staff = all.staff || more.staff;
      all.raw = all.raw || more.raw;
    }
    return all;
  }

  std::vector<RuleTrace> explain(const Facts& facts) const override {
    auto own = facts;
    own.unconditional_last = true;
    const auto first = own_->decide(own, false);
    auto trace = own_->explain(facts);
    if (first.takes() || first.stopped) return trace;
    for (const auto& module : modules_) {
      auto verdict = ask(*module, facts, nullptr, false, true);
      trace.insert(trace.end(), std::make_move_iterator(verdict.trace.begin()),
                   std::make_move_iterator(verdict.trace.end()));
      if (verdict.takes()) break;
    }
    return trace;
  }

  std::vector<std::string> keywords(const Message& message) const override {
    auto all = own_->keywords(message);
    for (const auto& module : modules_)
      for (auto& keyword : module->rules->keywords(message)) {
        if (std::find(all.begin(), all.end(), keyword) != all.end() || keyword.find('/') != std::string::npos) continue;
        auto name = module->words.words.contains(keyword) ? qualified(*module, keyword) : std::move(keyword);
        if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(std::move(name));
      }
    return all;
  }

  const std::map<std::string, MailTemplate>& templates() const override { return templates_; }
  const std::string& version() const override { return version_; }
  std::size_t size() const override {
    auto count = own_->size();
    for (const auto& module : modules_) count += module->rules->size();
    return count;
  }

  Result<std::optional<TaskField>> checked_field(std::string_view task_type, std::string_view name,
                                                 std::string_view value, TimePoint now) const override {
    const auto slash = task_type.find('/');
    for (const auto& module : modules_) {
      if (slash == std::string_view::npos || module->manifest.name != task_type.substr(0, slash) ||
          !module->types.has(task_type.substr(slash + 1)))
        continue;
      ORGO_TRY(field, module->types.checked(task_type.substr(slash + 1), name, value, now));
      return std::optional(std::move(field));
    }
    return std::nullopt;
  }

  std::vector<TaskField> fields(std::string_view task_type, const Message& message,
                                TimePoint written_at) const override {
    const auto slash = task_type.find('/');
    if (slash == std::string_view::npos) return {};
    for (const auto& module : modules_)
      if (module->manifest.name == task_type.substr(0, slash))
        return module->types.fields(task_type.substr(slash + 1), message, written_at);
    return {};
  }

 private:
  static std::string qualified(const Module& module, std::string_view name) {
    return module.manifest.name + "/" + std::string(name);
  }

  [[nodiscard]] std::vector<ModuleWorkplace> workplaces(const std::vector<Remains>& retired) const {
    std::vector<ModuleWorkplace> all;
    for (const auto& module : modules_)
      all.push_back({module->manifest.name, &module->rules->workplace(), &module->manifest.contacts});
    for (const auto& one : retired) all.push_back({one.name, &one.workplace, &one.contacts});
    return all;
  }

  /// Whom the module means, or one that it needs, of whose teams it may speak.
  void resolve(const Module& module, std::string& name) const {
    const auto declares = [&](const Module& one) {
      const auto& place = one.rules->workplace();
      return place.teams.contains(name) || place.on_call.contains(name);
    };
    const auto* of = &module;
    if (!declares(module))
      for (const auto& need : module.manifest.needs)
        for (const auto& other : modules_)
          if (other->manifest.name == need.module && declares(*other)) of = other.get();
    name = target_of({of->manifest.name, &of->rules->workplace(), &of->manifest.contacts}, name, addresses_);
  }

  /// Business hours by the module's own names of calendars, and by its default where the organization has none.
  std::function<bool(std::string_view)> business_hours(const Module& module, const Facts& facts) const {
    const auto& declared = module.rules->workplace().calendars;
    if (facts.in_business_hours == nullptr || declared.empty()) return {};
    return [this, &declared, &module, &facts](std::string_view name) {
      if (name.empty() && own_->workplace().calendars.default_name().empty()) name = declared.default_name();
      return (*facts.in_business_hours)(declared.find(name) != nullptr ? qualified(module, name) : std::string(name));
    };
  }

  /// Names of times, teams and rotas, as the joined workplace has them. A name that stands in several lists, as a team
  /// that is routed to, told and climbed to, is looked up once.
  void name_fully(const Module& module, Verdict& verdict) const {
    std::vector<std::pair<std::string, std::string>> known;
    const auto fully = [&](std::string& name) {
      for (const auto& [short_name, full] : known)
        if (short_name == name) {
          name = full;
          return;
        }
      auto short_name = name;
      resolve(module, name);
      known.emplace_back(std::move(short_name), name);
    };
    for (auto* names : {&verdict.route_to, &verdict.notify})
      for (auto& name : *names) fully(name);
    if (verdict.assign) fully(*verdict.assign);
    for (auto& step : verdict.escalation) {
      fully(step.to);
      step.rule = qualified(module, step.rule);
      if (step.effects && !step.effects->assign.empty()) fully(step.effects->assign);
    }
    for (auto& wish : verdict.tells) {
      fully(wish.what);
      wish.rule = qualified(module, wish.rule);
    }
    for (auto& wish : verdict.answers) wish.rule = qualified(module, wish.rule);
    const auto& place = module.rules->workplace();
    if (verdict.sla && place.slas.contains(*verdict.sla)) verdict.sla = qualified(module, *verdict.sla);
    if (place.calendars.find(verdict.escalation_calendar) != nullptr)
      verdict.escalation_calendar = qualified(module, verdict.escalation_calendar);
  }

  /// Templates of the module, those of now and those of later, in the language of the mail when it has them.
  static void answer_in_its_language(const Module& module, const Message& message, Verdict& verdict) {
    std::vector<std::string*> names;
    for (auto& name : verdict.reply_with) names.push_back(&name);
    for (auto& wish : verdict.answers) names.push_back(&wish.what);
    for (auto& step : verdict.escalation)
      if (step.effects)
        for (auto& name : step.effects->replies) names.push_back(&name);
    if (names.empty()) return;
    const auto language = guess_language(message.subject + "\n" + message.text);
    const auto& known = module.rules->templates();
    for (auto* name : names) {
      if (language && known.contains(*name + "." + language->language)) *name += "." + language->language;
      if (known.contains(*name)) *name = qualified(module, *name);
    }
  }

  /// What the module says, in names that hold for all.
  Verdict ask(const Module& module, const Facts& facts, const rules::Scanned* scanned, bool with_trace,
              bool explain) const {
    // A module sees its own words by their own names, and those of others only when it needs them.
    const auto prefix = module.manifest.name + "/";
    auto mine = facts;
    mine.keywords = {};
    mine.find_keywords = true;
    mine.scanned = scanned;
    const auto open = business_hours(module, facts);
    if (open) mine.in_business_hours = &open;
    auto verdict = module.rules->decide(mine, with_trace);
    if (explain) {
      mine.keywords = verdict.keywords;
      mine.find_keywords = false;
      verdict.trace = module.rules->explain(mine);
    }
    for (auto& keyword : verdict.keywords)
      if (module.words.words.contains(keyword)) keyword.insert(0, prefix);
    for (auto& name : verdict.matched) name = qualified(module, name);
    if (verdict.drop) verdict.drop = qualified(module, *verdict.drop);
    for (auto& rule : verdict.trace)
      rule.rule = module.rule_places.contains(rule.rule) ? qualified(module, rule.rule)
                                                         : module.manifest.name + ": " + rule.rule;
    name_fully(module, verdict);
    if (verdict.takes())
      verdict.task_type = verdict.task_type.empty() ? module.manifest.name : qualified(module, verdict.task_type);
    answer_in_its_language(module, facts.message, verdict);
    return verdict;
  }

  std::shared_ptr<const RuleSet> own_;
  std::vector<ModulePtr> modules_;
  std::map<std::string, std::string> addresses_;
  std::map<std::string, MailTemplate> templates_;
  Workplace workplace_;
  std::string version_;
  std::optional<rules::SharedScan> scan_;  ///< over the organization's rules and then each module's
};

}  // namespace

std::shared_ptr<const RuleSet> combine(std::shared_ptr<const RuleSet> own, std::vector<ModulePtr> modules,
                                       const std::vector<Remains>& retired,
                                       const std::map<std::string, std::string>& addresses, const TimeZone& house) {
  if (modules.empty() && retired.empty()) return own;
  return std::make_shared<CombinedRules>(std::move(own), std::move(modules), retired, addresses, house);
}

}  // namespace orgo::modules
