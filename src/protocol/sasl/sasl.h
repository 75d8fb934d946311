#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace orgo::sasl {

/// How one proves who one is (RFC 4422), for IMAP and POP3.
enum class Mechanism : std::uint8_t {
  plain,         ///< RFC 4616
  xoauth2,       ///< Google's and Microsoft's, with a bearer token
  oauth_bearer,  ///< RFC 7628, the standard for the same
};
std::string_view name(Mechanism mechanism);

/// What is said first, in base64. `secret` is the password or the token. XOAUTH2 and OAUTHBEARER can't carry a username
/// or token with control characters: is_sendable() says so before.
std::string first_message(Mechanism mechanism, std::string_view username, std::string_view secret,
                          std::string_view host, std::uint16_t port);
bool is_sendable(Mechanism mechanism, std::string_view username, std::string_view secret);

/// The answer to a challenge after the first message: it says what is wrong with the token (JSON in base64), the empty
/// answer brings the server to its final word. For OAUTHBEARER that is ^A (RFC 7628, section 3.2.3).
std::string_view after_error(Mechanism mechanism);
/// "status 401" of such a challenge, for a person; empty where it says nothing of the kind. Never a part of a secret.
std::string error_of_challenge(std::string_view base64);

/// `text` with "***" instead of the secret, also in the forms in which it was sent: some servers repeat what they
/// refuse. Secrets of less than 4 octets stay: they would turn up everywhere.
std::string without_secret(std::string_view text, std::string_view username, std::string_view secret,
                           std::string_view host, std::uint16_t port);

/// In one line, however long.
std::string base64(std::string_view octets);

}  // namespace orgo::sasl
