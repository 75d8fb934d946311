#include "core/rules/rule_set.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "base/hash.h"
#include "base/one_line.h"
#include "base/planted.h"
#include "core/contact/mail_address.h"
#include "core/rules/action_text.h"
#include "core/rules/lexicon.h"
#include "core/rules/program.h"
#include "core/rules/rule_file.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kNearMissesMax = 20;
constexpr std::size_t kNoteMax = 1'000;

void add_wishes(std::vector<Wish>& wishes, const std::vector<std::string>& all, const std::string& rule) {
  for (const auto& one : all) wishes.push_back({one, rule});
}

void join_into(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const auto& one : more)
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
}

class CompiledRules final : public RuleSet {
 public:
  CompiledRules(RuleFiles files, std::string version) : version_(std::move(version)), match_(files.match) {
    if (!files.keywords.empty()) {
      own_lexicon_.emplace().add_defaults();
      for (const auto& [keyword, word] : files.keywords) own_lexicon_->add(keyword, word);
      own_lexicon_->build(true);
    }
    templates_ = std::move(files.templates);
    workplace_ = std::move(files.workplace);
    rules_.reserve(files.rules.size());
    for (auto& rule : files.rules) {
      program_.add(rule.condition, rule.condition_text);
      Compiled made{std::move(rule.name),
                    std::move(rule.action),
                    {},
                    rule.table,
                    asks_for_thread(rule.condition),
                    false,
                    rule.condition.kind == Condition::Kind::always};
      made.has_names = mentions_names(made.action);
      for (auto& step : made.action.escalation) step.rule = made.name;
      if (made.has_names)
        for (const auto& [name, extraction] : rule.variables)
          made.variables.emplace_back(name, program_.add_extraction(extraction));
      rules_.push_back(std::move(made));
    }
    program_.build(&lexicon());
  }

  Verdict decide(const Facts& facts, bool with_trace) const override {
    // Kept from message to message, so that none of it is allocated again; holds nothing that a later message sees.
    thread_local Program::Run run;
    thread_local std::vector<Tried> tried;
    program_.begin(run, facts);
    auto verdict = act_all(run, facts, facts.unconditional_last, tried);
    // What was asked once is known to the run.
    if (facts.unconditional_last && (verdict.takes() || verdict.stopped)) verdict = act_all(run, facts, false, tried);
    if (facts.find_keywords) verdict.keywords = run.keywords();
    if (with_trace) verdict.trace = trace(run, tried);
    return verdict;
  }

  std::vector<RuleTrace> explain(const Facts& facts) const override {
    thread_local Program::Run run;
    program_.begin(run, facts);
    std::vector<RuleTrace> trace;
    Verdict verdict;
    std::uint32_t done_table = 0;
    for (std::uint32_t number = 0; number < rules_.size(); ++number) {
      const auto& rule = rules_[number];
      if (rule.table != 0 && rule.table == done_table) {
        trace.push_back({rule.name, false, "an earlier row of the table has acted", {}});
        continue;
      }
      if (facts.thread != nullptr && !rule.asks_for_thread) {
        trace.push_back({rule.name, false, "does not ask for the thread, and this is a follow-up", {}});
        continue;
      }
      const bool matched = run.holds(number);
      trace.push_back(matched ? held(run, number) : missed(run, number));
      trace.back().parts = program_.parts(run, number, true);
      trace.back().condition = program_.text(number);
      if (matched && rule.table != 0) done_table = rule.table;
      if (matched && !act(rule, run, verdict)) break;
    }
    return trace;
  }

  Needs needs() const override { return program_.needs(); }
  TextLiterals text_literals() const override { return program_.text_literals(); }
  std::vector<std::string> keywords(const Message& message) const override {
    return lexicon().find(message.subject, message.text);
  }
  const std::map<std::string, MailTemplate>& templates() const override { return templates_; }
  const std::string& version() const override { return version_; }
  const Workplace& workplace() const override { return workplace_; }
  std::size_t size() const override { return rules_.size(); }

 private:
  struct Compiled {
    std::string name;
    Action action;
    std::vector<std::pair<std::string, std::uint32_t>> variables;  ///< that {{names}} of its action may mean
    std::uint32_t table = 0;
    bool asks_for_thread = false;
    bool has_names = false;
    bool unconditional = false;
  };

  struct Tried {
    std::uint32_t number;  ///< of a rule
    bool matched;
  };

