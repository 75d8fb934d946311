#pragma once
#include <cstdint>
#include <string_view>

#include "core/channel/outgoing.h"

namespace orgo {

/// Whom or what a refusal for good (SMTP 5yz) is about.
enum class About : std::int8_t {
  us,    ///< our address, our login, our host, or what the relay lets us do: every mail of ours meets it
  them,  ///< this recipient
  mail,  ///< this mail: its size, its content
};

/// The stage of the talk decides, and where relays refuse somebody at a later stage than they could (Postfix answers
/// MAIL FROM's faults to RCPT TO), their codes (RFC 3463, RFC 4954, RFC 7372) and the words that are in use. `sender`:
/// our address in MAIL FROM; an answer that names it and not the recipient is about us.
About judge_refusal(SendResult::Stage stage, std::string_view answer, std::string_view sender,
                    std::string_view recipient);

/// An enhanced status code (RFC 3463) of class 5 within the first words of an answer: "5.1.1" of "550 5.1.1 <anna@x>:
/// ...". Empty: none.
std::string_view enhanced_code(std::string_view answer);

}  // namespace orgo
