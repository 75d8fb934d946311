#include "core/rules/static_check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/rules/terms.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kLookups = 4'000;  ///< pieces of text of one rule that are looked up in the index

/// Findings that decide() acts on before it asks the rules.
constexpr std::array<FindingKind, 4> kBeforeRules{FindingKind::own_loop, FindingKind::bounce,
                                                  FindingKind::out_of_office, FindingKind::auto_reply};

/// The terms of rules, to be found again by what a new term may imply of them: each is filed under one of its literals,
/// and a text under its letters, since whoever contains "water leak" contains "leak".
class TermIndex {
 public:
  void add(std::size_t rule, const Term& term) {
    const auto place = terms_.size();
    terms_.push_back({rule, &term});
    for (const auto& literal : term.literals)
      if (!literal.negated && !literal.opaque && is_text(literal.field)) {
        by_text_[key(literal)].push_back(place);
        lengths_[place_of(literal)].insert(literal.text.size());
        return;
      }
    if (!term.literals.empty()) {
      by_field_[place_of(term.literals.front())].push_back(place);
    } else {
      bare_.push_back(place);
    }
  }

  /// Calls `use(rule)` for each rule one of whose terms is implied by `term`, until it says true.
  template <typename Use>
  bool find(const Term& term, Use&& use) const {
    const auto try_all = [&](const std::vector<std::size_t>& places) {
      return std::any_of(places.begin(), places.end(), [&](std::size_t place) {
        return implies(term, *terms_[place].term) && use(terms_[place].rule);
      });
    };
    if (try_all(bare_)) return true;
    std::vector<std::string> seen;
    for (const auto& literal : term.literals) {
      const auto field = place_of(literal);
      if (std::find(seen.begin(), seen.end(), field) == seen.end()) {
        seen.push_back(field);
        if (const auto found = by_field_.find(field); found != by_field_.end() && try_all(found->second)) return true;
      }
      if (literal.negated || literal.opaque || !is_text(literal.field)) continue;
      const auto lengths = lengths_.find(field);
      if (lengths == lengths_.end()) continue;
      std::size_t lookups = 0;
      for (const auto size : lengths->second)
        for (std::size_t at = 0;
             size <= literal.text.size() && at + size <= literal.text.size() && ++lookups <= kLookups; ++at)
          if (const auto found = by_text_.find(field + literal.text.substr(at, size));
              found != by_text_.end() && try_all(found->second))
            return true;
    }
    return false;
  }

 private:
  struct Filed {
    std::size_t rule;
    const Term* term;
  };
  static std::string place_of(const Literal& literal) {
    return std::to_string(static_cast<int>(literal.field)) + ":" + literal.header + ":";
  }
  static std::string key(const Literal& literal) { return place_of(literal) + literal.text; }

  std::vector<Filed> terms_;
  std::vector<std::size_t> bare_;  ///< hold by numbers alone, or always
  std::unordered_map<std::string, std::vector<std::size_t>> by_text_, by_field_;
  std::unordered_map<std::string, std::set<std::size_t>> lengths_;  ///< of the texts of a field
};

class Checker {
 public:
  Checker(const RuleFiles& files, const std::vector<SourceFile>& sources, const CheckSettings& settings)
      : files_(files), sources_(sources), settings_(settings) {}

