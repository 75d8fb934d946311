#include "core/rules/rule_file.h"

#include <algorithm>
#include <array>
#include <deque>
#include <span>
#include <unordered_map>

#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"
#include "core/rules/action_text.h"
#include "core/rules/condition_words.h"
#include "core/rules/rule_action.h"
#include "core/rules/rule_keys.h"
#include "core/rules/rule_keywords.h"
#include "core/rules/rule_table.h"
#include "core/rules/rule_templates.h"
#include "core/workplace/workplace_file.h"

namespace orgo::rules {
namespace {

constexpr std::array<std::string_view, 2> kMatchModes{"all", "first"};

class FileSetReader {
 public:
  FileSetReader(const std::vector<SourceFile>& files, std::vector<Diagnostic>& errors, const RuleLimits& limits,
                const WorkplaceScope& scope)
      : files_(files), errors_(errors), limits_(limits), templates_(limits.template_bytes_max),
        keywords_(limits.keyword_words_max),
        workplace_([this](const std::string& name) { return feed(name); }, {}, scope),
        must_have_rules_(scope.must_have_rules) {}

  RuleFiles read() {
    for (file_ = 0; file_ < files_.size(); ++file_) {
      if (is_feed_name(files_[file_].path)) continue;
      const auto root = read_yaml(files_[file_], errors_);
      if (!root) continue;
      // Kept: what a file says about times and people is checked when all are read.
      file(readers_.emplace_back(files_[file_], errors_), *root);
    }
    out_.templates = templates_.take();
    out_.keywords = keywords_.take();
    out_.workplace = workplace_.finish();
    check_uses();
    check_whole();
    std::stable_sort(errors_.begin(), errors_.end(), [&](const Diagnostic& a, const Diagnostic& b) {
      return std::tuple(index_of(a.path), a.line == 0 ? 1 << 30 : a.line, a.column) <
             std::tuple(index_of(b.path), b.line == 0 ? 1 << 30 : b.line, b.column);
    });
    return std::move(out_);
  }

 private:
  std::size_t index_of(const std::string& path) const {
    for (std::size_t i = 0; i < files_.size(); ++i)
      if (files_[i].path == path) return i;
    return files_.size();
  }
  const std::string* feed(const std::string& name) const {
    for (const auto& source : files_)
      if (source.path == name) return &source.text;
    return nullptr;
  }
  std::string place(const YamlNode& node) const { return files_[file_].path + ":" + std::to_string(node.line); }

  void file(YamlReader& reader, const YamlNode& root) {
    if (!reader.expect_mapping(root, "a rule file")) return;
    // A file that is written anew is empty for a moment, and for good when the disk is full: nobody means that by it.
    if (root.entries.empty())
      reader.error(root, "there is nothing in this file", "write rules: [] when there are to be no rules");
    reader.check_keys(root, "key", names_of(kFileKeys));
    if (const auto* node = root.find("match")) match(reader, *node);
    if (const auto* node = root.find("templates"))
      templates_.read(reader, *node, [this](const YamlNode& at) { return place(at); });
    if (const auto* node = root.find("keywords")) keywords_.read(reader, *node);
    workplace_.read(reader, root);
    any_file_ = true;
    any_rules_ = any_rules_ || root.find("rules") != nullptr;
    if (const auto* node = root.find("extract")) extract(reader, *node, variables_);
    if (const auto* node = root.find("rules")) {
      if (node->is_nothing())
        reader.error(*node, "there is nothing behind rules", "write rules: [] when there are to be none");
      else if (reader.expect_sequence(*node, "rules"))
        for (const auto& item : node->items) rule(reader, item);
    }
  }

  void match(YamlReader& reader, const YamlNode& node) {
    const auto text = reader.expect_string(node, "match");
    if (!text) return;
    const auto mode = *text == "all"     ? std::optional(MatchMode::all)
                      : *text == "first" ? std::optional(MatchMode::first)
                                         : std::nullopt;
    if (!mode) {
      reader.error(node, "unknown match '" + std::string(cut_utf8(*text, 64)) + "'", name_hint(*text, kMatchModes));
    } else if (match_place_.empty()) {
      out_.match = *mode;
      match_place_ = place(node);
    } else if (*mode != out_.match) {
      reader.error(node, "match is '" + *text + "' here and another way in " + match_place_,
                   "all rules share one setting");
    }
  }

  /// false: there are too many, and that was said once.
  bool has_room(YamlReader& reader, const YamlNode& node) {
    if (out_.rules.size() < limits_.rules_max) return true;
    if (!too_many_) reader.error(node, "more than " + std::to_string(limits_.rules_max) + " rules");
    too_many_ = true;
    return false;
  }

  Rule new_rule(const YamlNode& node) {
    Rule made;
    // Not the folder: decisions name the rule, and are explained by a copy of the file that lies elsewhere.
    const auto& path = files_[file_].path;
    made.name = "rule " + std::to_string(out_.rules.size() + 1) + " (" + path.substr(path.rfind('/') + 1) + ":" +
                std::to_string(node.line) + ")";
    made.file = file_;
    made.line = node.line;
    made.variables = variables_;
    return made;
  }

