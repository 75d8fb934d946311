#include "service/answers/answer_words.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/one_line.h"
#include "base/text.h"
#include "core/template/builtin_templates.h"
#include "core/template/render_template.h"

namespace orgo {
namespace {

/// The words of a template of the rule file, for this task; what it asks of a mail stays empty.
std::string template_words(const MailTemplate& chosen, const Task& task, const std::string& person) {
  std::map<std::string, std::string, std::less<>> values;
  for (const auto name : kPlaceholders) values.emplace(name, "");
  values["task"] = to_string(task.number);
  values["title"] = task.title;
  values["subject"] = task.title;
  values["team"] = task.team;
  values["assignee"] = task.assignee;
  values["requester"] = to_string(task.requester);
  values["person"] = person;
  return render_template(chosen.body, [&](std::string_view name) -> const std::string* {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second;
  });
}

}  // namespace

Result<std::string> words_of(const AnswerRequest& request, const Task& task, const Policy& policy) {
  std::string text;
  if (!request.template_name.empty()) {
    const auto& templates = policy.rules->templates();
    const auto chosen = templates.find(request.template_name);
    if (chosen == templates.end()) {
      std::vector<std::string_view> names;
      for (const auto& [name, unused] : templates) names.push_back(name);
      const auto nearest = nearest_name(request.template_name, names);
      return failure(Errc::invalid_input,
                     "there is no template '" + one_line(request.template_name, 64) + "' in the rule file" +
                         (nearest.empty() ? std::string() : "; did you mean '" + std::string(nearest) + "'?"));
    }
    text = template_words(chosen->second, task, request.login);
    if (!request.text.empty()) text += "\n";
  }
  text += request.text;
  if (trim(text).empty() && request.files.empty())
    return failure(Errc::invalid_input, "there is nothing to say: write a text, name a template or attach a file");
  return text;
}

std::string as_quote(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    out.append(line.empty() || line.starts_with('>') ? ">" : "> ").append(line).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace orgo