  /// What the rules do that hold.
  Verdict act_all(Program::Run& run, const Facts& facts, bool skip_unconditional, std::vector<Tried>& tried) const {
    Verdict verdict;
    tried.clear();
    const auto words = run.candidates();
    bool go_on = true;
    std::uint32_t done_table = 0;
    for (std::size_t word = 0; go_on && word < words.size(); ++word)
      for (auto bits = words[word]; go_on && bits != 0; bits &= bits - 1) {
        const auto number = static_cast<std::uint32_t>(word * 64 + static_cast<unsigned>(std::countr_zero(bits)));
        const auto& rule = rules_[number];
        if (skip_unconditional && rule.unconditional) continue;
        if (rule.table != 0 && rule.table == done_table) continue;
        // A follow-up joins its task; only rules that ask for the thread have a say.
        if (facts.thread != nullptr && !rule.asks_for_thread) continue;
        const bool matched = run.holds(number);
        tried.push_back({number, matched});
        if (!matched) continue;
        if (rule.table != 0 && !ORGO_PLANT(second_row_acts_too)) done_table = rule.table;
        go_on = act(rule, run, verdict);
      }
    return verdict;
  }

  RuleTrace held(Program::Run& run, std::uint32_t number) const {
    return {rules_[number].name, true, program_.why(run, number), program_.parts(run, number)};
  }
  RuleTrace missed(Program::Run& run, std::uint32_t number) const {
    RuleTrace trace{rules_[number].name, false, "does not hold: ", {}};
    trace.why += program_.why_not(run, number);
    return trace;
  }

  std::vector<RuleTrace> trace(Program::Run& run, const std::vector<Tried>& all_tried) const {
    std::vector<RuleTrace> trace;
    std::size_t left_out = rules_.size();
    for (const auto [number, matched] : all_tried) {
      if (matched || trace.size() < kNearMissesMax) {
        trace.push_back(matched ? held(run, number) : missed(run, number));
        --left_out;
      }
      // Behind a rule that ended it, none was tried.
      if (matched && ends(rules_[number])) left_out -= std::min(left_out, rules_.size() - number - 1);
    }
    if (left_out > 0)
      trace.push_back(
          {std::to_string(left_out) + (trace.empty() ? "" : " other") + (left_out == 1 ? " rule" : " rules"),
           false,
           "nothing that they ask for occurs",
           {}});
    return trace;
  }

  bool ends(const Compiled& rule) const { return match_ == MatchMode::first || rule.action.drop || rule.action.stop; }

  /// Adds what the rule does; false: no further rule is tried.
  bool act(const Compiled& rule, Program::Run& run, Verdict& verdict) const {
    verdict.matched.push_back(rule.name);
    if (rule.has_names) {
      add(filled(rule, run), rule, verdict);
    } else {
      add(rule.action, rule, verdict);
    }
    return !ends(rule);
  }

  static void add(const Action& action, const Compiled& rule, Verdict& verdict) {
    join_into(verdict.route_to, action.route_to);
    if (!verdict.assign) verdict.assign = action.assign;
    for (const auto* told : {&action.route_to, &action.notify, &action.webhooks})
      add_wishes(verdict.tells, *told, rule.name);
    if (action.assign) verdict.tells.push_back({*action.assign, rule.name});
    add_wishes(verdict.answers, action.reply_with, rule.name);
    if (!verdict.priority) verdict.priority = action.priority;
    join_into(verdict.tags, action.tags);
    join_chain(verdict.escalation, action.escalation);
    if (!verdict.escalation.empty() && verdict.escalation_calendar.empty())
      verdict.escalation_calendar = action.escalation_calendar;
    if (!verdict.sla) verdict.sla = action.sla;
    join_into(verdict.reply_with, action.reply_with);
    join_into(verdict.notify, action.notify);
    join_into(verdict.webhooks, action.webhooks);
    if (verdict.task_type.empty()) verdict.task_type = action.task_type;
    if (!action.note.empty()) join_into(verdict.notes, {action.note});
    if (action.drop) verdict.drop = rule.name;
    if (action.stop) verdict.stopped = true;
  }

