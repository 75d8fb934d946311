#include "app/answers/answers_options.h"

namespace orgo {

using namespace std::chrono_literals;

void declare(OptionSet& options, AnswersConfig& answers) {
  options.section("answers", "What people of ours answer to customers.")
      .duration(
          {"answers.undo", "How long an answer waits before it leaves, so that it can be taken back; 0: not at all.",
           "10 seconds"},
          answers.undo, 0s, 1h)
      .choice(
          {"answers.state",
           "The state that an answer moves its task to; `keep`: as it is, and what was new is open. Who answers may "
           "say otherwise.",
           "keep"},
          answers.state,
          {{"keep", std::nullopt},
           {"open", TaskState::open},
           {"pending", TaskState::pending},
           {"resolved", TaskState::resolved},
           {"closed", TaskState::closed}})
      .boolean({"answers.tell_resolved",
                "Tell the requester when a person resolves or closes their task (template `task_resolved`).", "false"},
               answers.tell_resolved)
      .choice(
          {"answers.by_mail",
           "What becomes of a colleague's answer by mail to a notification: `forward` it to the customer, without "
           "what it quotes, or keep it as a `comment` and tell them so. A team may say otherwise (`answers_by_mail`).",
           "forward"},
          answers.by_mail, {{"forward", MailAnswers::forward}, {"comment", MailAnswers::comment}})
      .text({"answers.vouching_server",
             "The name by which your mail server signs its Authentication-Results, when it takes foreign ones out: a "
             "colleague's mail to the customer for which it vouches counts as an answer. Empty: only one that answers "
             "a notification does.",
             "mx.example.org"},
            answers.vouching_server);
}

AnswerPolicy answer_policy(const AnswersConfig& answers) {
  return {.undo = *answers.undo,
          .then = *answers.state,
          .tell_resolved = *answers.tell_resolved,
          .by_mail = *answers.by_mail,
          .vouching_server = *answers.vouching_server};
}

}  // namespace orgo
