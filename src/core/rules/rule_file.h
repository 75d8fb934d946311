#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "core/rules/condition.h"
#include "core/rules/rule_set.h"
#include "core/workplace/workplace.h"

namespace orgo::rules {

/// What a rule does, checked.
struct Action {
  std::vector<std::string> route_to;
  std::optional<std::string> assign;
  std::optional<Priority> priority;
  std::vector<std::string> tags;
  std::vector<EscalationStep> escalation;
  std::string escalation_calendar;
  std::optional<std::string> sla;
  std::vector<std::string> reply_with;
  std::vector<std::string> notify;
  std::vector<std::string> webhooks;
  std::string task_type;  ///< of the module that the file belongs to
  std::string note;       ///< for the history of the task
  bool drop = false;
  bool stop = false;
};

struct Rule {
  std::string name;      ///< as written, or "rule 3 (rules.yaml:12)"
  std::size_t file = 0;  ///< which of the files it stands in
  int line = 0;          ///< 1-based, where it begins
  Condition condition;
  std::string condition_text;
  Action action;            ///< its texts may have {{names}} in them, see core/rules/action_text.h
  Variables variables;      ///< those that the action may use
  std::uint32_t table = 0;  ///< rules of one table that lets only its first row act have the same number; 0: none
};

enum class MatchMode : std::uint8_t {
  all,    ///< every rule that matches acts, until one says stop
  first,  ///< only the first one acts
};

/// All that the rule files say.
struct RuleFiles {
  MatchMode match = MatchMode::all;
  std::vector<Rule> rules;
  std::map<std::string, MailTemplate> templates;
  Workplace workplace;
  /// keyword, word; in the order of the files
  std::vector<std::pair<std::string, std::string>> keywords;
};

struct RuleLimits {
  std::size_t rules_max = 10'000;
  std::size_t chain_max = 10;     ///< steps of one escalation
  std::size_t targets_max = 100;  ///< addresses, tags, ... of one action
  std::size_t keyword_words_max = 50'000;
  std::size_t regexes_max = 10'000;        ///< of all rules; together they take about 100 MB when all of them run
  std::size_t text_bytes_max = 2U << 20U;  ///< of all texts that conditions look for; each byte takes some 50
  std::size_t template_bytes_max = 64U << 10U;
};

/// Reads and checks all files; every error of every file goes to `errors`, in the order of files and lines.
RuleFiles read_rule_files(const std::vector<SourceFile>& files, std::vector<Diagnostic>& errors,
                          const RuleLimits& limits = {}, const WorkplaceScope& scope = {});

}  // namespace orgo::rules
