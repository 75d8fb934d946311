#pragma once
#include <optional>
#include <string>

#include "base/time.h"
#include "core/answer/mail_answers.h"
#include "core/task/task.h"

namespace orgo {

/// The organization's own settings about answers to customers.
struct AnswerPolicy {
  Millis undo{10'000};  ///< how long an answer that was written in Orgo waits, so that it can be taken back
  std::optional<TaskState>
      then;                    ///< the state that an answer moves its task to; nullopt: it stays, and new becomes open
  bool tell_resolved = false;  ///< the requester gets a word when a person resolves or closes their task
  MailAnswers by_mail = MailAnswers::forward;  ///< of teams that say nothing themselves
  std::string vouching_server{};  ///< our mail server's authserv-id (is_authenticated()); empty: none is believed
};

}  // namespace orgo
