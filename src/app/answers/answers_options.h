#pragma once
#include <optional>
#include <string>

#include "base/options.h"
#include "base/setting.h"
#include "core/answer/answer_policy.h"

namespace orgo {

struct AnswersConfig {
  Setting<Millis> undo{AnswerPolicy{}.undo};
  Setting<std::optional<TaskState>> state{std::nullopt};
  Setting<bool> tell_resolved{false};
  Setting<MailAnswers> by_mail{MailAnswers::forward};
  Setting<std::string> vouching_server;
};

void declare(OptionSet& options, AnswersConfig& answers);
AnswerPolicy answer_policy(const AnswersConfig& answers);

}  // namespace orgo
