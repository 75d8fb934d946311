#include "base/password_hash.h"

#include <argon2.h>

#include <algorithm>

#include "base/hash.h"

namespace orgo {
namespace {

constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kMemoryKiB = 19'456;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kHashBytes = 32;

}  // namespace

PasswordSalt random_salt() {
  PasswordSalt salt{};
  const auto bytes = random_bytes(salt.size());
  std::copy(bytes.begin(), bytes.end(), salt.begin());
  return salt;
}

std::string random_password() {
  constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";  // 32: five bits of a byte each
  const auto bytes = random_bytes(20);
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0 && i % 5 == 0) out += '-';
    out += kLetters[static_cast<unsigned char>(bytes[i]) % kLetters.size()];
  }
  return out;
}

Result<std::string> hash_password(std::string_view password, const PasswordSalt& salt) {
  if (password.size() > kPasswordMost)
    return failure(Errc::invalid_input, "the password has more than " + std::to_string(kPasswordMost) + " bytes");
  std::string text(
      argon2_encodedlen(kPasses, kMemoryKiB, kLanes, static_cast<std::uint32_t>(salt.size()), kHashBytes, Argon2_id),
      '\0');
  const int outcome = argon2id_hash_encoded(kPasses, kMemoryKiB, kLanes, password.data(), password.size(), salt.data(),
                                            salt.size(), kHashBytes, text.data(), text.size());
  if (outcome != ARGON2_OK)
    return failure(Errc::resource_exhausted,
                   std::string("the password could not be hashed: ") + argon2_error_message(outcome));
  text.resize(text.find('\0'));  // its length counts the byte behind it
  return text;
}

bool is_password(std::string_view password, const std::string& hash) {
  if (password.size() > kPasswordMost || !hash.starts_with("$argon2id$")) return false;
  return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

}  // namespace orgo
