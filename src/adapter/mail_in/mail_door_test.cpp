#include "adapter/mail_in/mail_door.h"

#include <atomic>
#include <thread>

#include "adapter/mail_in/mail_door_fixture.h"
#include "adapter/net/self_signed.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

/// "r1" is the first tenant's, "r2" the other's; "later" can't be said now; all others are nobody's.
Result<TenantId> by_name(std::string_view recipient) {
  if (recipient.starts_with("r1@")) return kTenant;
  if (recipient.starts_with("r2@")) return kOtherTenant;
  if (recipient.starts_with("later@")) return failure(Errc::unavailable, "suspended");
  return failure(Errc::not_found, "nobody's");
}

TEST_F(MailDoorTest, EachRecipientsMailIsItsOwnTenants) {
  options.tenant_of = by_name;
  open();
  const auto peer = greeted();
  peer->send(
      "LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<r1@school>\r\nRCPT TO:<r2@college>\r\n"
      "RCPT TO:<later@college>\r\nRCPT TO:<x@elsewhere>\r\nDATA\r\nSubject: x\r\n\r\nhi\r\n.\r\nQUIT\r\n");
  const auto answers = peer->read_to_end();
  EXPECT_THAT(answers, HasSubstr("451 4.3.0"));
  EXPECT_THAT(answers, HasSubstr("550 5.7.1"));
  ASSERT_EQ(sink.received.size(), 2U) << "one message for each tenant";
  EXPECT_EQ(sink.received[0].first.tenant, kTenant);
  EXPECT_EQ(sink.received[1].first.tenant, kOtherTenant);
  EXPECT_EQ(sink.received[0].second, sink.received[1].second);
}

TEST_F(MailDoorTest, ATenantThatIsSuspendedMeanwhileGetsNothing) {
  std::atomic<int> asked = 0;
  options.tenant_of = [&](std::string_view) -> Result<TenantId> {
    if (++asked == 1) return kTenant;
    return failure(Errc::not_found, "gone");
  };
  open();
  const auto peer = greeted();
  peer->send(opening() + "Subject: x\r\n\r\nhi\r\n.\r\nQUIT\r\n");
  EXPECT_THAT(peer->read_to_end(), HasSubstr("\r\n45"));
  EXPECT_TRUE(sink.received.empty());
}

TEST_F(MailDoorTest, HandsEachRecipientAnEnvelopeAndAllTheSameBytes) {
  open();
  const auto peer = greeted();
  peer->send(opening(2) + "Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n");
  EXPECT_THAT(peer->read_to_end(), testing::EndsWith("354 Send the message, end with <CRLF>.<CRLF>\r\n"
                                                     "250 2.6.0 Message stored\r\n250 2.6.0 Message stored\r\n"
                                                     "221 2.0.0 Bye\r\n"));
  ASSERT_EQ(sink.received.size(), 2U);
  EXPECT_EQ(sink.received[1].second, "Subject: x\r\n\r\n.dot\r\n");
  const Envelope& envelope = sink.received[1].first;
  EXPECT_EQ(envelope.sender.address, "a@b");
  EXPECT_EQ(envelope.recipient.address, "r2@school");
  EXPECT_EQ(envelope.peer, "127.0.0.1");
  EXPECT_EQ(envelope.channel, Channel::lmtp);
  EXPECT_GT(to_ms(envelope.received_at), 0);
}

TEST_F(MailDoorTest, Says250OnlyAfterTheSinkDid) {  // A4
  sink.holds = true;
  open();
  const auto peer = greeted();
  peer->send(opening() + "x\r\n.\r\nNOOP\r\n");
  ASSERT_TRUE(sink.wait_held(1));
  // 354 and all before it may come; what is behind the data may not.
  sink.outcomes = {failure(Errc::unavailable, "")};
  sink.answer_all();
  const std::string said = peer->read_until("250 2.6.0 Message stored\r\n250 2.0.0 OK\r\n");
  EXPECT_THAT(said, HasSubstr("354 Send"));
}

TEST_F(MailDoorTest, OutcomesFromOtherThreadsReachTheirPeers) {
  sink.holds = true;
  sink.outcomes = {Status{}, failure(Errc::resource_exhausted, "")};
  open();
  std::vector<std::unique_ptr<TestPeer>> peers;
  for (int i = 0; i < 20; ++i) {
    peers.push_back(greeted());
    peers.back()->send(opening(2) + "x\r\n.\r\nQUIT\r\n");
  }
  ASSERT_TRUE(sink.wait_held(20));
  std::thread([this] { sink.answer_all(); }).join();
  for (const auto& peer : peers) {
    EXPECT_THAT(peer->read_to_end(), HasSubstr("250 2.6.0 Message stored\r\n452 4.3.1 Not enough room"));
  }
}

