#include "adapter/mail_out/smtp_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "adapter/clock/system_clock.h"
#include "adapter/mail_in/mail_door.h"
#include "adapter/mail_out/scripted_server.h"
#include "adapter/net/self_signed.h"
#include "adapter/net/test_peer.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

using mail_out::ScriptedServer;
using testing::HasSubstr;
using Kind = SendResult::Kind;

const Outgoing kMail{.id = "s1",
                     .sender = mail_contact("a@b"),
                     .recipient = mail_contact("c@d"),
                     .body = "Message-ID: <1@x>\r\nSubject: x\r\n\r\nRoom 102\r\n"};
constexpr std::string_view kHello = "220 mx\n<EHLO\n250-mx\n250 PIPELINING\n";
constexpr std::string_view kTaken = "<MAIL\n250 ok\n<RCPT\n250 ok\n<DATA\n354 go\n<.\n250 taken\n";

class SmtpChannelTest : public testing::Test {
 protected:
  std::vector<SendResult> send(std::uint16_t port, std::size_t count = 1, Millis time = Millis{5000}) {
    options.port = port;
    auto channel = SmtpChannel::open(options);
    if (!channel) {
      ADD_FAILURE() << channel.error().message;
      return {};
    }
    const std::vector<Outgoing> mails(count, kMail);
    return (*channel)->send(mails, within(time));
  }
  SendResult send_to(const std::string& script) {
    ScriptedServer server({script});
    auto results = send(server.port());
    return results.empty() ? SendResult{} : results.front();
  }
  SmtpChannelOptions options;
};

TEST_F(SmtpChannelTest, WhatIsRefusedBeforeAnyMailIsAboutUs) {
  using Stage = SendResult::Stage;
  for (const auto* script : {"554 5.7.1 your host is blocked\n", "220 mx\n<EHLO\n500 what\n<HELO\n550 no\n"}) {
    const auto result = send_to(script);
    EXPECT_EQ(result.kind, Kind::permanent) << script;
    EXPECT_EQ(result.stage, Stage::sender) << script;
  }
  EXPECT_EQ(send_to("421 too many\n").kind, Kind::temporary);
  EXPECT_EQ(send_to("220 mx\n<EHLO\n421 too many\n").kind, Kind::temporary);
  options.session.username = "u";
  options.session.password = "p";
  auto result = send_to("220 mx\n<EHLO\n250-mx\n250 AUTH PLAIN\n");
  EXPECT_EQ(result.kind, Kind::permanent) << "no TLS: no password, until somebody mends it";
  EXPECT_EQ(result.stage, Stage::sender);
  options.session.tls = smtp::TlsPolicy::required;
  EXPECT_EQ(send_to("220 mx\n<EHLO\n250 mx\n").stage, Stage::sender);
}

TEST_F(SmtpChannelTest, OutcomesByWhatTheServerDoes) {
  const std::string hello(kHello);
  EXPECT_EQ(send_to(hello + std::string(kTaken) + "<QUIT\n221 bye\n").kind, Kind::delivered);
  auto result = send_to(hello + "<MAIL\n250 ok\n<RCPT\n451 4.7.1 greylisted\n<DATA\n503 no\n<QUIT\n221 bye\n");
  EXPECT_EQ(result.kind, Kind::temporary);
  EXPECT_EQ(result.detail, "451 4.7.1 greylisted");
  result = send_to(hello + "<MAIL\n250 ok\n<RCPT\n550 5.1.1 who\n<DATA\n503 no\n<QUIT\n221 bye\n");
  EXPECT_EQ(result.kind, Kind::permanent);
  EXPECT_EQ(result.detail, "550 5.1.1 who");
  EXPECT_EQ(send_to("554 5.7.1 go away\n").kind, Kind::permanent) << "about us: held, see core/channel/refusal.h";
  EXPECT_THAT(send_to("HTTP/1.1 400 Bad Request\n").detail, HasSubstr("does not speak SMTP"));
}