  void rule(YamlReader& reader, const YamlNode& node) {
    if (!has_room(reader, node)) return;
    Rule made = new_rule(node);
    if (!reader.expect_mapping(node, "a rule")) {
      out_.rules.push_back(std::move(made));
      return;
    }
    reader.check_keys(node, "key of a rule", names_of(kRuleKeys));
    if (const auto* name = node.find("name")) rule_name(reader, *name, made);
    if (const auto* own = node.find("extract")) extract(reader, *own, made.variables);
    const auto* text = node.find("condition");
    if (text != nullptr && !text->is_nothing()) condition(reader, *text, made);
    const auto* actions = node.find("action");
    if (const auto* rows = node.find("table")) {
      if (actions != nullptr)
        reader.error(*actions, "a rule with a table has no action", "the outcomes stand in its rows");
      table(reader, *rows, std::move(made), text);
      return;
    }
    if (actions != nullptr) {
      actions_.read(reader, *actions, made);
    } else {
      reader.error(node, "this rule has no action", "as in action: {route_to: \"office@school.org\"}");
    }
    out_.rules.push_back(std::move(made));
  }

  /// Each row becomes a rule.
  void table(YamlReader& reader, const YamlNode& node, Rule made, const YamlNode* condition_node) {
    const auto read = read_table(reader, node, made.condition_text, condition_node);
    if (!read) {
      out_.rules.push_back(std::move(made));
      return;
    }
    const auto number = read->first ? ++tables_ : 0;
    std::size_t row_number = 0;
    for (const auto& row : read->rows) {
      ++row_number;
      if (!has_room(reader, *row.node)) return;
      Rule rule = new_rule(*row.node);
      rule.name = made.name + " row " + std::to_string(row_number);
      rule.variables = made.variables;
      rule.table = number;
      if (!row.condition.empty()) row_condition(reader, row, rule);
      actions_.read(reader, row.action, rule);
      out_.rules.push_back(std::move(rule));
    }
  }

  void row_condition(YamlReader& reader, const TableRow& row, Rule& made) {
    std::vector<ConditionError> problems;
    auto parsed = parse_condition(row.condition, problems, {}, made.variables);
    for (auto& problem : problems) {
      const auto cell =
          std::find_if(row.cells.begin(), row.cells.end(), [&](const auto& one) { return problem.offset < one.end; });
      reader.error(cell == row.cells.end() ? *row.node : *cell->node, std::move(problem.message),
                   problem.hint.empty() ? "in " + row.condition : problem.hint + ", in " + row.condition);
    }
    if (!parsed) return;
    note_uses(reader, *parsed, *row.node);
    made.condition = std::move(*parsed);
    made.condition_text = row.condition;
  }

  /// Variables that conditions and actions may use.
  void extract(YamlReader& reader, const YamlNode& node, Variables& variables) {
    if (node.is_nothing() || !reader.expect_mapping(node, "extract")) return;
    for (const auto& [key, value] : node.entries) {
      const auto& name = key.text;
      const bool good = !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
                        std::all_of(name.begin(), name.end(), [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                        });
      const auto words = known_field_words();
      const auto own = message_names();
      if (!good || std::find(words.begin(), words.end(), name) != words.end() ||
          std::find(own.begin(), own.end(), name) != own.end()) {
        reader.error(key, "'" + std::string(cut_utf8(name, 64)) + "' is not a name for a variable",
                     "small letters, digits and _, and no name of a field, as in room");
        continue;
      }
      if (variables.contains(name)) {
        reader.error(key, "variable '" + name + "' is here a second time");
        continue;
      }
      if (variables.size() >= ConditionLimits{}.variables_max) {
        reader.error(key, "more than " + std::to_string(ConditionLimits{}.variables_max) + " variables");
        return;
      }
      const auto text = reader.expect_string(value, "what is extracted");
      if (!text) continue;
      std::vector<ConditionError> problems;
      auto made = parse_extraction(name, *text, problems);
      for (auto& problem : problems)
        reader.error_at(value, problem.offset, problem.length, std::move(problem.message), std::move(problem.hint));
      if (made) variables.emplace(name, std::move(made));
    }
  }

  void rule_name(YamlReader& reader, const YamlNode& node, Rule& made) {
    const auto name = reader.expect_string(node, "the name of a rule");
    if (!name) return;
    if (name->size() > 128 || has_control(*name)) {
      reader.error(node, "the name of a rule is one line of at most 128 bytes");
      return;
    }
    const auto [known, fresh] = rule_places_.try_emplace(*name, place(node));
    if (!fresh) reader.error(node, "rule '" + *name + "' is here a second time", "first in " + known->second);
    made.name = *name;
  }