  std::vector<Diagnostic> check() {
    terms_.resize(files_.rules.size());
    for (std::size_t i = 0; i < files_.rules.size(); ++i) rule(i);
    nobody();
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool ends(const Rule& rule) const {
    return files_.match == MatchMode::first || rule.action.drop || rule.action.stop;
  }

  [[nodiscard]] std::string named(std::size_t number) const {
    const auto& rule = files_.rules[number];
    // A rule without a name of its own is called by its place.
    if (rule.name.ends_with(")") && rule.name.starts_with("rule ")) return rule.name;
    return "'" + rule.name + "' (" + sources_.at(rule.file).path + ":" + std::to_string(rule.line) + ")";
  }

  void warn(std::size_t number, std::string message, std::string hint) {
    const auto& rule = files_.rules[number];
    Diagnostic diagnostic;
    diagnostic.path = sources_.at(rule.file).path;
    diagnostic.line = rule.line;
    diagnostic.message = "rule " + (rule.name.starts_with("rule ") ? rule.name.substr(5) : "'" + rule.name + "'") +
                         " " + std::move(message);
    diagnostic.hint = std::move(hint);
    diagnostic.is_warning = true;
    found_.push_back(std::move(diagnostic));
  }

  void rule(std::size_t number) {
    const auto& rule = files_.rules[number];
    auto terms = terms_of(rule.condition, rule.condition_text);
    if (!terms) return;
    std::string why;
    bool asked_before = false;
    std::erase_if(*terms, [&](const Term& term) {
      if (const auto reason = contradiction(term)) {
        if (why.empty()) why = *reason;
        return true;
      }
      if (const auto finding = decided_before(term); !finding.empty()) {
        asked_before = true;
        why = finding;
        return true;
      }
      return false;
    });
    if (terms->empty()) {
      if (asked_before) {
        warn(number, "never acts: messages that are '" + why + "' are recorded before the rules are asked",
             "leave the rule out");
      } else {
        warn(number, "can never act: " + (why.empty() ? "its condition holds for no message" : why),
             "was `or` meant, or another word?");
      }
      return;
    }
    tautology(number, *terms);
    terms_[number] = std::move(*terms);
    const auto& own = terms_[number];
    if (!shadowed(number, own)) nothing_new(number, own);
    loop(number, own);
    for (const auto& term : own) {
      all_.add(number, term);
      if (ends(rule)) ending_.add(number, term);
    }
  }

  static std::string decided_before(const Term& term) {
    for (const auto& literal : term.literals)
      if (!literal.negated && !literal.opaque && literal.field == Field::finding)
        for (const auto kind : kBeforeRules)
          if (literal.text == to_string(kind)) return literal.text;
    return {};
  }

  void tautology(std::size_t number, const std::vector<Term>& terms) {
    for (std::size_t i = 0; i < terms.size(); ++i)
      for (std::size_t k = i + 1; k < terms.size(); ++k) {
        if (terms[i].literals.size() != 1 || terms[k].literals.size() != 1) continue;
        const Term anything;
        auto bare = terms[i];
        bare.literals.clear();
        if (!implies(anything, bare)) continue;
        bare = terms[k];
        bare.literals.clear();
        if (!implies(anything, bare)) continue;
        auto opposite = terms[i].literals.front();
        opposite.negated = !opposite.negated;
        if (!implies(opposite, terms[k].literals.front())) continue;
        warn(number,
             "holds for every message: one of " + terms[i].literals.front().words + " and " +
                 terms[k].literals.front().words + " always does",
             "write `always` if that is meant");
        return;
      }
  }

  /// Every way to fulfil the condition fulfils that of an earlier rule that lets no further one be tried.
  bool shadowed(std::size_t number, const std::vector<Term>& own) {
    std::optional<std::size_t> by;
    bool more = false;
    for (const auto& term : own) {
      std::optional<std::size_t> first;
      ending_.find(term, [&](std::size_t earlier) {
        if (!first || earlier < *first) first = earlier;
        return false;
      });
      if (!first) return false;
      if (by && *by != *first) more = true;
      by = std::max(by.value_or(0), *first);
    }
    const auto& earlier = files_.rules[*by];
    const bool everything =
        std::any_of(terms_[*by].begin(), terms_[*by].end(), [](const Term& term) { return implies(Term{}, term); });
    const std::string how = files_.match == MatchMode::first ? "only the first rule that matches acts"
                            : earlier.action.drop            ? "it drops the message"
                                                             : "it says stop";
    if (everything) {
      warn(number, "is never reached: " + named(*by) + " stands before it, holds for every message, and " + how,
           "move it up");
    } else {
      warn(number,
           "is shadowed: whenever it holds, " + std::string(more ? "rules before it hold, the last of them " : "") +
               named(*by) + (more ? "" : " before it does") + ", and " + how,
           "move it up, or make the earlier rule narrower");
    }
    return true;
  }

  /// What the rule does is done already by rules that hold whenever it does.
  void nothing_new(std::size_t number, const std::vector<Term>& own) {
    if (files_.match == MatchMode::first) return;
    std::vector<std::size_t> earlier = implied_by_all(own);
    if (earlier.empty()) return;
    const auto& action = files_.rules[number].action;
    const auto first_with = [&](auto&& has) -> std::optional<std::size_t> {
      for (const auto one : earlier)
        if (has(files_.rules[one].action)) return one;
      return std::nullopt;
    };
    bool something = action.drop || action.stop;
    const auto joined = [&](const std::vector<std::string>& wanted, std::vector<std::string> Action::*list) {
      for (const auto& one : wanted)
        if (!first_with([&](const Action& other) {
              return std::find((other.*list).begin(), (other.*list).end(), one) != (other.*list).end();
            }))
          something = true;
    };
    joined(action.route_to, &Action::route_to);
    joined(action.tags, &Action::tags);
    joined(action.reply_with, &Action::reply_with);
    joined(action.notify, &Action::notify);
    joined(action.webhooks, &Action::webhooks);
    std::optional<std::size_t> setter;
    std::string lost;
    const auto single = [&](bool has, std::string_view name, auto&& other_has) {
      if (!has) return;
      const auto who = first_with(other_has);
      if (!who) {
        something = true;
      } else {
        lost += (lost.empty() ? "" : ", ") + std::string(name);
        setter = who;
      }
    };
    single(action.priority.has_value(), "set_priority", [](const Action& other) { return other.priority.has_value(); });
    single(action.assign.has_value(), "assign", [](const Action& other) { return other.assign.has_value(); });
    // Of chains the first counts; steps of `no reply within` come from every rule.
    const auto waits = [](const EscalationStep& step) { return step.unless_answered; };
    const auto has_chain = [&](const Action& one) {
      return !std::all_of(one.escalation.begin(), one.escalation.end(), waits);
    };
    if (std::any_of(action.escalation.begin(), action.escalation.end(), waits)) something = true;
    single(has_chain(action), "escalation", has_chain);
    single(action.sla.has_value(), "sla", [](const Action& other) { return other.sla.has_value(); });
    single(!action.task_type.empty(), "task_type", [](const Action& other) { return !other.task_type.empty(); });
    if (!action.note.empty()) something = true;
    if (!something) {
      warn(number,
           "does nothing new: whenever it holds, " + named(earlier.front()) + " holds too and does the same before it",
           "leave one of them out");
    } else if (setter) {
      warn(number,
           "sets " + lost + " in vain: whenever it holds, " + named(*setter) + " before it has set that already",
           "the first rule that sets it wins; move it up");
    }
  }

  /// Earlier rules that hold whenever one of `own` does, in order.
  std::vector<std::size_t> implied_by_all(const std::vector<Term>& own) const {
    std::vector<std::size_t> common;
    for (std::size_t i = 0; i < own.size(); ++i) {
      std::vector<std::size_t> here;
      all_.find(own[i], [&](std::size_t earlier) {
        here.push_back(earlier);
        return here.size() >= 1'000;
      });
      std::sort(here.begin(), here.end());
      here.erase(std::unique(here.begin(), here.end()), here.end());
      if (i == 0) {
        common = std::move(here);
      } else {
        std::vector<std::size_t> both;
        std::set_intersection(common.begin(), common.end(), here.begin(), here.end(), std::back_inserter(both));
        common = std::move(both);
      }
      if (common.empty()) break;
    }
    return common;
  }

  [[nodiscard]] bool is_intake(std::string_view address) const {
    return std::any_of(settings_.intake_addresses.begin(), settings_.intake_addresses.end(),
                       [&](const std::string& own) { return is_same_address(own, address); });
  }

  /// A mail of ours that this rule sends to an address whose mail comes to us: would it hold again?
  void loop(std::size_t number, const std::vector<Term>& own) {
    const auto& action = files_.rules[number].action;
    std::string target;
    const auto look = [&](std::string_view address) {
      if (target.empty() && is_intake(address)) target = address;
    };
    for (const auto& one : action.route_to) look(one);
    for (const auto& one : action.notify) look(one);
    for (const auto& step : action.escalation) {
      look(step.to);
      if (step.effects) look(step.effects->assign);
    }
    if (action.assign) look(*action.assign);
    if (target.empty()) return;
    const bool again = std::any_of(own.begin(), own.end(), [&](const Term& term) {
      if (settings_.own_sender.empty()) return true;
      Term ours = term;
      Literal from;
      from.field = Field::from;
      from.op = Operator::is;
      from.text = ascii_lower(settings_.own_sender);
      ours.literals.push_back(std::move(from));
      return !contradiction(ours).has_value();
    });
    if (again)
      warn(number,
           "loops: it sends mail to " + target + ", whose mail comes back to Orgo and can fulfil its condition again",
           "name another address; the loop brake would stop it only after some rounds");
  }

  void nobody() {
    const auto routes = [](const Action& action) { return !action.route_to.empty() || action.assign || action.drop; };
    for (std::size_t i = 0; i < files_.rules.size(); ++i) {
      const auto& rule = files_.rules[i];
      if (!ends(rule) || routes(rule.action) || terms_[i].empty()) continue;
      const auto earlier = files_.match == MatchMode::first ? std::vector<std::size_t>{} : implied_by_all(terms_[i]);
      if (std::any_of(earlier.begin(), earlier.end(),
                      [&](std::size_t one) { return one < i && routes(files_.rules[one].action); }))
        continue;
      warn(i, "ends the search but routes to nobody: what it catches becomes a task that nobody is told of",
           "add route_to");
    }
  }

  const RuleFiles& files_;
  const std::vector<SourceFile>& sources_;
  const CheckSettings& settings_;
  std::vector<std::vector<Term>> terms_;  ///< of each rule, those that may hold; empty: nothing is known
  TermIndex all_, ending_;
  std::vector<Diagnostic> found_;
};

}  // namespace

std::vector<Diagnostic> check_rules(const RuleFiles& rules, const std::vector<SourceFile>& files,
                                    const CheckSettings& settings) {
  auto found = Checker(rules, files, settings).check();
  std::stable_sort(found.begin(), found.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    const auto index = [&](const std::string& path) {
      return std::find_if(files.begin(), files.end(), [&](const SourceFile& file) { return file.path == path; }) -
             files.begin();
    };
    return std::pair(index(a.path), a.line) < std::pair(index(b.path), b.line);
  });
  return found;
}

}  // namespace orgo::rules