TEST_F(SmtpChannelTest, WhatIsCutBehindTheDotIsUnknown) {
  const std::string hello(kHello);
  auto result = send_to(hello + "<MAIL\n250 ok\n<RCPT\n250 ok\n<DATA\n354 go\n<.\n");
  EXPECT_EQ(result.kind, Kind::unknown);
  EXPECT_THAT(result.detail, HasSubstr("SMTP to 127.0.0.1:"));
  EXPECT_EQ(send_to(hello + "<MAIL\n250 ok\n<RCPT\n250 ok\n<DATA\n").kind, Kind::temporary);
  EXPECT_EQ(send_to(hello).kind, Kind::temporary);
  EXPECT_EQ(send_to("").kind, Kind::temporary);
}

TEST_F(SmtpChannelTest, SlowServersAreBoundedByTheDeadline) {
  options.reply_time = Millis{100};
  EXPECT_THAT(send_to("!hang\n").detail, HasSubstr("no answer in time"));
  options.reply_time = Millis{60'000};
  options.acceptance_time = Millis{100};
  EXPECT_EQ(send_to(std::string(kHello) + "<MAIL\n250 ok\n<RCPT\n250 ok\n<DATA\n354 go\n<.\n!hang\n").kind,
            Kind::unknown);
  options.acceptance_time = Millis{60'000};
  ScriptedServer server({"!hang\n"});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(send(server.port(), 3, Millis{100}).size(), 3U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  const auto late = send(server.port(), 2, Millis{-1});
  ASSERT_EQ(late.size(), 2U);
  EXPECT_EQ(late[1].kind, Kind::temporary);
}

TEST_F(SmtpChannelTest, OneConnectionCarriesTheBatchAndARefusalHoldsNobodyUp) {
  const std::string taken(kTaken);
  ScriptedServer server({std::string(kHello) + taken + "<MAIL\n250 ok\n<RCPT\n550 no\n<DATA\n503 no\n<RSET\n250 ok\n" +
                         taken + "<QUIT\n221 bye\n"});
  const auto results = send(server.port(), 3);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[0].kind, Kind::delivered);
  EXPECT_EQ(results[1].kind, Kind::permanent);
  EXPECT_EQ(results[2].kind, Kind::delivered);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(SmtpChannelTest, AConnectionThatIsUsedUpIsReplaced) {
  const std::string hello(kHello);
  const std::string taken(kTaken);
  ScriptedServer server({hello + taken + "<MAIL\n421 too many\n", hello + taken, hello + taken + "<QUIT\n221 bye\n"});
  const auto results = send(server.port(), 3);
  ASSERT_EQ(results.size(), 3U);
  for (const auto& result : results) EXPECT_EQ(result.kind, Kind::delivered) << result.detail;
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(SmtpChannelTest, AServerThatEndsEachConnectionIsNotAskedForever) {
  const std::string ends = std::string(kHello) + "<MAIL\n421 busy\n";
  ScriptedServer server({ends, ends, ends, ends});
  const auto results = send(server.port(), 50);
  ASSERT_EQ(results.size(), 50U);
  for (const auto& result : results) EXPECT_EQ(result.kind, Kind::temporary);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(SmtpChannelTest, NobodyListens) {
  std::uint16_t port = 0;
  {
    ScriptedServer server({});
    port = server.port();
  }
  const auto results = send(port, 2);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1].kind, Kind::temporary);
  EXPECT_EQ(results[1].detail, "SMTP to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
  options.host = "no.such.host.invalid";
  EXPECT_EQ(send(port)[0].kind, Kind::temporary);
}

/// Our own door as the peer: it is the one server here that speaks TLS.
class SmtpChannelTlsTest : public SmtpChannelTest {
 protected:
  struct Sink final : MailSink {
    void submit(std::vector<Envelope> envelopes, std::shared_ptr<const std::string> bytes, Done done) override {
      last = *bytes;
      done(std::vector<Status>(envelopes.size()));
    }
    std::string last;
  };
  void SetUp() override {
    auto files = net::write_self_signed(folder.path, "localhost");
    ASSERT_TRUE(files) << files.error().message;
    certificate = files->certificate;
    door_options.session.protocol = smtp::Protocol::smtp;
    door_options.session.requires_tls = true;
    door_options.tls = *files;
    options.host = "localhost";
    options.ca_file = certificate;
    options.session.tls = smtp::TlsPolicy::required;
  }
  SendResult send_to_door() {
    auto door = MailDoor::open(door_options, sink, clock);
    if (!door) {
      ADD_FAILURE() << door.error().message;
      return {};
    }
    return send((*door)->port())[0];
  }
  const net::TestFolder folder;
  std::string certificate;
  SystemClock clock;
  Sink sink;
  MailDoorOptions door_options{.tenant_of = [](std::string_view) { return Result<TenantId>(kTenant); }};
};

TEST_F(SmtpChannelTlsTest, StarttlsWithACheckedCertificate) {
  const auto result = send_to_door();
  EXPECT_EQ(result.kind, Kind::delivered) << result.detail;
  EXPECT_EQ(sink.last, kMail.body);
}

TEST_F(SmtpChannelTlsTest, ImplicitTls) {
  door_options.implicit_tls = true;
  options.implicit_tls = true;
  const auto result = send_to_door();
  EXPECT_EQ(result.kind, Kind::delivered) << result.detail;
}

TEST_F(SmtpChannelTlsTest, AWrongNameIsRefused) {
  options.host = "127.0.0.1";  // the certificate says localhost
  auto result = send_to_door();
  EXPECT_EQ(result.kind, Kind::temporary);
  EXPECT_THAT(result.detail, HasSubstr("IP address mismatch"));
  options.verify_certificate = false;
  result = send_to_door();
  EXPECT_EQ(result.kind, Kind::delivered) << result.detail;
}

TEST_F(SmtpChannelTlsTest, AnUnknownAuthorityIsRefused) {
  options.ca_file.clear();
  auto result = send_to_door();
  EXPECT_EQ(result.kind, Kind::temporary);
  EXPECT_THAT(result.detail, HasSubstr("self-signed certificate"));
  options.session.tls = smtp::TlsPolicy::opportunistic;
  result = send_to_door();
  EXPECT_EQ(result.kind, Kind::delivered) << result.detail;
  options.session.username = "user";
  options.session.password = "secret";
  EXPECT_THAT(send_to_door().detail, HasSubstr("self-signed certificate")) << "no password for a stranger";
}

TEST_F(SmtpChannelTlsTest, RequiredTlsIsNotGivenUp) {
  ScriptedServer server({std::string(kHello) + "!hang\n"});
  options.port = server.port();
  options.host = "127.0.0.1";
  const auto result = send(server.port())[0];
  EXPECT_EQ(result.kind, Kind::permanent);
  EXPECT_THAT(result.detail, HasSubstr("does not offer STARTTLS"));
}

TEST_F(SmtpChannelTest, ACaFileThatIsNoneIsNamed) {
  options.ca_file = "/nowhere/ca.pem";
  const auto channel = SmtpChannel::open(options);
  ASSERT_FALSE(channel);
  EXPECT_THAT(channel.error().message, HasSubstr("/nowhere/ca.pem"));
}

/// Postfix's own test server, which is strict about line ends and order.
TEST_F(SmtpChannelTest, DeliversToPostfixSmtpSink) {
  if (::access("/usr/sbin/smtp-sink", X_OK) != 0)
    GTEST_SKIP() << "smtp-sink is missing; it comes with the package postfix";
  const net::TestFolder folder;
  std::uint16_t port = 0;
  {
    ScriptedServer spare({});
    port = spare.port();
  }
  const std::string address = "127.0.0.1:" + std::to_string(port);
  const std::string dump = folder.path + "/mail.";
  const pid_t child = fork();
  if (child == 0) {
    const std::string user = getuid() == 0 ? "root" : "";
    if (user.empty()) execl("/usr/sbin/smtp-sink", "smtp-sink", "-D", dump.c_str(), address.c_str(), "100", nullptr);
    execl("/usr/sbin/smtp-sink", "smtp-sink", "-u", "root", "-D", dump.c_str(), address.c_str(), "100", nullptr);
    _exit(127);
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!net::TestPeer(port).connected && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  const auto results = send(port, 3);
  kill(child, SIGTERM);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(results.size(), 3U);
  for (const auto& result : results) EXPECT_EQ(result.kind, Kind::delivered) << result.detail;
  int mails = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path)) {
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    for (std::size_t at = text.find("Room 102"); at != std::string::npos; at = text.find("Room 102", at + 1)) ++mails;
  }
  EXPECT_EQ(mails, 3);
}

}  // namespace
}  // namespace orgo
