#include "adapter/mailbox/token_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

namespace orgo::mailbox {
namespace {

using testing::HasSubstr;
using testing::Not;

class TokenSourceTest : public testing::Test {
 protected:
  TokenSourceTest() {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-token-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~TokenSourceTest() override { std::filesystem::remove_all(folder); }
  TokenSource shell(const std::string& text, Millis time = Millis{20'000}) {
    MailboxSettings::TokenCommand command;
    command.shell = text;
    command.time = time;
    return TokenSource(command, stop);
  }
  static Deadline soon() { return within(Millis{20'000}); }

  std::string folder;
  net::StopSignal stop;
};

TEST_F(TokenSourceTest, KeepsATokenUntilItIsForgotten) {
  auto source = shell("echo x >> " + folder + "/runs; wc -l < " + folder + "/runs");
  EXPECT_EQ(*source.token(soon()), "1");
  EXPECT_EQ(*source.token(soon()), "1");
  source.forget();
  EXPECT_EQ(*source.token(soon()), "2");
}

TEST_F(TokenSourceTest, RenewsATokenBeforeItEnds) {
  const std::string count = "echo x >> " + folder + "/runs; n=$(wc -l < " + folder + "/runs); ";
  auto lasting =
      shell(count + "echo '{\"access_token\": \"t'$n'\", \"expires_in\": 3600, \"token_type\": \"Bearer\"}'");
  EXPECT_EQ(*lasting.token(soon()), "t1");
  EXPECT_EQ(*lasting.token(soon()), "t1");
  auto ending =
      shell(count + "echo '{\"access_token\": \"t'$n'\", \"expires_in\": \"119\"}'");  // less than renew_before
  EXPECT_EQ(*ending.token(soon()), "t2");
  EXPECT_EQ(*ending.token(soon()), "t3");
}

TEST_F(TokenSourceTest, RunsAProgramWithoutAShell) {
  MailboxSettings::TokenCommand command;
  command.program = {"printf", "%s", "$HOME"};
  EXPECT_EQ(*TokenSource(command, stop).token(soon()), "$HOME");
  command.program = {"/nowhere/program"};
  const auto token = TokenSource(command, stop).token(soon());
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, Errc::unavailable);
}

TEST_F(TokenSourceTest, GivesNoSettingsToTheProgram) {
  setenv("ORGO_TEST_SECRET", "hidden", 1);
  setenv("OTHER_WORD", "seen", 1);
  EXPECT_EQ(*shell("echo token-$ORGO_TEST_SECRET-$OTHER_WORD").token(soon()), "token--seen");
  unsetenv("ORGO_TEST_SECRET");
}

TEST_F(TokenSourceTest, TellsWhatWentWrongWithoutWhatWasSaid) {
  const std::vector<std::pair<std::string, std::string>> failures = {
      {"echo s3cret; exit 3", "ended with 3"},
      {"echo s3cret; kill -9 $$", "signal 9"},
      {"true", "said nothing"},
      {"echo s3cret and more", "no token"},
      {"echo '{\"access_token\": \"s3cret\"'", "begins like JSON"},
      {"echo '{\"error\": \"s3cret\"}'", "has an error"},
      {"echo '{}'", "no access_token"},
      {"head -c 70000 /dev/zero", "64 KB"},
      {"echo s3cret >&2; exit 1", "ended with 1"}};
  for (const auto& [command, words] : failures) {
    const auto token = shell(command).token(soon());
    ASSERT_FALSE(token) << command;
    EXPECT_EQ(token.error().code, Errc::unavailable);
    EXPECT_THAT(token.error().message, HasSubstr(words)) << command;
    EXPECT_THAT(token.error().message, Not(HasSubstr("s3cret")));
  }
}

TEST_F(TokenSourceTest, EndsWhatTakesTooLong) {
  const auto begun = std::chrono::steady_clock::now();
  auto slow = shell("sleep 60; echo late", Millis{100});
  const auto own = slow.token(soon());
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().code, Errc::unavailable);
  EXPECT_THAT(own.error().message, HasSubstr("more than 100 ms"));
  const auto callers = shell("sleep 60").token(within(Millis{100}));
  ASSERT_FALSE(callers);
  EXPECT_EQ(callers.error().code, Errc::deadline_exceeded);
  const auto closed = shell("exec >&-; sleep 60", Millis{100}).token(soon());
  ASSERT_FALSE(closed);
  auto waiting = std::async(std::launch::async, [&] { return shell("sleep 60").token(soon()); });
  stop.stop();
  EXPECT_FALSE(waiting.get());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, Millis{15'000});
}

TEST(ParseToken, HasLimits) {
  EXPECT_TRUE(parse_token(std::string(16'000, 'x')));
  EXPECT_FALSE(parse_token(std::string(16'001, 'x')));
  EXPECT_EQ(parse_token(R"({"access_token": "x", "expires_in": -5})")->expires_in.count(), 0);
  EXPECT_EQ(parse_token(R"({"access_token": "x", "expires_in": 1e300})")->expires_in.count(), 0);
  EXPECT_EQ(parse_token(R"({"access_token": "x", "expires_in": "3599 s"})")->expires_in.count(), 3599);
  EXPECT_FALSE(parse_token("{\"access_token\": \"a b\"}"));
  EXPECT_FALSE(parse_token("{\"access_token\": 7}"));
}

}  // namespace
}  // namespace orgo::mailbox