TEST_F(MailDoorTest, APeerThatLeavesBeforeTheOutcomeDisturbsNobody) {
  sink.holds = true;
  open();
  {
    const auto peer = greeted();
    peer->send(opening() + "x\r\n.\r\n");
    ASSERT_TRUE(sink.wait_held(1));
  }
  sink.answer_all();
  sink.holds = false;
  const auto next = greeted();
  next->send(opening() + "x\r\n.\r\nQUIT\r\n");
  EXPECT_THAT(next->read_to_end(), HasSubstr("250 2.6.0"));
  EXPECT_EQ(sink.received.size(), 2U) << "it was complete, so it was offered to the store";
}

TEST_F(MailDoorTest, ACutMessageIsNoMessage) {
  open();
  {
    const auto peer = greeted();
    peer->send(opening() + "half of it\r\n");
  }
  const auto next = greeted();
  next->send("LHLO x\r\nQUIT\r\n");
  next->read_to_end();
  EXPECT_TRUE(sink.received.empty());
}

TEST_F(MailDoorTest, TurnsAwayThePeerPastTheLimitInWords) {
  options.connections = 2;
  open();
  const auto one = greeted();
  auto two = greeted();
  TestPeer three(door->port());
  EXPECT_EQ(three.read_to_end(), "421 4.7.0 Too many connections, please try again later\r\n");
  two->send("QUIT\r\n");
  two->read_to_end();
  // The place is free as soon as the door has closed it, which read_to_end has waited for.
  const auto again = greeted();
}

TEST_F(MailDoorTest, SlowPeersLoseTheirPlace) {
  options.command_time = Millis{200};
  options.data_time = Millis{200};
  open();
  const auto silent = greeted();
  const auto trickling = greeted();
  trickling->send(opening() + "a bit\r\n");
  EXPECT_EQ(silent->read_to_end(), "421 4.4.2 That took too long, closing\r\n");
  EXPECT_THAT(trickling->read_to_end(), testing::EndsWith("421 4.4.2 That took too long, closing\r\n"));
  EXPECT_TRUE(silent->closed && trickling->closed);
}

