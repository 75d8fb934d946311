#include <vector>

#include "adapter/mail_in/mail_door_fixture.h"

namespace orgo {
namespace {

TEST_F(MailDoorTest, OnePeerCannotTakeAllPlaces) {
  options.connections = 20;
  open();
  std::vector<std::unique_ptr<TestPeer>> many;
  for (int i = 0; i < 16; ++i) many.push_back(greeted());
  TestPeer another(door->port());
  EXPECT_EQ(another.read_to_end(), "421 4.7.0 Too many connections, please try again later\r\n");
  TestPeer elsewhere(door->port(), "127.0.1.1");
  EXPECT_THAT(elsewhere.read_until("\r\n"), HasSubstr("220 ")) << "there is room for others";
  many.front()->send("QUIT\r\n");
  many.front()->read_to_end();
  (void)greeted();
}

TEST_F(MailDoorTest, WordsWithoutAMailKeepNoPlaceForEver) {
  options.fruitless_time = Millis{300};
  open();
  const auto talking = greeted();
  const auto working = greeted();
  std::string heard;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (heard.find("421 ") == std::string::npos && std::chrono::steady_clock::now() < deadline) {
    talking->send("NOOP\r\n");
    heard += talking->read_until("\r\n");
    working->send(opening() + "a mail\r\n.\r\n");
    working->read_until("250 2.6.0");
  }
  EXPECT_THAT(heard, HasSubstr("421 4.4.2 That took too long, closing\r\n"));
  working->send("QUIT\r\n");
  EXPECT_THAT(working->read_to_end(), HasSubstr("221 ")) << "who brings mails stays";
}

TEST_F(MailDoorTest, WhoIsTurnedAwayTakesNoPlaceHoweverOftenHeComes) {
  options.connections = 20;
  open();
  std::vector<std::unique_ptr<TestPeer>> many;
  for (int i = 0; i < 16; ++i) many.push_back(greeted());
  for (int i = 0; i < 12; ++i) EXPECT_THAT(TestPeer(door->port()).read_to_end(), HasSubstr("421 4.7.0"));
  EXPECT_EQ(door->connections(), 16);
  std::vector<std::unique_ptr<TestPeer>> others;
  for (int i = 0; i < 4; ++i) {
    others.push_back(std::make_unique<TestPeer>(door->port(), "127.0.1.1"));
    EXPECT_THAT(others.back()->read_until("\r\n"), HasSubstr("220 ")) << i;
  }
  for (int i = 0; i < 12; ++i) EXPECT_THAT(TestPeer(door->port(), "127.0.1.1").read_to_end(), HasSubstr("421 4.7.0"));
  EXPECT_EQ(door->connections(), 20) << "all places are taken, and no more";
}

/// What `words` are answered with again and again, up to the end of the connection or for ten seconds.
std::string say_for_ever(TestPeer& peer, const std::string& words) {
  std::string heard;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (heard.find("421 ") == std::string::npos && !peer.closed && std::chrono::steady_clock::now() < deadline) {
    peer.send(words + "NOOP\r\n");
    heard = peer.read_until("250 2.0.0 OK\r\n");
  }
  return heard;
}

TEST_F(MailDoorTest, MailsThatAreRefusedKeepNoPlaceForEver) {
  options.fruitless_time = Millis{300};
  options.transaction_time = Millis{500};
  open();
  for (const auto code : {Errc::invalid_input, Errc::not_permitted, Errc::not_found, Errc::resource_exhausted}) {
    {
      const std::lock_guard lock(sink.mutex);
      sink.outcomes = {failure(code, "no")};
    }
    EXPECT_THAT(say_for_ever(*greeted(), opening() + "a mail\r\n.\r\n"), HasSubstr("421 4.4.2 That took too long"))
        << static_cast<int>(code);
  }
}

TEST_F(MailDoorTest, TransactionsThatAreTakenBackKeepNoPlaceForEver) {
  options.fruitless_time = Millis{300};
  options.transaction_time = Millis{500};
  open();
  const auto peer = greeted();
  peer->send("LHLO me\r\nMAIL FROM:<a@b>\r\n");
  peer->read_until("250 2.1.0 OK\r\n");
  EXPECT_THAT(say_for_ever(*peer, "RSET\r\nMAIL FROM:<a@b>\r\n"), HasSubstr("421 4.4.2 That took too long"));
}

TEST_F(MailDoorTest, ACrowdedDoorHasLessPatience) {
  options.connections = 4;
  options.crowded_time = Millis{200};
  open();
  std::vector<std::unique_ptr<TestPeer>> idle;
  for (int i = 0; i < 3; ++i) idle.push_back(greeted());
  idle[0]->send("NOOP\r\n");
  EXPECT_THAT(idle[0]->read_until("\r\n"), HasSubstr("250 "));
  idle.push_back(greeted());
  for (const auto& peer : idle) {
    EXPECT_EQ(peer->read_to_end(), "421 4.4.2 That took too long, closing\r\n");
    if (door->connections() <= 3) break;
  }
  EXPECT_LE(door->connections(), 3) << "and with places free again those who are left have time";
}

}  // namespace
}  // namespace orgo
