#include "core/bounce/smtp_command.h"

#include <array>
#include <cstddef>
#include <string>

#include "base/text.h"
#include "base/work.h"

namespace orgo {
namespace {

constexpr std::size_t kLookAt = 8 * 1024;

}  // namespace

SmtpCommand find_command(std::string_view text) {
  struct Words {
    SmtpCommand command;
    std::string_view words;
  };
  static constexpr auto kWords = std::to_array<Words>({
      {SmtpCommand::data, "in reply to end of data"},
      {SmtpCommand::data, "in reply to data"},
      {SmtpCommand::rcpt, "in reply to rcpt"},
      {SmtpCommand::mail, "in reply to mail"},
      {SmtpCommand::hello, "in reply to ehlo"},
      {SmtpCommand::hello, "in reply to helo"},
      {SmtpCommand::data, "after end of data"},
      {SmtpCommand::data, "after data"},
      {SmtpCommand::data, "after sending data"},
      {SmtpCommand::rcpt, "after rcpt"},
      {SmtpCommand::mail, "after mail from"},
      {SmtpCommand::hello, "after ehlo"},
      {SmtpCommand::hello, "after helo"},
      {SmtpCommand::connect, "after initial connection"},
      {SmtpCommand::data, "smtp command data"},
      {SmtpCommand::rcpt, "smtp command rcpt"},
      {SmtpCommand::mail, "smtp command mail"},
      {SmtpCommand::data, "did not like our data"},
      {SmtpCommand::data, "did not like our final data"},
      {SmtpCommand::rcpt, "did not like our rcpt"},
      {SmtpCommand::mail, "did not like our mail"},
      {SmtpCommand::hello, "did not like our ehlo"},
      {SmtpCommand::rcpt, "does not like recipient"},
      {SmtpCommand::mail, "sender was rejected"},
      {SmtpCommand::rcpt, "[rcpt_to]"},
      {SmtpCommand::mail, "[mail_from]"},
      {SmtpCommand::data, "failed after i sent the message"},
      {SmtpCommand::data, "[data]"},
      {SmtpCommand::data, "(data)"},
      {SmtpCommand::rcpt, "(rcpt to)"},
      {SmtpCommand::mail, "(mail from)"},
      {SmtpCommand::data, "refused to accept your message (data)"},
      {SmtpCommand::rcpt, "for rcpt to response"},
      {SmtpCommand::rcpt, "rcpt to response"},
      {SmtpCommand::rcpt, ">>> rcpt"},
      {SmtpCommand::data, ">>> data"},
      {SmtpCommand::mail, ">>> mail"},
      {SmtpCommand::hello, ">>> ehlo"},
      {SmtpCommand::hello, ">>> helo"},
      {SmtpCommand::rcpt, "rcp-p"},
      {SmtpCommand::rcpt, "rcpt to command"},
      {SmtpCommand::data, "data command"},
      {SmtpCommand::mail, "mail from command"},
  });
  count_work(text.substr(0, kLookAt).size() * kWords.size() / 16);  // each is searched for, 16 bytes at a time
  std::string lower;
  for (const char c : text.substr(0, kLookAt)) {
    const bool space = c == '\n' || c == '\t' || c == '\r' || c == ' ';
    if (!space) {
      lower += ascii_lower(c);
    } else if (!lower.ends_with(' ')) {
      lower += ' ';
    }
  }
  for (const auto& [command, words] : kWords)
    if (lower.find(words) != std::string::npos) return command;
  return SmtpCommand::unknown;
}

}  // namespace orgo
