#include "protocol/sasl/sasl.h"

#include <algorithm>

#include "base/json.h"
#include "protocol/mime/transfer_encoding.h"

namespace orgo::sasl {
namespace {

constexpr std::size_t kChallengeMost = 4096;
constexpr std::size_t kSecretMost = 16'384;

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// "," and "=" have a meaning in the header of RFC 5801.
std::string escaped_name(std::string_view username) {
  std::string out;
  for (const char c : username) {
    if (c == ',') out += "=2C";
    else if (c == '=') out += "=3D";
    else out += c;
  }
  return out;
}

}  // namespace

std::string_view name(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::plain:
      return "PLAIN";
    case Mechanism::xoauth2:
      return "XOAUTH2";
    case Mechanism::oauth_bearer:
      return "OAUTHBEARER";
  }
  return "";
}

std::string base64(std::string_view octets) {
  std::string text = mime::encode_base64(octets);
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

bool is_sendable(Mechanism mechanism, std::string_view username, std::string_view secret) {
  if (username.size() > 1000 || secret.size() > kSecretMost || secret.empty() || username.empty()) return false;
  if (mechanism == Mechanism::plain) {
    return username.find('\0') == std::string_view::npos && secret.find('\0') == std::string_view::npos;
  }
  return !has_control(username) && !has_control(secret);
}

std::string first_message(Mechanism mechanism, std::string_view username, std::string_view secret,
                          std::string_view host, std::uint16_t port) {
  std::string text;
  switch (mechanism) {
    case Mechanism::plain:
      text.append(1, '\0').append(username).append(1, '\0').append(secret);
      break;
    case Mechanism::xoauth2:
      text.append("user=").append(username).append("\1auth=Bearer ").append(secret).append("\1\1");
      break;
    case Mechanism::oauth_bearer:
      text.append("n,a=").append(escaped_name(username)).append(",\1host=").append(host).append("\1port=");
      text.append(std::to_string(port)).append("\1auth=Bearer ").append(secret).append("\1\1");
      break;
  }
  return base64(text);
}

std::string_view after_error(Mechanism mechanism) {
  return mechanism == Mechanism::oauth_bearer ? "AQ==" : "";
}

std::string error_of_challenge(std::string_view challenge) {
  if (challenge.empty() || challenge.size() > kChallengeMost) return {};
  std::string text;
  if (!mime::decode_base64(challenge, text)) return {};
  const auto value = parse_json(text, 8);
  const json::object* object = value ? value->if_object() : nullptr;
  const json::value* status = object != nullptr ? object->if_contains("status") : nullptr;
  const json::string* word = status != nullptr ? status->if_string() : nullptr;
  if (word == nullptr || word->empty() || word->size() > 40) return {};
  for (const char c : *word) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!plain) return {};
  }
  return "status " + std::string(word->data(), word->size());
}

std::string without_secret(std::string_view text, std::string_view username, std::string_view secret,
                           std::string_view host, std::uint16_t port) {
  std::string out(text);
  if (secret.size() < 4) return out;
  const std::string forms[] = {first_message(Mechanism::plain, username, secret, {}, 0),
                               first_message(Mechanism::xoauth2, username, secret, {}, 0),
                               first_message(Mechanism::oauth_bearer, username, secret, host, port), base64(secret),
                               std::string(secret)};
  for (const std::string& form : forms) {
    for (std::size_t at = 0; (at = out.find(form, at)) != std::string::npos; at += 3)
      out.replace(at, form.size(), "***");
  }
  return out;
}

}  // namespace orgo::sasl
