#include "core/rules/rule_file.h"

#include <algorithm>
#include <array>
#include <deque>
#include <set>
#include <span>
#include <unordered_map>

#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"
#include "core/delivery/builtin_templates.h"
#include "core/rules/action_text.h"
#include "core/rules/condition_words.h"
#include "core/rules/lexicon.h"
#include "core/rules/rule_keys.h"
#include "core/rules/rule_table.h"
#include "core/workplace/workplace_file.h"

namespace orgo::rules {
namespace {

constexpr std::array<std::string_view, 2> kRepeatKeys{"every", "times"};
constexpr std::array<std::string_view, 4> kPriorities{"low", "normal", "high", "urgent"};
constexpr std::array<std::string_view, 2> kMatchModes{"all", "first"};
constexpr Millis kEscalateLeast{1'000};
constexpr Millis kEscalateMost{365LL * 86'400'000};

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

/// Where something was written, to be checked when all files are read.
struct Use {
  std::size_t file;
  YamlNode node;
  std::string name;
  std::size_t offset = 0;  ///< in node.text; with length 0: the whole node
  std::size_t length = 0;
};

class FileSetReader {
 public:
  FileSetReader(const std::vector<SourceFile>& files, std::vector<Diagnostic>& errors, const RuleLimits& limits)
      : files_(files), errors_(errors), limits_(limits) {
    for (const auto& words : default_lexicon()) keyword_names_.insert(std::string(words.keyword));
  }

  RuleFiles read() {
    for (file_ = 0; file_ < files_.size(); ++file_) {
      if (is_feed_name(files_[file_].path)) continue;
      const auto root = read_yaml(files_[file_], errors_);
      if (!root) continue;
      // Kept: what a file says about times and people is checked when all are read.
      file(readers_.emplace_back(files_[file_], errors_), *root);
    }
    out_.workplace = workplace_.finish();
    check_uses();
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
    reader.check_keys(root, "key", names_of(kFileKeys));
    if (const auto* node = root.find("match")) match(reader, *node);
    if (const auto* node = root.find("templates")) templates(reader, *node);
    if (const auto* node = root.find("keywords")) keywords(reader, *node);
    workplace_.read(reader, root);
    if (const auto* node = root.find("extract")) extract(reader, *node, variables_);
    if (const auto* node = root.find("rules"); node != nullptr && !node->is_nothing())
      if (reader.expect_sequence(*node, "rules"))
        for (const auto& item : node->items) rule(reader, item);
  }

  void match(YamlReader& reader, const YamlNode& node) {
    const auto text = reader.expect_string(node, "match");
    if (!text) return;
    const auto mode = *text == "all" ? std::optional(MatchMode::all) : *text == "first" ? std::optional(MatchMode::first) : std::nullopt;
    if (!mode) {
      reader.error(node, "unknown match '" + std::string(cut_utf8(*text, 64)) + "'", name_hint(*text, kMatchModes));
    } else if (match_place_.empty()) {
      out_.match = *mode;
      match_place_ = place(node);
    } else if (*mode != out_.match) {
      reader.error(node, "match is '" + *text + "' here and another way in " + match_place_, "all rules share one setting");
    }
  }

  void placeholders(YamlReader& reader, const YamlNode& node) {
    const std::string_view text = node.text;
    for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at)) {
      const auto end = text.find("}}", at);
      if (end == std::string_view::npos) {
        reader.error_at(node, at, 2, "this {{ is never closed", "write }} after the name");
        return;
      }
      const auto name = trim(text.substr(at + 2, end - at - 2));
      if (std::find(kPlaceholders.begin(), kPlaceholders.end(), name) == kPlaceholders.end())
        reader.error_at(node, at, end + 2 - at, "unknown placeholder '" + std::string(cut_utf8(name, 64)) + "'",
                        name_hint(name, kPlaceholders));
      at = end + 2;
    }
  }

