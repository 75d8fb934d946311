#include "core/rules/rule_set.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"
#include "core/rules/lexicon.h"
#include "core/rules/program.h"
#include "core/rules/rule_file.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kNearMissesMax = 20;

void join_into(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const auto& one : more)
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
}

class CompiledRules final : public RuleSet {
 public:
  CompiledRules(RuleFiles files, std::string version) : version_(std::move(version)), match_(files.match) {
    for (const auto& [keyword, words] : default_lexicon())
      for (const auto word : words) lexicon_.add(keyword, word);
    for (const auto& [keyword, word] : files.keywords) lexicon_.add(keyword, word);
    lexicon_.build();
    templates_ = std::move(files.templates);
    workplace_ = std::move(files.workplace);
    rules_.reserve(files.rules.size());
    for (auto& rule : files.rules) {
      program_.add(rule.condition, rule.condition_text);
      rules_.push_back({std::move(rule.name), std::move(rule.action), rule.condition.kind == Condition::Kind::always});
    }
    program_.build(&lexicon_);
  }

  Verdict decide(const Facts& facts, bool with_trace) const override {
    // Kept from message to message, so that none of it is allocated again; holds nothing that a later message sees.
    thread_local Program::Run run;
    program_.begin(run, facts);
    Verdict verdict;
    const auto words = run.candidates();
    bool go_on = true;
    for (std::size_t word = 0; go_on && word < words.size(); ++word)
      for (auto bits = words[word]; go_on && bits != 0; bits &= bits - 1) {
        const auto number = static_cast<std::uint32_t>(word * 64 + static_cast<unsigned>(std::countr_zero(bits)));
        if (facts.skip_unconditional && rules_[number].unconditional) continue;
        const bool matched = run.holds(number);
        verdict.kept.tried.push_back(number * 2 + (matched ? 1 : 0));
        if (matched) go_on = act(rules_[number], verdict);
      }
    verdict.kept.hits.assign(run.hits().begin(), run.hits().end());
    if (facts.find_keywords) verdict.keywords = run.keywords();
    if (with_trace) verdict.trace = trace(run, verdict.kept);
    return verdict;
  }

  std::vector<RuleTrace> trace_of(const Facts& facts, const Verdict& verdict) const override {
    thread_local Program::Run run;
    program_.restore(run, facts, verdict.kept.hits, facts.find_keywords ? std::span(verdict.keywords) : facts.keywords);
    return trace(run, verdict.kept);
  }

  std::vector<RuleTrace> explain(const Facts& facts) const override {
    thread_local Program::Run run;
    program_.begin(run, facts);
    std::vector<RuleTrace> trace;
    Verdict verdict;
    for (std::uint32_t number = 0; number < rules_.size(); ++number) {
      const bool matched = run.holds(number);
      trace.push_back(matched ? held(run, number) : missed(run, number));
      if (!matched) trace.back().parts = program_.parts(run, number);
      if (matched && !act(rules_[number], verdict)) break;
    }
    return trace;
  }

  Needs needs() const override { return program_.needs(); }
  std::vector<std::string> keywords(const Message& message) const override {
    return lexicon_.find(message.subject, message.text);
  }
  const std::map<std::string, Template>& templates() const override { return templates_; }
  const std::string& version() const override { return version_; }
  const Workplace& workplace() const override { return workplace_; }
  std::size_t size() const override { return rules_.size(); }

 private:
  struct Compiled {
    std::string name;
    Action action;
    bool unconditional = false;
  };

  RuleTrace held(Program::Run& run, std::uint32_t number) const {
    return {rules_[number].name, true, program_.why(run, number), program_.parts(run, number)};
  }
  RuleTrace missed(Program::Run& run, std::uint32_t number) const {
    RuleTrace trace{rules_[number].name, false, "does not hold: ", {}};
    trace.why += program_.why_not(run, number);
    return trace;
  }

  std::vector<RuleTrace> trace(Program::Run& run, const Kept& kept) const {
    std::vector<RuleTrace> trace;
    std::size_t left_out = rules_.size();
    for (const auto tried : kept.tried) {
      const auto number = tried / 2;
      const bool matched = (tried & 1U) != 0;
      if (matched || trace.size() < kNearMissesMax) {
        trace.push_back(matched ? held(run, number) : missed(run, number));
        --left_out;
      }
      // Behind a rule that ended it, none was tried.
      if (matched && ends(rules_[number])) left_out -= std::min(left_out, rules_.size() - number - 1);
    }
    if (left_out > 0)
      trace.push_back({std::to_string(left_out) + (trace.empty() ? "" : " other") + (left_out == 1 ? " rule" : " rules"), false,
                       "nothing that they ask for occurs", {}});
    return trace;
  }

  bool ends(const Compiled& rule) const { return match_ == MatchMode::first || rule.action.drop || rule.action.stop; }

  /// Adds what the rule does; false: no further rule is tried.
  bool act(const Compiled& rule, Verdict& verdict) const {
    const Action& action = rule.action;
    verdict.matched.push_back(rule.name);
    join_into(verdict.route_to, action.route_to);
    if (!verdict.assign) verdict.assign = action.assign;
    if (!verdict.priority) verdict.priority = action.priority;
    join_into(verdict.tags, action.tags);
    if (verdict.escalation.empty()) {
      verdict.escalation = action.escalation;
      verdict.escalation_calendar = action.escalation_calendar;
    }
    if (!verdict.sla) verdict.sla = action.sla;
    join_into(verdict.reply_with, action.reply_with);
    join_into(verdict.notify, action.notify);
    join_into(verdict.webhooks, action.webhooks);
    if (verdict.task_type.empty()) verdict.task_type = action.task_type;
    if (action.drop) verdict.drop = rule.name;
    if (action.stop) verdict.stopped = true;
    return !ends(rule);
  }

  std::string version_;
  MatchMode match_;
  std::vector<Compiled> rules_;
  std::map<std::string, Template> templates_;
  Workplace workplace_;
  Lexicon lexicon_;
  Program program_;
};

std::string version_of(const std::vector<SourceFile>& files) {
  Sha256Stream stream;
  for (const auto& file : files) {
    stream.add(std::to_string(file.text.size()) + ":");
    stream.add(file.text);
  }
  return to_hex(stream.finish()).substr(0, 16);
}

}  // namespace

const Workplace& RuleSet::workplace() const {
  static const Workplace none;
  return none;
}

Loaded load_rules(const std::vector<SourceFile>& files) {
  Loaded loaded;
  auto read = read_rule_files(files, loaded.errors);
  if (loaded.errors.empty()) loaded.rules = std::make_shared<CompiledRules>(std::move(read), version_of(files));
  return loaded;
}

}  // namespace orgo::rules
