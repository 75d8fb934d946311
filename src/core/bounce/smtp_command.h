#pragma once
#include <string_view>

namespace orgo {

/// At which command of SMTP a mail was refused (RFC 5321, section 3.3), as far as the report tells.
enum class SmtpCommand { unknown, connect, hello, starttls, auth, mail, rcpt, data };

/// "(in reply to RCPT TO command)", "after end of data", ">>> DATA", "[RCPT_TO]", "did not like our EHLO".
SmtpCommand find_command(std::string_view text);

}  // namespace orgo
