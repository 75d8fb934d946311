#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "adapter/clock/system_clock.h"
#include "adapter/mail_files/mail_files.h"
#include "app/api.h"
#include "app/command_line/neutral_output.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/rule_explanation.h"
#include "app/settings.h"
#include "base/yaml.h"
#include "core/mail/read/read_message.h"
#include "core/processing/context.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

/// A folder stands for the rule files in it, by name.
Result<std::vector<std::string>> rule_paths(const std::vector<std::string>& paths) {
  std::vector<std::string> all;
  for (const auto& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      all.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error))
      if (const auto ending = at->path().extension(); ending == ".yaml" || ending == ".yml")
        found.push_back(at->path().string());
    if (error) return failure(Errc::unavailable, path + " can't be read: " + error.message());
    if (found.empty()) return failure(Errc::not_found, "there is no rule file (*.yaml) in the folder " + path);
    std::sort(found.begin(), found.end());
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

Result<std::string> read_mail(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  ORGO_TRY(files, MailFiles::open(path));
  auto mail = files.next();
  if (!mail) return failure(Errc::not_found, path + " has no mail in it");
  if (!*mail) return tl::unexpected(mail->error());
  return std::move((*mail)->bytes);
}

/// A stored message as it was decided: with its envelope, what is known of its sender, and the task that it answers.
Result<WouldDo> stored_message(const CommonOptions& common, MessageId id, const rules::RuleSet& rules,
                               const DecideSettings& settings) {
  ORGO_TRY(store, open_store_to_read(common));
  MessageStore& messages = store->messages;
  TaskStore& tasks = store->tasks;
  ORGO_TRY(tenant, tenant_of(common, store->tenants));
  ORGO_TRY(stored, messages.read(tenant, id));
  ORGO_TRY(bytes, messages.read_bytes(tenant, id));
  ORGO_TRY(decision, messages.decision(tenant, id));
  Incoming incoming{.id = id, .envelope = std::move(stored.envelope), .key = stored.key};
  incoming.message = read_message(bytes);
  incoming.raw = std::move(bytes);
  Context context;
  if (rules.needs().sender_history) {
    const auto query = context_query(incoming, incoming.raw, {.sender_history = true});
    ORGO_TRY(facts, std::move(store->context.load(std::span(&query, 1)).at(0)));
    context.sender = facts.sender;
  }
  // What only joins a task is not asked about, unless rules want to know of threads; then this says how they would take
  // it.
  if (rules.needs().thread && decision && decision->outcome == Outcome::task_joined && decision->task)
    if (auto task = tasks.read(tenant, decision->task.id())) {
      context.thread.task = *std::move(task);
      context.thread.evidence = "its decision";
    }
  const auto now = incoming.envelope.received_at;
  return would_do(std::move(incoming), context, rules, settings, now);
}

}  // namespace

int cmd_rules_explain(const ExplainOptions& options) {
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto paths = rule_paths(options.rules);
  if (!paths) return report(paths.error());
  const auto rules = load_rule_files(*paths, *settings);
  if (!rules) return report(rules.error());

  std::error_code ignored;
  const auto id = parse_id<MessageTag>(options.message);
  const bool is_file = options.message == "-" || fs::exists(options.message, ignored);
  if (!is_file && !id)
    return report(
        {Errc::invalid_input, "'" + cell(options.message, 80) +
                                  "' is neither a mail file nor a stored message, which is written as in m17"});
  std::optional<WouldDo> result;
  if (is_file) {
    const auto bytes = read_mail(options.message);
    if (!bytes) return report(bytes.error());
    result = would_do(*bytes, **rules, settings->decide, SystemClock().now());
  } else {
    auto asked = stored_message(options.common, *id, **rules, settings->decide);
    if (!asked) return report(asked.error());
    result = *std::move(asked);
  }

  auto explanation = explain_rules(*result);
  if (!options.rule.empty() && !explanation.rules.empty()) {
    std::vector<std::string_view> names;
    for (const auto& rule : explanation.rules) names.push_back(rule.name);
    if (std::find(names.begin(), names.end(), options.rule) == names.end())
      return report(
          {Errc::invalid_input, "rule '" + cell(options.rule, 80) +
                                    "' was not tried: there is none of this name, or one before it ended it; " +
                                    cell(name_hint(options.rule, names), 400)});
    std::erase_if(explanation.rules, [&](const ExplainedRule& rule) { return rule.name != options.rule; });
    explanation.held = explanation.rules.front().matched ? 1 : 0;
    explanation.near = explanation.rules.front().near ? 1 : 0;
  }
  const bool all = options.all || !options.rule.empty();
  if (options.common.json) {
    std::cout << to_json(*result, explanation, (*rules)->version(), all) << '\n';
  } else {
    ExplanationStyle style;
    style.color = ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
    style.all = all;
    write_marked(std::cout, to_text(*result, explanation, style));
  }
  return kDone;
}

}  // namespace orgo
