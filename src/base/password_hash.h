#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orgo {

/// 16 bytes, as RFC 9106, section 3.1 wants them; random, and passed in.
using PasswordSalt = std::array<unsigned char, 16>;
/// From the operating system's generator.
PasswordSalt random_salt();
/// A password that a person can type and nobody guesses: four groups of five small letters and digits, 100 bits,
/// without those that look alike ("l", "1", "o", "0").
std::string random_password();
inline constexpr std::size_t kPasswordMost = 1024;  ///< bytes; more is refused, since hashing takes time by length

/// Argon2id (RFC 9106) with 19 MiB, two passes and one lane (OWASP, "Password Storage Cheat Sheet"): about 30 ms of one
/// core. "$argon2id$v=19$m=19456,t=2,p=1$...": the parameters stand in the text, so that they can grow later.
/// invalid_input: longer than kPasswordMost. resource_exhausted: no memory.
Result<std::string> hash_password(std::string_view password, const PasswordSalt& salt);

/// Is it the password of this hash, by the parameters that stand in it? False also for what is no such hash.
bool is_password(std::string_view password, const std::string& hash);

}  // namespace orgo