TEST_F(MailDoorTest, MemoryIsBoundedOverAllConnections) {
  options.in_flight_bytes = 1'500'000;
  sink.holds = true;
  open();
  const auto first = greeted();
  first->send(opening() + std::string(900'000, 'x') + "\r\n.\r\n");
  ASSERT_TRUE(sink.wait_held(1));
  const auto second = greeted();  // begins while there is room, and grows past it
  second->send(opening() + std::string(900'000, 'x') + "\r\n.\r\nNOOP\r\n");
  EXPECT_THAT(second->read_until("250 2.0.0 OK\r\n"),
              HasSubstr("452 4.3.1 Not enough room, please try again later\r\n"));
  const auto small = greeted();
  small->send(opening() + "small\r\n.\r\n");
  ASSERT_TRUE(sink.wait_held(2)) << "there is room for small ones";
  sink.answer_all();
  sink.holds = false;
  first->read_until("250 2.6.0");
  second->send("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + std::string(900'000, 'x') + "\r\n.\r\n");
  EXPECT_THAT(second->read_until("\r\n250 2.6.0 Message stored\r\n"), HasSubstr("250 2.6.0")) << "room again";
}

TEST_F(MailDoorTest, PastTheBudgetNewMailIsRefusedAtMail) {
  options.in_flight_bytes = 100'000;
  sink.holds = true;
  open();
  std::vector<std::unique_ptr<TestPeer>> peers;
  for (int i = 0; i < 2; ++i) {
    peers.push_back(greeted());
    peers.back()->send(opening() + std::string(60'000, 'x') + "\r\n.\r\n");
    ASSERT_TRUE(sink.wait_held(static_cast<std::size_t>(i) + 1));
  }
  const auto next = greeted();
  next->send("LHLO me\r\n");
  next->read_until("ENHANCEDSTATUSCODES\r\n");
  next->send("MAIL FROM:<a@b>\r\n");
  EXPECT_EQ(next->read_until("\r\n"), "452 4.3.1 Not enough room, please try again later\r\n");
  sink.answer_all();
}

TEST_F(MailDoorTest, BigMessagesAndManyCommandsAtOnce) {
  open();
  const auto peer = greeted();
  std::string flood;
  for (int i = 0; i < 20'000; ++i) flood += "HELP\r\n";
  std::thread writer([&] { peer->send(flood + opening() + std::string(5'000'000, 'x') + "\r\n.\r\nQUIT\r\n"); });
  const std::string said = peer->read_to_end();
  writer.join();
  EXPECT_THAT(said.substr(said.size() - 60), HasSubstr("250 2.6.0 Message stored\r\n221 2.0.0 Bye\r\n"));
  ASSERT_EQ(sink.received.size(), 1U);
  EXPECT_EQ(sink.received[0].second.size(), 5'000'002U);
}

TEST_F(MailDoorTest, StopLetsAnOpenMessageEndAndTellsTheIdle) {
  sink.holds = true;
  open();
  const auto idle = greeted();
  const auto waiting = greeted();
  waiting->send(opening() + "x\r\n.\r\n");
  const auto sending = greeted();
  sending->send(opening() + "x\r\n");
  sending->read_until("354 ");
  ASSERT_TRUE(sink.wait_held(1));
  const std::uint16_t port = door->port();
  std::thread stopper([this] { door->stop(); });
  EXPECT_EQ(idle->read_to_end(), "421 4.3.2 Shutting down, please try again later\r\n");
  sending->send("y\r\n.\r\n");
  ASSERT_TRUE(sink.wait_held(2));
  sink.answer_all();
  EXPECT_THAT(waiting->read_to_end(),
              testing::EndsWith("250 2.6.0 Message stored\r\n421 4.3.2 Shutting down, please try again later\r\n"));
  EXPECT_THAT(sending->read_to_end(), HasSubstr("250 2.6.0 Message stored\r\n421 4.3.2"));
  stopper.join();
  EXPECT_FALSE(TestPeer(port).connected);
  door->stop();
}

TEST_F(MailDoorTest, StopIsBoundedAndLateOutcomesAreHarmless) {
  sink.holds = true;
  open();
  const auto waiting = greeted();
  waiting->send(opening() + "x\r\n.\r\n");
  ASSERT_TRUE(sink.wait_held(1));
  const auto begin = std::chrono::steady_clock::now();
  door->stop(Millis{100});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
  door.reset();
  sink.answer_all();
  EXPECT_EQ(waiting->read_to_end().find("250 2.6.0"), std::string::npos) << "no promise after the end";
}

TEST_F(MailDoorTest, StarttlsAndImplicitTls) {
  const net::TestFolder folder;
  const auto files = net::write_self_signed(folder.path, "localhost");
  ASSERT_TRUE(files);
  options.tls = *files;
  options.session.protocol = smtp::Protocol::smtp;
  options.session.requires_tls = true;
  open();
  auto peer = greeted();
  peer->send("EHLO me\r\n");
  EXPECT_THAT(peer->read_until("ENHANCEDSTATUSCODES\r\n"), HasSubstr("250-STARTTLS\r\n"));
  peer->send("MAIL FROM:<a@b>\r\n");
  EXPECT_EQ(peer->read_until("\r\n"), "530 5.7.0 STARTTLS first\r\n");
  peer->send("STARTTLS\r\n");
  peer->read_until("220 2.0.0 Begin the handshake\r\n");
  ASSERT_TRUE(peer->start_tls());
  peer->send("EHLO me\r\n");
  EXPECT_THAT(peer->read_until("ENHANCEDSTATUSCODES\r\n"), testing::Not(HasSubstr("STARTTLS")));
  peer->send("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + std::string(300'000, 'x') + "\r\n.\r\nQUIT\r\n");
  EXPECT_THAT(peer->read_to_end(), HasSubstr("250 2.6.0 Message stored\r\n221 2.0.0 Bye\r\n"));
  ASSERT_EQ(sink.received.size(), 1U);
  EXPECT_EQ(sink.received[0].second.size(), 300'002U);
  EXPECT_EQ(sink.received[0].first.channel, Channel::smtp);

  auto injecting = greeted();
  injecting->send("EHLO me\r\n");
  injecting->read_until("ENHANCEDSTATUSCODES\r\n");
  injecting->send("STARTTLS\r\nRSET\r\nRSET\r\n");
  EXPECT_EQ(injecting->read_until("\r\n"), "220 2.0.0 Begin the handshake\r\n");
  if (injecting->start_tls()) {
    injecting->send("NOOP\r\n");
    EXPECT_EQ(injecting->read_until("\r\n"), "250 2.0.0 OK\r\n") << "what was sent in the clear was obeyed";
  }
  door.reset();

  options.implicit_tls = true;
  open();
  TestPeer implicit(door->port());
  ASSERT_TRUE(implicit.start_tls());
  EXPECT_THAT(implicit.read_until("\r\n"), HasSubstr("220 "));
  TestPeer plain(door->port());
  plain.send("EHLO me\r\n");
  EXPECT_EQ(plain.read_to_end().find("250"), std::string::npos);
  EXPECT_TRUE(plain.closed);
}

TEST_F(MailDoorTest, ConfigurationMistakesAreNamed) {
  options.implicit_tls = true;
  auto door_result = MailDoor::open(options, sink, clock);
  ASSERT_FALSE(door_result);
  EXPECT_EQ(door_result.error().code, Errc::invalid_input);
  options.implicit_tls = false;
  open();
  options.port = door->port();
  EXPECT_EQ(MailDoor::open(options, sink, clock).error().code, Errc::conflict);
}

TEST_F(MailDoorTest, ErrorsAreReadBeforeTheConnectionEnds) {
  open();
  for (int i = 0; i < 20; ++i) {
    TestPeer peer(door->port());
    peer.send("LHLO me\nMAIL FROM:<a@b>\n" + std::string(200'000, 'x'));
    EXPECT_THAT(peer.read_to_end(), HasSubstr("521 5.5.2 Lines must end with CRLF"));
  }
}

}  // namespace
}  // namespace orgo