  void condition(YamlReader& reader, const YamlNode& node, Rule& made) {
    const auto text = reader.expect_string(node, "a condition");
    if (!text) return;
    std::vector<ConditionError> problems;
    auto parsed = parse_condition(*text, problems, {}, made.variables);
    for (auto& problem : problems)
      reader.error_at(node, problem.offset, problem.length, std::move(problem.message), std::move(problem.hint));
    if (!parsed) return;
    note_uses(reader, *parsed, node);
    made.condition = std::move(*parsed);
    made.condition_text = *text;
  }

  /// Keywords of conditions, to see when all files are read that each is in a lexicon; and what the set will cost.
  void note_uses(YamlReader& reader, const Condition& condition, const YamlNode& node) {
    for (const auto& part : condition.parts) note_uses(reader, part, node);
    if (condition.kind != Condition::Kind::test) return;
    const auto& test = condition.test;
    const auto too_much = [&](std::string message) {
      reader.error_at(node, condition.offset, condition.length, std::move(message));
    };
    const bool expression =
        test.op == Operator::matches || test.op == Operator::like || test.op == Operator::extract || test.exactly;
    if (expression && ++regexes_ == limits_.regexes_max + 1)
      too_much("more than " + std::to_string(limits_.regexes_max) + " regular expressions in all rules");
    const bool fits = text_bytes_ <= limits_.text_bytes_max;
    if (is_text(test.field))
      for (const auto& text : test.texts) text_bytes_ += text.size();
    if (fits && text_bytes_ > limits_.text_bytes_max)
      too_much("the texts of all conditions are longer than " + format_bytes(limits_.text_bytes_max) + " together");
    if (test.field == Field::business_hours && !test.header.empty())
      workplace_.use_calendar(reader, node, test.header, condition.offset,
                              node.kind == YamlNode::Kind::scalar ? condition.length : 0);
    if (test.field == Field::thread_team || test.field == Field::thread_assignee) note_names(reader, condition, node);
    if (test.field != Field::keywords) return;
    for (const auto& text : test.texts)
      if (const auto name = fold_case(trim(text)); !keywords_.knows(name))
        keyword_uses_.push_back({file_, node, name, condition.offset, condition.length});
  }

  /// Teams and people whose task a condition asks for.
  void note_names(YamlReader& reader, const Condition& condition, const YamlNode& node) {
    const auto& test = condition.test;
    if (test.op != Operator::is || test.part != Part::whole || !test.filled.empty()) return;
    if (!workplace_.checks_names()) return;
    for (const auto& text : test.texts)
      if (const auto name = trim(text); !name.empty())
        workplace_.use_asked(reader, node, std::string(name), condition.offset,
                             node.kind == YamlNode::Kind::scalar ? condition.length : 0);
  }

  /// A file that is cut off before its rules, since it is written just now or the disk was full, reads well.
  void check_whole() {
    if (!must_have_rules_ || !any_file_ || any_rules_ || !errors_.empty()) return;
    Diagnostic missing;
    missing.path = files_.front().path;
    missing.message =
        files_.size() == 1 ? "there are no rules in this file" : "there are no rules in any of these files";
    missing.hint = "write rules: [] when there are to be none";
    errors_.push_back(std::move(missing));
  }

  /// Names that a file further down may have given.
  void check_uses() {
    const auto names = templates_.names();
    for (const auto& use : actions_.template_uses())
      if (!templates_.knows(use.name)) {
        YamlReader reader(files_[use.file], errors_);
        reader.error(use.node, "unknown template '" + std::string(cut_utf8(use.name, 64)) + "'",
                     names.empty() ? "templates: {" + use.name + ": {subject: ..., body: ...}} would make it"
                                   : name_hint(use.name, names));
      }
    const auto words = keywords_.names();
    for (const auto& use : keyword_uses_)
      if (!keywords_.knows(use.name)) {
        YamlReader reader(files_[use.file], errors_);
        reader.error_at(use.node, use.offset, use.length,
                        "unknown keyword '" + std::string(cut_utf8(use.name, 64)) + "'", name_hint(use.name, words));
      }
  }

  const std::vector<SourceFile>& files_;
  std::vector<Diagnostic>& errors_;
  const RuleLimits& limits_;
  std::size_t file_ = 0;
  RuleFiles out_;
  bool too_many_ = false;
  bool any_file_ = false;   ///< that could hold rules was read
  bool any_rules_ = false;  ///< stand in one of them, if only as []
  std::size_t regexes_ = 0;
  std::size_t text_bytes_ = 0;
  Variables variables_;  ///< of `extract:` of the files up to here
  std::uint32_t tables_ = 0;
  std::string match_place_;
  std::deque<YamlReader> readers_;
  TemplateReader templates_;
  KeywordReader keywords_;
  WorkplaceReader workplace_;
  const bool must_have_rules_;
  ActionReader actions_{limits_, workplace_};
  std::unordered_map<std::string, std::string> rule_places_;
  std::vector<NameUse> keyword_uses_;
};

}  // namespace

RuleFiles read_rule_files(const std::vector<SourceFile>& files, std::vector<Diagnostic>& errors,
                          const RuleLimits& limits, const WorkplaceScope& scope) {
  return FileSetReader(files, errors, limits, scope).read();
}

}  // namespace orgo::rules
