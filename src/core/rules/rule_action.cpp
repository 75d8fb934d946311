#include "core/rules/rule_action.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "base/unicode.h"
#include "core/rules/action_text.h"
#include "core/rules/rule_escalation.h"
#include "core/rules/rule_keys.h"

namespace orgo::rules {
namespace {

/// What a rule can do when it acts later (`no reply within`).
constexpr std::array<std::string_view, 8> kLaterActions{"assign",   "note",         "notify", "reply_with",
                                                        "route_to", "set_priority", "tag",    "webhook"};
constexpr std::array<std::string_view, 4> kPriorities{"low", "normal", "high", "urgent"};

const YamlNode& item(const YamlNode& node, std::size_t i) {
  return node.kind == YamlNode::Kind::sequence ? node.items[i] : node;
}

std::string join_names(std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::string known_actions() {
  std::string text;
  for (const auto& key : kActionKeys) text += (text.empty() ? "" : ", ") + std::string(key.name);
  return text;
}

}  // namespace

std::vector<std::string> ActionReader::list(YamlReader& reader, const YamlNode& node, std::string_view what) {
  auto texts = reader.expect_strings(node, what);
  if (!texts) return {};
  if (texts->size() > limits_.targets_max) {
    reader.error(node, std::string(what) + " has more than " + std::to_string(limits_.targets_max) + " values");
    return {};
  }
  for (auto& text : *texts) text = std::string(trim(text));
  return std::move(*texts);
}

bool ActionReader::target(YamlReader& reader, const YamlNode& node, std::string_view text) {
  const bool has_at = text.find('@') != std::string_view::npos;
  if (names(reader, node, text) || (has_at ? workplace_.is_address(text) : is_action_target(text))) return true;
  reader.error(node, "'" + std::string(cut_utf8(text, 64)) + "' is neither an address nor the name of a team",
               "as in maintenance@school.org");
  return false;
}

void ActionReader::receiver(YamlReader& reader, const YamlNode& node, std::string_view text) {
  // In a house that has told who works there or which teams it has, any other name would reach nobody.
  if (target(reader, node, text) && workplace_.checks_names() && !has_names(text))
    workplace_.use_target(reader, node, std::string(text), true);
}

void ActionReader::worker(YamlReader& reader, const YamlNode& node, std::string_view text) {
  if (target(reader, node, text) && workplace_.checks_names() && !has_names(text))
    workplace_.use_worker(reader, node, std::string(text));
}

bool ActionReader::address(YamlReader& reader, const YamlNode& node, std::string_view text) {
  if (names(reader, node, text) || workplace_.is_address(text)) return true;
  reader.error(node, "'" + std::string(cut_utf8(text, 64)) + "' is not an address", "as in office@school.org");
  return false;
}

bool ActionReader::names(YamlReader& reader, const YamlNode& node, std::string_view text) {
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
      reader.error(node, "unknown variable '" + std::string(cut_utf8(place.name, 64)) + "'",
                   name_hint(place.name, known));
  return true;
}

void ActionReader::read(YamlReader& reader, const YamlNode& node, Rule& rule) {
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
      for (std::size_t i = 0; i < made.route_to.size(); ++i) receiver(reader, item(value, i), made.route_to[i]);
    } else if (name == "assign") {
      if (const auto text = reader.expect_string(value, name)) {
        made.assign = std::string(trim(*text));
        worker(reader, value, *made.assign);
      }
    } else if (name == "set_priority") {
      if (const auto text = reader.expect_string(value, name)) {
        made.priority = parse_priority(trim(*text));
        if (!made.priority)
          reader.error(value, "unknown priority '" + std::string(cut_utf8(*text, 64)) + "'",
                       name_hint(*text, kPriorities));
      }
    } else if (name == "tag") {
      made.tags = list(reader, value, name);
      for (std::size_t i = 0; i < made.tags.size(); ++i)
        if (!names(reader, item(value, i), made.tags[i]) && !is_action_tag(made.tags[i]))
          reader.error(item(value, i), "a tag is at most 64 bytes long and has no comma");
    } else if (name == "note") {
      if (const auto text = reader.expect_string(value, name)) {
        made.note = std::string(trim(*text));
        if (!names(reader, value, made.note) &&
            (made.note.empty() || made.note.size() > 1'000 || has_control(made.note)))
          reader.error(value, "a note is one line of at most 1,000 bytes",
                       "what is to be told to many stands in a template");
      }
    } else if (name == "notify") {
      made.notify = list(reader, value, name);
      for (std::size_t i = 0; i < made.notify.size(); ++i) address(reader, item(value, i), made.notify[i]);
    } else if (name == "reply_with") {
      made.reply_with = list(reader, value, name);
      for (std::size_t i = 0; i < made.reply_with.size(); ++i)
        template_uses_.push_back({rule.file, item(value, i), made.reply_with[i]});
    } else if (name == "webhook") {
      made.webhooks = list(reader, value, name);
      for (std::size_t i = 0; i < made.webhooks.size(); ++i)
        if (names(reader, item(value, i), made.webhooks[i])) {
          // A stranger must not choose whom we call: names stand behind the host.
          const auto host_ends =
              made.webhooks[i].find('/', std::min(made.webhooks[i].size(), made.webhooks[i].find("://") + 3));
          if (made.webhooks[i].find("{{") < std::min(host_ends, made.webhooks[i].size()) ||
              !is_action_url(made.webhooks[i].substr(0, made.webhooks[i].find("{{"))))
            reader.error(item(value, i), "names can only stand behind the host of a URL",
                         "as in https://hooks.school.org/room/{{room}}");
        } else if (!is_action_url(made.webhooks[i]))
          reader.error(item(value, i),
                       "'" + std::string(cut_utf8(made.webhooks[i], 64)) + "' is not an http or https URL",
                       "as in https://hooks.school.org/orgo");
    } else if (name == "task_type") {
      // That the module has such a type is checked where modules are read (core/module).
      if (const auto text = reader.expect_string(value, name)) {
        made.task_type = std::string(trim(*text));
        if (made.task_type.size() > 64 || has_control(made.task_type))
          reader.error(value, "a task type is at most 64 bytes long");
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
  read_escalation(
      reader, escalate_after, escalate_to,
      [&](const YamlNode& at, std::string_view text) {
        // Once teams or rotas are declared, a name that is none of them would reach nobody.
        if (target(reader, at, text) && !has_names(text)) workplace_.use_target(reader, at, std::string(text));
      },
      limits_.chain_max, made);
  if (const auto time = absence_of(rule.condition)) absence(reader, node, Millis{*time}, rule);
}

void ActionReader::absence(YamlReader& reader, const YamlNode& node, Millis time, Rule& rule) {
  Action& made = rule.action;
  for (const auto& [key, value] : node.entries)
    if (std::find(kLaterActions.begin(), kLaterActions.end(), key.text) == kLaterActions.end())
      reader.error(key,
                   "'" + std::string(cut_utf8(key.text, 64)) + "' can't wait: a rule with 'no reply within' acts later",
                   "later it can: " + join_names(kLaterActions));
  std::vector<std::string> told = std::move(made.route_to);
  told.insert(told.end(), made.notify.begin(), made.notify.end());
  StepEffects effects;
  if (made.priority) effects.priority = *made.priority;
  effects.assign = made.assign.value_or("");
  effects.tags = std::move(made.tags);
  effects.webhooks = std::move(made.webhooks);
  effects.replies = std::move(made.reply_with);
  effects.note = std::move(made.note);
  made = {};
  EscalationStep step;
  step.after = time;
  step.unless_answered = true;
  // What changes is done with the first who is told, in one transaction; alone, when nobody is.
  const bool changes = !in_words(effects).empty();
  for (auto& to : told) {
    step.to = std::move(to);
    made.escalation.push_back(step);
  }
  if (changes && told.empty()) {
    step.tells = false;
    made.escalation.push_back(step);
  }
  if (changes) made.escalation.front().effects = std::move(effects);
  if (made.escalation.size() > limits_.chain_max)
    reader.error(node, "tells more than " + std::to_string(limits_.chain_max) + " when nobody answers");
}

}  // namespace orgo::rules
