#include "core/workplace/team_answers.h"

#include <string>

#include "base/unicode.h"

namespace orgo {

void read_team_answers(YamlReader& reader, const YamlNode& node, Team& team) {
  if (const auto* value = node.find("answers_by_mail")) {
    const auto text = reader.expect_string(*value, "answers_by_mail").value_or("forward");
    if (text == "forward") team.answers_by_mail = MailAnswers::forward;
    else if (text == "comment") team.answers_by_mail = MailAnswers::comment;
    else
      reader.error(*value, "answers_by_mail is not '" + std::string(cut_utf8(text, 64)) + "'",
                   "forward (a colleague's answer by mail goes to the customer) or comment (it stays with the task)");
  }
  if (const auto* value = node.find("signature")) {
    team.signature = reader.expect_string(*value, "signature").value_or("");
    if (team.signature.size() > kSignatureMax)
      reader.error(*value, "a signature has at most " + std::to_string(kSignatureMax) + " bytes");
  }
}

}  // namespace orgo