  /// The action with its names filled in. What would have no meaning then (a variable that holds nothing, no address)
  /// is left out.
  static Action filled(const Compiled& rule, Program::Run& run) {
    const auto& message = run.facts().message;
    const auto value = [&](std::string_view name) -> std::string {
      for (const auto& [variable, number] : rule.variables)
        if (variable == name) return std::string(run.extracted(number));
      if (name == "from") return message.from ? message.from->address : std::string();
      if (name == "from_domain") return message.from ? std::string(domain_part(message.from->address)) : std::string();
      if (name == "from_name") return message.from ? message.from->name : std::string();
      if (name == "recipient") return run.facts().envelope.recipient.address;
      return message.subject;
    };
    const auto all = [&](const std::vector<std::string>& texts, bool (*fits)(std::string_view), bool url) {
      std::vector<std::string> out;
      for (const auto& text : texts) {
        if (!has_names(text)) {
          out.push_back(text);
        } else if (auto made = url ? fill_url(text, value) : fill(text, value); made && fits(*made)) {
          out.push_back(*std::move(made));
        }
      }
      return out;
    };
    Action action = rule.action;
    action.route_to = all(action.route_to, is_action_target, false);
    action.notify = all(action.notify, is_action_address, false);
    action.tags = all(action.tags, is_action_tag, false);
    action.webhooks = all(action.webhooks, is_action_url, true);
    const auto note = [&](std::string& text) {
      if (!has_names(text)) return;
      const auto made = fill(text, value);
      text = made ? one_line(*made, kNoteMax) : std::string();
    };
    note(action.note);
    if (action.assign) {
      const auto assigned = all({*action.assign}, is_action_target, false);
      action.assign = assigned.empty() ? std::nullopt : std::optional(assigned.front());
    }
    for (auto& step : action.escalation) {
      if (!step.effects) continue;
      auto& effects = *step.effects;
      effects.tags = all(effects.tags, is_action_tag, false);
      note(effects.note);
      effects.webhooks = all(effects.webhooks, is_action_url, true);
      const auto assigned =
          effects.assign.empty() ? std::vector<std::string>{} : all({effects.assign}, is_action_target, false);
      effects.assign = assigned.empty() ? std::string() : assigned.front();
    }
    std::erase_if(action.escalation, [&](EscalationStep& step) {
      if (!has_names(step.to)) return false;
      const auto to = all({step.to}, is_action_target, false);
      if (!to.empty()) step.to = to.front();
      return to.empty();
    });
    return action;
  }

  static bool mentions_names(const Action& action) {
    const auto any = [](const std::vector<std::string>& texts) {
      return std::any_of(texts.begin(), texts.end(), has_names);
    };
    return any(action.route_to) || any(action.notify) || any(action.tags) || any(action.webhooks) ||
           has_names(action.note) || (action.assign && has_names(*action.assign)) ||
           std::any_of(action.escalation.begin(), action.escalation.end(), [&](const auto& step) {
             return has_names(step.to) ||
                    (step.effects && (any(step.effects->tags) || any(step.effects->webhooks) ||
                                      has_names(step.effects->assign) || has_names(step.effects->note)));
           });
  }

  static bool asks_for_thread(const Condition& condition) {
    if (condition.kind == Condition::Kind::test) return asks_thread(condition.test.field);
    return std::any_of(condition.parts.begin(), condition.parts.end(), asks_for_thread);
  }

  std::string version_;
  MatchMode match_;
  std::vector<Compiled> rules_;
  std::map<std::string, MailTemplate> templates_;
  Workplace workplace_;
  /// As a rule no words are added, and all organizations share one.
  [[nodiscard]] const Lexicon& lexicon() const { return own_lexicon_ ? *own_lexicon_ : standard_lexicon(); }
  std::optional<Lexicon> own_lexicon_;
  Program program_;
};

std::string version_of(const std::vector<SourceFile>& files) {
  Sha256Stream stream;
  for (const auto& file : files) {
    stream.add(std::to_string(file.text.size()) + ":");
    stream.add(file.text);
    if (ORGO_PLANT(version_is_that_of_the_first_file)) break;
  }
  return to_hex(stream.finish()).substr(0, 16);
}

}  // namespace

std::string rule_behind(const std::vector<Wish>& wishes, std::string_view what) {
  const auto found = std::ranges::find(wishes, what, &Wish::what);
  return found != wishes.end() ? found->rule : std::string();
}

TextLiterals RuleSet::text_literals() const {
  return {};
}

const Workplace& RuleSet::workplace() const {
  static const Workplace none;
  return none;
}

Loaded load_rules(const std::vector<SourceFile>& files, const WorkplaceScope& scope) {
  Loaded loaded;
  auto read = read_rule_files(files, loaded.errors, {}, scope);
  const auto warnings = std::stable_partition(loaded.errors.begin(), loaded.errors.end(),
                                              [](const auto& one) { return !one.is_warning; });
  loaded.warnings.assign(std::make_move_iterator(warnings), std::make_move_iterator(loaded.errors.end()));
  loaded.errors.erase(warnings, loaded.errors.end());
  if (loaded.errors.empty()) loaded.rules = std::make_shared<CompiledRules>(std::move(read), version_of(files));
  return loaded;
}

}  // namespace orgo::rules
