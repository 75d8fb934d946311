#include "adapter/signature/restricted_child.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>

#include "adapter/signature/keyring_verifier.h"

namespace orgo {
namespace {

using State = SignatureCheck::State;

Result<ChildResult> shell(const std::string& script, Millis time = std::chrono::seconds(20), ChildLimits limits = {},
                          const std::vector<std::string_view>& inputs = {}) {
  return run_restricted("/bin/sh", {"-c", script}, inputs, within(time), limits);
}

TEST(RestrictedChild, GivesOutputStatusAndInputs) {
  const auto result =
      shell("cat /proc/self/fd/4; cat /proc/self/fd/3; exit 3", std::chrono::seconds(20), {}, {"one", "two"});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->output, "twoone");
  EXPECT_EQ(WEXITSTATUS(result->status), 3);
}

TEST(RestrictedChild, SeesNothingOfOurs) {
  setenv("ORGO_SMTP_PASSWORD", "secret", 1);
  const auto result = shell("env; ls /proc/self/fd | wc -l");
  unsetenv("ORGO_SMTP_PASSWORD");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output.find("secret"), std::string::npos) << result->output;
  EXPECT_EQ(result->output.find("ORGO_"), std::string::npos) << result->output;
}

TEST(RestrictedChild, EndsWithItsDeadline) {
  const auto begin = std::chrono::steady_clock::now();
  const auto result = shell("sleep 100 & sleep 100", Millis{200});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::deadline_exceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(RestrictedChild, EndsAfterItsProcessorTime) {
  ChildLimits limits;
  limits.cpu_seconds = 1;
  const auto result = shell("while :; do :; done", std::chrono::seconds(60), limits);
  ASSERT_TRUE(result);
  EXPECT_TRUE(WIFSIGNALED(result->status));
}

TEST(RestrictedChild, WritesNoFiles) {
  const auto result = shell("echo x > /tmp/orgo-restricted-child-test && cat /tmp/orgo-restricted-child-test");
  unlink("/tmp/orgo-restricted-child-test");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "");
}

TEST(RestrictedChild, ItsOutputHasALimit) {
  ChildLimits limits;
  limits.output_bytes = 1000;
  const auto result = shell("while :; do echo 0123456789; done", std::chrono::seconds(30), limits);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output.size(), 1000U);
}

TEST(RestrictedChild, AProgramThatIsNotThere) {
  std::fflush(nullptr);  // ThreadSanitizer's _exit() writes out what the child inherited of our buffers
  const auto result = run_restricted("/nonexistent/gpgv", {}, {}, within(std::chrono::seconds(20)));
  ASSERT_TRUE(result);
  EXPECT_EQ(WEXITSTATUS(result->status), 127);
  EXPECT_EQ(result->output, "");
}

TEST(GpgvStatus, InWords) {
  const std::string good =
      "[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 1234 Anna M%C3%BCller <anna@example.org>\n[GNUPG:] VALIDSIG ...\n";
  EXPECT_EQ(read_gpgv_status(good, "anna@example.org").state, State::verified);
  EXPECT_EQ(read_gpgv_status(good, "anna@example.org").signer, "Anna Müller <anna@example.org>");
  EXPECT_EQ(read_gpgv_status(good, "bert@example.org").state, State::not_checked);
  EXPECT_EQ(read_gpgv_status("[GNUPG:] BADSIG 1234 Anna <anna@example.org>\n", "anna@example.org").state,
            State::broken);
  EXPECT_EQ(read_gpgv_status(good + "[GNUPG:] BADSIG 1 x\n", "anna@example.org").state, State::broken)
      << "one bad one is enough";
  EXPECT_NE(read_gpgv_status("[GNUPG:] ERRSIG 1 1 8 0 1 9\n[GNUPG:] NO_PUBKEY 89AB\n", "a@b").detail.find("89AB"),
            std::string::npos);
  EXPECT_EQ(read_gpgv_status("", "a@b").state, State::not_checked);
  EXPECT_EQ(read_gpgv_status("GOODSIG 1 Anna <anna@example.org>\n", "anna@example.org").state, State::not_checked)
      << "only lines of gpgv itself count";
  EXPECT_NE(
      read_gpgv_status("[GNUPG:] EXPKEYSIG 1 Anna <anna@example.org>\n", "anna@example.org").detail.find("expired"),
      std::string::npos);
}

TEST(KeyringVerifier, WithoutKeysNothingIsVerified) {
  KeyringVerifier verifier({.trusted_certificates = "/nonexistent", .pgp_keyring = "", .gpgv = "/usr/bin/gpgv"});
  SignedContent content;
  content.form = Protection::Form::pgp_detached;
  EXPECT_EQ(verifier.verify(content, TimePoint{}, within(std::chrono::seconds(5))).state, State::not_checked);
  content.form = Protection::Form::smime_detached;
  content.signature = "no DER";
  EXPECT_EQ(verifier.verify(content, TimePoint{}, within(std::chrono::seconds(5))).state, State::broken);
}

}  // namespace
}  // namespace orgo