  void templates(YamlReader& reader, const YamlNode& node) {
    if (node.is_nothing() || !reader.expect_mapping(node, "templates")) return;
    for (const auto& entry : node.entries) {
      const auto& name = entry.key.text;
      if (const auto known = template_places_.find(name); known != template_places_.end())
        reader.error(entry.key, "template '" + name + "' is here a second time", "first in " + known->second);
      template_places_.try_emplace(name, place(entry.key));
      if (name.empty() || name.size() > 64 || has_control(name))
        reader.error(entry.key, "the name of a template is 1 to 64 bytes");
      if (!reader.expect_mapping(entry.value, "a template")) continue;
      reader.check_keys(entry.value, "key of a template", names_of(kTemplateKeys));
      Template made;
      for (const auto& [key, target] : {std::pair{"subject", &made.subject}, std::pair{"body", &made.body}}) {
        const auto* part = entry.value.find(key);
        if (part == nullptr) {
          reader.error(entry.key, std::string("template '") + name + "' has no " + key);
          continue;
        }
        const auto text = reader.expect_string(*part, std::string("the ") + key + " of a template");
        if (!text) continue;
        if (text->size() > limits_.template_bytes_max)
          reader.error(*part, "longer than " + format_bytes(limits_.template_bytes_max));
        if (std::string_view(key) == "subject" && has_control(*text)) reader.error(*part, "a subject is one line");
        placeholders(reader, *part);
        *target = *text;
      }
      out_.templates.try_emplace(name, std::move(made));
    }
  }

  void keywords(YamlReader& reader, const YamlNode& node) {
    if (node.is_nothing() || !reader.expect_mapping(node, "keywords")) return;
    for (const auto& entry : node.entries) {
      const auto name = fold_case(trim(entry.key.text));
      if (name.empty() || name.size() > 64 || has_control(name) || name.find(',') != std::string::npos) {
        reader.error(entry.key, "the name of a keyword is 1 to 64 bytes without a comma");
        continue;
      }
      keyword_names_.insert(name);
      const auto words = reader.expect_strings(entry.value, "the words of a keyword");
      if (!words) continue;
      Lexicon probe;
      for (std::size_t i = 0; i < words->size(); ++i) {
        const auto& place_of_word = entry.value.kind == YamlNode::Kind::sequence ? entry.value.items[i] : entry.value;
        const auto& word = (*words)[i];
        if (word.size() > 128) {
          reader.error(place_of_word, "a word of a keyword is at most 128 bytes long");
        } else if (!probe.add(name, word)) {
          reader.error(place_of_word, "'" + word + "' has no letter or digit, so it can't be found");
        } else if (out_.keywords.size() >= limits_.keyword_words_max) {
          reader.error(place_of_word, "more than " + std::to_string(limits_.keyword_words_max) + " words of keywords");
          return;
        } else {
          out_.keywords.emplace_back(name, word);
        }
      }
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
    made.name = "rule " + std::to_string(out_.rules.size() + 1) + " (" + place(node) + ")";
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
      if (actions != nullptr) reader.error(*actions, "a rule with a table has no action", "the outcomes stand in its rows");
      table(reader, *rows, std::move(made), text);
      return;
    }
    if (actions != nullptr) {
      action(reader, *actions, made);
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
      action(reader, row.action, rule);
      out_.rules.push_back(std::move(rule));
    }
  }

