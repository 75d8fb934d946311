#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace orgo {

/// What `orgo init` has to know of an organization.
struct InitAnswers {
  std::string name;                    ///< "Hillside School"
  std::string domain;                  ///< "school.org"
  std::vector<std::string> addresses;  ///< that mail is for: addresses, and domains as "@school.org"
  std::string relay;                   ///< host or host:port; empty: mails wait in the outbox
  std::vector<std::string> people;  ///< who is told of new work, none of them one of ours; the first looks after Orgo
  std::string zone;                 ///< IANA; empty: UTC. Not asked: the machine knows it
};

/// One question: what is asked, why, and what is taken when nothing is answered.
struct InitQuestion {
  std::string_view option;  ///< the option that answers it: "--name"
  std::string_view text;
  std::string standard;
};
/// The questions in their order; the standard of each follows from the answers so far.
std::vector<InitQuestion> init_questions(const InitAnswers& so_far);

/// What is wrong with the answer to a question ("is no mail address"), empty: nothing. An answer that lists are made of
/// has commas between.
std::string wrong_with(std::string_view option, std::string_view answer, const InitAnswers& so_far);
/// Puts a checked answer in its place.
void set_answer(InitAnswers& answers, std::string_view option, std::string_view answer);

/// config.yaml and rules.yaml, with comments that say what else there is. `orgo config check` and `orgo rules check`
/// find no error in them, whatever the answers (a property of the tests).
std::string config_text(const InitAnswers& answers);
std::string rules_text(const InitAnswers& answers);

}  // namespace orgo
