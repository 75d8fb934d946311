#include "core/chain/step_effects.h"

#include <string_view>

namespace orgo {

std::string in_words(const StepEffects& effects) {
  std::string out;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out.append(out.empty() ? "" : ", ").append(name).append(" ").append(value);
  };
  if (effects.priority) add("set_priority", std::string(to_string(*effects.priority)));
  add("assign", effects.assign);
  for (const auto& tag : effects.tags) add("tag", tag);
  for (const auto& url : effects.webhooks) add("webhook", url);
  for (const auto& name : effects.replies) add("reply_with", name);
  add("note", effects.note);
  return out;
}

}  // namespace orgo