  void row_condition(YamlReader& reader, const TableRow& row, Rule& made) {
    std::vector<ConditionError> problems;
    auto parsed = parse_condition(row.condition, problems, {}, made.variables);
    for (auto& problem : problems) {
      const auto cell = std::find_if(row.cells.begin(), row.cells.end(), [&](const auto& one) { return problem.offset < one.end; });
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
                        std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
      const auto words = known_field_words();
      const auto own = message_names();
      if (!good || std::find(words.begin(), words.end(), name) != words.end() || std::find(own.begin(), own.end(), name) != own.end()) {
        reader.error(key, "'" + std::string(cut_utf8(name, 64)) + "' is not a name for a variable", "small letters, digits and _, and no name of a field, as in room");
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
      for (auto& problem : problems) reader.error_at(value, problem.offset, problem.length, std::move(problem.message), std::move(problem.hint));
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
    const auto too_much = [&](std::string message) { reader.error_at(node, condition.offset, condition.length, std::move(message)); };
    const bool expression = test.op == Operator::matches || test.op == Operator::like || test.op == Operator::extract || test.exactly;
    if (expression && ++regexes_ == limits_.regexes_max + 1)
      too_much("more than " + std::to_string(limits_.regexes_max) + " regular expressions in all rules");
    const bool fits = text_bytes_ <= limits_.text_bytes_max;
    if (is_text(test.field))
      for (const auto& text : test.texts) text_bytes_ += text.size();
    if (fits && text_bytes_ > limits_.text_bytes_max)
      too_much("the texts of all conditions are longer than " + format_bytes(limits_.text_bytes_max) + " together");
    if (test.field != Field::keywords) return;
    for (const auto& text : test.texts)
      if (const auto name = fold_case(trim(text)); !keyword_names_.contains(name))
        keyword_uses_.push_back({file_, node, name, condition.offset, condition.length});
  }

  std::vector<std::string> list(YamlReader& reader, const YamlNode& node, std::string_view what) {
    auto texts = reader.expect_strings(node, what);
    if (!texts) return {};
    if (texts->size() > limits_.targets_max) {
      reader.error(node, std::string(what) + " has more than " + std::to_string(limits_.targets_max) + " values");
      return {};
    }
    for (auto& text : *texts) text = std::string(trim(text));
    return std::move(*texts);
  }
  static const YamlNode& item(const YamlNode& node, std::size_t i) {
    return node.kind == YamlNode::Kind::sequence ? node.items[i] : node;
  }

  /// An address, or the name of a team or person.
  bool target(YamlReader& reader, const YamlNode& node, std::string_view text) {
    if (names(reader, node, text) || is_action_target(text)) return true;
    reader.error(node, "'" + std::string(cut_utf8(text, 64)) + "' is neither an address nor the name of a team",
                 "as in maintenance@school.org");
    return false;
  }
  bool address(YamlReader& reader, const YamlNode& node, std::string_view text) {
    if (names(reader, node, text) || is_action_address(text)) return true;
    reader.error(node, "'" + std::string(cut_utf8(text, 64)) + "' is not an address", "as in office@school.org");
    return false;
  }

  /// The names in a text of an action; true: there are some, so that it can only be checked when they are filled in.
  bool names(YamlReader& reader, const YamlNode& node, std::string_view text) {
    if (!has_names(text)) return false;
    const auto places = names_in(text);
    if (!places) {
      reader.error(node, "a {{ in this text is never closed", "write }} after the name");
      return true;
    }
    auto known = message_names();
    for (const auto& [name, unused] : scope_->variables) known.push_back(name);
    for (const auto& place : *places)
      if (std::find(known.begin(), known.end(), place.name) == known.end())
        reader.error(node, "unknown variable '" + std::string(cut_utf8(place.name, 64)) + "'", name_hint(place.name, known));
    return true;
  }

  void action(YamlReader& reader, const YamlNode& node, Rule& rule) {
    scope_ = &rule;
    Action& made = rule.action;
    if (!reader.expect_mapping(node, "an action")) return;
    if (node.entries.empty()) reader.error(node, "this action does nothing", "known: " + known_actions());
    reader.check_keys(node, "action", names_of(kActionKeys));
    const YamlNode* escalate_after = nullptr;
    const YamlNode* escalate_to = nullptr;
    for (const auto& [key, value] : node.entries) {
      const auto& name = key.text;
      if (name == "route_to") {
        made.route_to = list(reader, value, name);
        for (std::size_t i = 0; i < made.route_to.size(); ++i) target(reader, item(value, i), made.route_to[i]);
      } else if (name == "assign") {
        if (const auto text = reader.expect_string(value, name)) {
          made.assign = std::string(trim(*text));
          target(reader, value, *made.assign);
        }
      } else if (name == "set_priority") {
        if (const auto text = reader.expect_string(value, name)) {
          made.priority = parse_priority(trim(*text));
          if (!made.priority)
            reader.error(value, "unknown priority '" + std::string(cut_utf8(*text, 64)) + "'", name_hint(*text, kPriorities));
        }
      } else if (name == "tag") {
        made.tags = list(reader, value, name);
        for (std::size_t i = 0; i < made.tags.size(); ++i)
          if (!names(reader, item(value, i), made.tags[i]) && !is_action_tag(made.tags[i]))
            reader.error(item(value, i), "a tag is at most 64 bytes long and has no comma");
      } else if (name == "notify") {
        made.notify = list(reader, value, name);
        for (std::size_t i = 0; i < made.notify.size(); ++i) address(reader, item(value, i), made.notify[i]);
      } else if (name == "reply_with") {
        made.reply_with = list(reader, value, name);
        for (std::size_t i = 0; i < made.reply_with.size(); ++i)
          template_uses_.push_back({file_, item(value, i), made.reply_with[i]});
      } else if (name == "webhook") {
        made.webhooks = list(reader, value, name);
        for (std::size_t i = 0; i < made.webhooks.size(); ++i)
          if (names(reader, item(value, i), made.webhooks[i])) {
            // A stranger must not choose whom we call: names stand behind the host.
            const auto host_ends = made.webhooks[i].find('/', std::min(made.webhooks[i].size(), made.webhooks[i].find("://") + 3));
            if (made.webhooks[i].find("{{") < std::min(host_ends, made.webhooks[i].size()) || !is_action_url(made.webhooks[i].substr(0, made.webhooks[i].find("{{"))))
              reader.error(item(value, i), "names can only stand behind the host of a URL", "as in https://hooks.school.org/room/{{room}}");
          } else if (!is_action_url(made.webhooks[i]))
            reader.error(item(value, i), "'" + std::string(cut_utf8(made.webhooks[i], 64)) + "' is not an http or https URL",
                         "as in https://hooks.school.org/orgo");
      } else if (name == "task_type") {
        // That the module has such a type is checked where modules are read (core/module).
        if (const auto text = reader.expect_string(value, name)) {
          made.task_type = std::string(trim(*text));
          if (made.task_type.size() > 64 || has_control(made.task_type)) reader.error(value, "a task type is at most 64 bytes long");
        }
      } else if (name == "drop") {
        made.drop = reader.expect_bool(value).value_or(false);
      } else if (name == "stop") {
        made.stop = reader.expect_bool(value).value_or(false);
      } else if (name == "sla") {
        if ((made.sla = reader.expect_string(value, name))) workplace_.use_sla(reader, value, *made.sla);
      } else if (name == "escalate_calendar") {
        made.escalation_calendar = reader.expect_string(value, name).value_or("");
        if (!made.escalation_calendar.empty()) workplace_.use_calendar(reader, value, made.escalation_calendar);
      } else if (name == "escalate_after") {
        escalate_after = &value;
      } else if (name == "escalate_to") {
        escalate_to = &value;
      }
    }
    escalation(reader, escalate_after, escalate_to, made);
    if (const auto time = absence_of(rule.condition)) absence(reader, node, Millis{*time}, made);
  }

  /// Of a rule with `no reply within`: whom it tells, when nobody has answered by then. Nothing else can wait so long.
  void absence(YamlReader& reader, const YamlNode& node, Millis time, Action& made) {
    for (const auto& [key, value] : node.entries)
      if (key.text != "route_to" && key.text != "notify")
        reader.error(key, "a rule with 'no reply within' acts later, and can only tell somebody", "route_to or notify");
    std::vector<std::string> told = std::move(made.route_to);
    told.insert(told.end(), made.notify.begin(), made.notify.end());
    made.route_to.clear();
    made.notify.clear();
    for (auto& to : told) {
      EscalationStep step{time, std::move(to)};
      step.unless_answered = true;
      made.escalation.push_back(std::move(step));
    }
    if (made.escalation.size() > limits_.chain_max)
      reader.error(node, "tells more than " + std::to_string(limits_.chain_max) + " when nobody answers");
  }

  static std::string known_actions() {
    std::string text;
    for (const auto& key : kActionKeys) text += (text.empty() ? "" : ", ") + std::string(key.name);
    return text;
  }

  void escalation(YamlReader& reader, const YamlNode* after, const YamlNode* to, Action& made) {
    std::optional<CountedSpan> first;
    if (after != nullptr) first = expect_counted_span(reader, *after, kEscalateLeast, kEscalateMost);
    // With a calendar named, the whole chain counts open time.
    const auto counts = [&](const CountedSpan& span) { return span.business || !made.escalation_calendar.empty(); };
    if (to == nullptr) {
      if (first) made.escalation.push_back({first->span, "", counts(*first)});
      return;
    }
    if (to->kind != YamlNode::Kind::sequence) {
      const auto text = reader.expect_string(*to, "escalate_to");
      if (text) target(reader, *to, trim(*text));
      if (after == nullptr)
        reader.error(*to, "escalate_to without escalate_after: when?", "add escalate_after: \"2 hours\"");
      if (first && text) made.escalation.push_back({first->span, std::string(trim(*text)), counts(*first)});
      return;
    }
    // With a chain, escalate_after reminds the team before.
    if (first) made.escalation.push_back({first->span, "", counts(*first)});
    if (to->items.empty()) reader.error(*to, "escalate_to is empty");
    std::size_t written = made.escalation.size();
    std::vector<EscalationStep> repeats;
    for (const auto& step : to->items) {
      if (!reader.expect_mapping(step, "a step of a chain")) continue;
      reader.check_keys(step, "key of a step", names_of(kStepKeys));
      const auto* step_after = step.find("after");
      const auto* step_to = step.find("to");
      if (step_after == nullptr || step_to == nullptr) {
        reader.error(step, std::string("this step has no ") + (step_after == nullptr ? "after" : "to"),
                     "as in {after: \"2 hours\", to: \"head@school.org\"}");
        continue;
      }
      const auto time = expect_counted_span(reader, *step_after, kEscalateLeast, kEscalateMost);
      const auto text = reader.expect_string(*step_to, "to");
      if (text) target(reader, *step_to, trim(*text));
      const auto* unless = step.find("unless_answered");
      const bool unless_answered = unless != nullptr && reader.expect_bool(*unless).value_or(false);
      if (!time || !text) continue;
      ++written;
      EscalationStep next{time->span, std::string(trim(*text)), counts(*time), unless_answered};
      if (!made.escalation.empty() && next.business == made.escalation.back().business && next.after <= made.escalation.back().after)
        reader.error(*step_after, format_duration(next.after) + " is not later than the step before (" +
                                      format_duration(made.escalation.back().after) + ")",
                     "steps count from when the task was opened");
      if (const auto* repeat = step.find("repeat")) this->repeat(reader, *repeat, next, repeats);
      made.escalation.push_back(std::move(next));
    }
    if (written > limits_.chain_max)
      reader.error(*to, "a chain of more than " + std::to_string(limits_.chain_max) + " steps");
    // A repeated step stands there as often as it fires, in its place among the others of its kind of time.
    for (auto& one : repeats) {
      const auto later = std::find_if(made.escalation.begin(), made.escalation.end(),
                                      [&](const auto& s) { return s.business == one.business && s.after > one.after; });
      made.escalation.insert(later, std::move(one));
    }
    if (made.escalation.size() > kChainSteps)
      reader.error(*to, "with its repetitions this chain has more than " + std::to_string(kChainSteps) + " steps");
  }

  void repeat(YamlReader& reader, const YamlNode& node, const EscalationStep& step, std::vector<EscalationStep>& out) {
    if (!reader.expect_mapping(node, "repeat")) return;
    reader.check_keys(node, "key of repeat", kRepeatKeys);
    const auto* every = node.find("every");
    const auto* times = node.find("times");
    if (every == nullptr || times == nullptr) {
      reader.error(node, "repeat has every and times", "as in {every: \"30 minutes\", times: 3}");
      return;
    }
    const auto span = expect_counted_span(reader, *every, kEscalateLeast, kEscalateMost);
    const auto count = reader.expect_int(*times, 1, static_cast<std::int64_t>(kChainSteps));
    for (std::int64_t n = 1; span && count && n <= *count; ++n) {
      auto next = step;
      next.after += span->span * n;
      out.push_back(std::move(next));
    }
  }

  void check_uses() {
    std::vector<std::string_view> names;
    for (const auto& [name, unused] : template_places_) names.push_back(name);
    for (const auto& use : template_uses_)
      if (!template_places_.contains(use.name) && builtin_template(use.name) == nullptr) {
        YamlReader reader(files_[use.file], errors_);
        reader.error(use.node, "unknown template '" + std::string(cut_utf8(use.name, 64)) + "'",
                     names.empty() ? "templates: {" + use.name + ": {subject: ..., body: ...}} would make it"
                                   : name_hint(use.name, names));
      }
    names.assign(keyword_names_.begin(), keyword_names_.end());
    for (const auto& use : keyword_uses_)
      if (!keyword_names_.contains(use.name)) {
        YamlReader reader(files_[use.file], errors_);
        reader.error_at(use.node, use.offset, use.length, "unknown keyword '" + std::string(cut_utf8(use.name, 64)) + "'",
                        name_hint(use.name, names));
      }
  }

  const std::vector<SourceFile>& files_;
  std::vector<Diagnostic>& errors_;
  const RuleLimits& limits_;
  std::size_t file_ = 0;
  RuleFiles out_;
  bool too_many_ = false;
  std::size_t regexes_ = 0;
  std::size_t text_bytes_ = 0;
  Variables variables_;           ///< of `extract:` of the files up to here
  const Rule* scope_ = nullptr;   ///< whose action is read
  std::uint32_t tables_ = 0;
  std::string match_place_;
  std::deque<YamlReader> readers_;
  WorkplaceReader workplace_{[this](const std::string& name) { return feed(name); }};
  std::map<std::string, std::string> template_places_;
  std::unordered_map<std::string, std::string> rule_places_;
  std::set<std::string> keyword_names_;
  std::vector<Use> template_uses_;
  std::vector<Use> keyword_uses_;
};

}  // namespace

RuleFiles read_rule_files(const std::vector<SourceFile>& files, std::vector<Diagnostic>& errors, const RuleLimits& limits) {
  return FileSetReader(files, errors, limits).read();
}

}  // namespace orgo::rules
