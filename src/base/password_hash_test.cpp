#include "base/password_hash.h"

#include <gtest/gtest.h>

#include <string>

namespace orgo {
namespace {

constexpr PasswordSalt kSalt{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

TEST(PasswordHash, KnowsItsPasswordAndNoOther) {
  const auto hash = hash_password("correct horse", kSalt);
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$AQIDBAUGBwgJCgsMDQ4PEA$")) << *hash;
  EXPECT_TRUE(is_password("correct horse", *hash));
  for (const auto* other : {"correct horsE", "correct horse ", "", "correct"}) EXPECT_FALSE(is_password(other, *hash));
}

TEST(PasswordHash, SaltsMakeOthersOfTheSame) {
  auto salt = kSalt;
  salt[0] = 0;
  EXPECT_NE(*hash_password("a", kSalt), *hash_password("a", salt));
  EXPECT_EQ(*hash_password("a", kSalt), *hash_password("a", kSalt));
}

TEST(PasswordHash, NullsAndLettersOfAllScriptsCount) {
  const std::string with_null("a\0b", 3);
  EXPECT_TRUE(is_password(with_null, *hash_password(with_null, kSalt)));
  EXPECT_FALSE(is_password("a", *hash_password(with_null, kSalt)));
  EXPECT_TRUE(is_password("पासवर्ड ü", *hash_password("पासवर्ड ü", kSalt)));
}

TEST(PasswordHash, ReadsOlderParametersAndRefusesWhatIsNoHash) {
  // argon2 -id -t 1 -m 10 -p 1, of Debian's package argon2: another cost than ours today.
  EXPECT_TRUE(is_password("password",
                          "$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$"
                          "FiU+I6KbINfHoMBfkVDnS6qmzxgy7cg41IT8JQoCvvk"));
  for (const auto* broken :
       {"", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$AQ$AQ", "$argon2i$v=19$m=8,t=1,p=1$x$y", "plain"})
    EXPECT_FALSE(is_password("password", broken)) << broken;
}

TEST(PasswordHash, HasALimit) {
  EXPECT_TRUE(hash_password(std::string(kPasswordMost, 'x'), kSalt));
  const auto past = hash_password(std::string(kPasswordMost + 1, 'x'), kSalt);
  ASSERT_FALSE(past);
  EXPECT_EQ(past.error().code, Errc::invalid_input);
  EXPECT_FALSE(is_password(std::string(kPasswordMost + 1, 'x'), "$argon2id$v=19$m=19456,t=2,p=1$AQ$AQ"));
}

}  // namespace
}  // namespace orgo
