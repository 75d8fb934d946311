#include "app/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "adapter/data_folder/data_folder.h"
#include "app/config_options.h"

namespace orgo {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ServerTest : public testing::Test {
 protected:
  std::filesystem::path folder;
  Config config;

  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-server-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    std::ofstream(folder / "rules.yaml") << "rules: []\n";
    config.data.dir = (folder / "var").string();
    config.rules.files = {(folder / "rules.yaml").string()};
    config.http.listen = config.lmtp.listen = config.smtp_in.listen = "127.0.0.1:0";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] bool folder_is_free() const {
    const auto owner = DataFolder::running(*config.data.dir);
    return owner && !*owner;
  }
};

TEST_F(ServerTest, StopsCompletelyAndTwice) {
  auto server = Server::start(config, Roles{});
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_THAT((*server)->http_url(), HasSubstr("http://127.0.0.1:"));
  EXPECT_TRUE((*server)->first_login());
  EXPECT_FALSE(folder_is_free());
  (*server)->stop();
  EXPECT_TRUE(folder_is_free());
  (*server)->stop();
  auto again = Server::start(config, Roles{});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE((*again)->first_login()) << "made once";
}

/// The last door of all can't open: what runs by then (store, workers, LMTP, SMTP) stops by itself.
TEST_F(ServerTest, AStartThatFailsHalfWayLeavesNothingBehind) {
  auto first = Server::start(config, Roles{});
  ASSERT_TRUE(first) << first.error().message;
  auto second = config;
  second.data.dir = (folder / "other").string();
  second.http.listen = (*first)->http_url().substr(std::string("http://").size());
  const auto refused = Server::start(second, Roles{});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr(*second.http.listen));
  const auto owner = DataFolder::running(*second.data.dir);
  EXPECT_TRUE(owner && !*owner);
  second.http.listen = "127.0.0.1:0";
  EXPECT_TRUE(Server::start(second, Roles{}));
}

/// An option that is declared and that nobody reads is a promise that nobody keeps: http.max_body was one for long.
TEST_F(ServerTest, EveryDeclaredOptionIsRead) {
  config.smtp.host = "127.0.0.1";
  config.smtp.port = 1;
  auto options = config_options(config);
  std::vector<Diagnostic> errors;
  options.read_file({"config.yaml", R"(
mailboxes: [{name: office, host: 127.0.0.1, port: 1, username: office@school.org, password: p}]
imap: {host: 127.0.0.1, port: 1, username: school, password: p}
)"},
                    errors);
  ASSERT_THAT(errors, IsEmpty());
  EXPECT_GT(options.unread().size(), 90U) << "nothing is read before the start";
  auto server = Server::start(config, Roles{});
  ASSERT_TRUE(server) << server.error().message;
  (void)log_settings(config.log);  // serve() does, before it starts a server
  // Some are read by the loops.
  const auto until = within(Millis{20'000});
  while (!options.unread().empty() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_THAT(options.unread(), IsEmpty()) << "read its value in the folder that declares it, or take it out";
}

TEST_F(ServerTest, RunsOnlyThePartsOfItsRoles) {
  config.smtp.host = "127.0.0.1";
  const auto worker = Server::start(config, *Roles::parse("processing,escalation"));
  ASSERT_TRUE(worker) << worker.error().message;
  EXPECT_EQ((*worker)->http_url(), "");
  EXPECT_EQ((*worker)->lmtp_address(), "");
  EXPECT_EQ((*worker)->smtp_address(), "");
  EXPECT_FALSE((*worker)->sends_mail());
  (*worker)->stop();
  const auto sender = Server::start(config, *Roles::parse("delivery"));
  ASSERT_TRUE(sender) << sender.error().message;
  EXPECT_TRUE((*sender)->sends_mail());
}

}  // namespace
}  // namespace orgo
