// What a door counts is right again however a connection ends: places, places of a peer, octets in memory, and whom an
// outcome belongs to.
#include <thread>
#include <utility>

#include "adapter/mail_in/mail_door_fixture.h"
#include "adapter/net/self_signed.h"

namespace orgo {
namespace {

constexpr auto kStarttls = "LHLO me\r\nSTARTTLS\r\n";

/// A way in which a connection ends, after which nothing of it counts.
struct End {
  const char* name;
  void (*go)(TestPeer& peer);
};

void half_a_text(TestPeer& peer, const std::string& opening) {
  peer.send(opening + std::string(150'000, 'x'));
  peer.read_until("354 ");
}

const std::vector<End>& ends_in_the_clear() {
  static const std::vector<End> ends{
      {"no word", [](TestPeer&) {}},
      {"within a command", [](TestPeer& peer) { peer.send("LHLO me\r\nMAIL FR"); }},
      {"within the envelope", [](TestPeer& peer) { peer.send("LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"); }},
      {"within the text",
       [](TestPeer& peer) { half_a_text(peer, "LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"); }},
      {"within the end mark",
       [](TestPeer& peer) {
         peer.send("LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + std::string(150'000, 'x') + "\r\n.");
         peer.read_until("354 ");
       }},
      {"within a chunk",
       [](TestPeer& peer) {
         peer.send("LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 200000\r\n" + std::string(150'000, 'x'));
         peer.read_until("250 2.1.5");
       }},
      {"between two chunks",
       [](TestPeer& peer) {
         peer.send("LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 150000\r\n" + std::string(150'000, 'x'));
         peer.read_until("Chunk taken\r\n");
       }},
      {"after a mail",
       [](TestPeer& peer) {
         peer.send("LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + std::string(150'000, 'x') + "\r\n.\r\n");
         peer.read_until("250 2.6.0");
       }},
      {"after a mail that is too big",
       [](TestPeer& peer) {
         peer.send("LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + std::string(250'000, 'x') + "\r\n.\r\n");
         peer.read_until("552 ");
       }},
      {"told off", [](TestPeer& peer) { peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), peer.read_to_end(); }},
      {"a goodbye", [](TestPeer& peer) { peer.send("QUIT\r\n"), peer.read_to_end(); }},
      {"a handshake that is none",
       [](TestPeer& peer) {
         peer.send(kStarttls), peer.read_until("handshake\r\n"), peer.send("no hello at all\r\n");
       }},
      {"gone within the handshake",
       [](TestPeer& peer) {
         peer.send(kStarttls), peer.read_until("handshake\r\n"), peer.send(std::string("\x16\x03\x01\x02", 4));
       }},
      {"an old version",
       [](TestPeer& peer) {
         peer.send(kStarttls), peer.read_until("handshake\r\n"), (void)peer.start_tls(TLS1_1_VERSION);
       }},
      {"within the text by TLS",
       [](TestPeer& peer) {
         peer.send(kStarttls), peer.read_until("handshake\r\n"), (void)peer.start_tls();
         half_a_text(peer, "LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
       }},
  };
  return ends;
}

class MailDoorAccountsTest : public MailDoorTest {
 protected:
  void open_with_tls() {
    files_ = net::write_self_signed(folder_.path, "localhost").value();
    options.tls = files_;
    open();
  }
  void wait_until_empty() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (door->connections() > 0 && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(Millis{2});
    EXPECT_EQ(door->connections(), 0);
  }

 private:
  net::TestFolder folder_;
  net::TlsFiles files_;
};

TEST_F(MailDoorAccountsTest, HoweverAConnectionEndsItsPlaceIsFree) {
  options.connections = 3;
  options.session.limits.message_size = 200'000;
  open_with_tls();
  for (const auto& end : ends_in_the_clear()) {
    SCOPED_TRACE(end.name);
    for (int i = 0; i < 3; ++i) end.go(*greeted());
    wait_until_empty();
    // All places, and all of one peer.
    std::vector<std::unique_ptr<TestPeer>> peers;
    for (int i = 0; i < 3; ++i) peers.push_back(greeted());
    for (const auto& peer : peers) peer->send("QUIT\r\n"), peer->read_to_end();
    wait_until_empty();
    if (HasFailure()) return;
  }
}

TEST_F(MailDoorAccountsTest, HoweverAHandshakeFailsItsPlaceIsFree) {
  options.connections = 3;
  options.implicit_tls = true;
  open_with_tls();
  const std::vector<End> ends{
      {"no word", [](TestPeer&) {}},
      {"no TLS", [](TestPeer& peer) { peer.send("LHLO me\r\n"), peer.read_to_end(); }},
      {"half a hello", [](TestPeer& peer) { peer.send(std::string("\x16\x03\x01\x02", 4)); }},
      {"an old version", [](TestPeer& peer) { (void)peer.start_tls(TLS1_1_VERSION); }},
      {"a handshake and no word", [](TestPeer& peer) { (void)peer.start_tls(); }},
  };
  for (const auto& end : ends) {
    SCOPED_TRACE(end.name);
    for (int i = 0; i < 7; ++i) {
      TestPeer peer(door->port());
      end.go(peer);
      peer.hang_up();
      wait_until_empty();
    }
    if (HasFailure()) return;
  }
}

TEST_F(MailDoorAccountsTest, HoweverAMailEndsItsOctetsAreGivenBack) {
  options.in_flight_bytes = 300'000;
  options.session.limits.message_size = 200'000;
  open_with_tls();
  for (const auto& end : ends_in_the_clear()) {
    SCOPED_TRACE(end.name);
    for (int i = 0; i < 2; ++i) {
      end.go(*greeted());
      wait_until_empty();
    }
    const auto next = greeted();
    next->send(opening() + std::string(180'000, 'x') + "\r\n.\r\nQUIT\r\n");
    EXPECT_THAT(next->read_to_end(), HasSubstr("250 2.6.0")) << "there is room again";
    if (HasFailure()) return;
  }
}

TEST_F(MailDoorAccountsTest, OctetsOfOnesOwnMailsInARowDoNotAddUp) {
  options.in_flight_bytes = 300'000;
  open();
  const auto peer = greeted();
  peer->send("LHLO me\r\n");
  for (int i = 0; i < 8; ++i) {
    peer->send("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + std::string(180'000, 'x') +
               (i % 3 == 0   ? "\r\n.\r\n"
                : i % 3 == 1 ? "\n.\r\n\r\n.\r\n"
                             : "\r\n.\r\nRSET\r\n"));
    EXPECT_THAT(peer->read_until(i % 3 == 1 ? "550 5.5.2" : "250 2.6.0"), HasSubstr("354 ")) << i;
  }
}

TEST_F(MailDoorAccountsTest, AnAnswerNeverReachesTheNextPeer) {
  sink.holds = true;
  open();
  for (int round = 0; round < 6; ++round) {
    auto gone = greeted();
    gone->send(opening());
    // Half of them read what came, so that their end is a goodbye; the others' is a reset.
    if (round % 2 == 0) gone->read_until("354 ");
    else std::this_thread::sleep_for(Millis{50});
    gone->send("first\r\n.\r\n");
    ASSERT_TRUE(sink.wait_held(1));
    gone->hang_up();
    std::this_thread::sleep_for(Millis{50});
    sink.outcomes = {failure(Errc::resource_exhausted, "")};
    const auto next = greeted();
    next->send(opening() + "second\r\n.\r\nNOOP\r\n");
    ASSERT_TRUE(sink.wait_held(2));
    std::vector<std::function<void()>> held;
    {
      const std::lock_guard lock(sink.mutex);
      held.swap(sink.held);
    }
    held[0]();  // "stored", for the one that is gone
    std::this_thread::sleep_for(Millis{30});
    held[1]();
    const auto said = next->read_until("250 2.0.0 OK\r\n");
    EXPECT_EQ(said.find("250 2.6.0"), std::string::npos) << said;
    EXPECT_THAT(said, HasSubstr("452 4.3.1 Not enough room"));
    sink.outcomes = {};
  }
}

/// Says `piece` again and again until the door has had enough; what the door said at the end. Empty: it had not.
std::string drip(TestPeer& peer, std::string_view piece) {
  std::atomic<bool> over = false, endless = false;
  std::thread speaker([&] {
    for (int i = 0; i < 200 && !over; ++i) {
      peer.send(piece);
      std::this_thread::sleep_for(Millis{40});
    }
    if (!over) endless = true;
  });
  auto said = peer.read_to_end();
  over = true;
  speaker.join();
  return endless ? std::string() : said;
}

struct Drip {
  const char* name;
  std::string before;
  std::string piece;
};

TEST_F(MailDoorAccountsTest, DripsOfACommandOrATextAreNoProgress) {
  options.command_time = options.data_time = Millis{300};
  open();
  const std::vector<Drip> drips{
      {"of a command", "LHLO me\r\n", "N"},
      {"of the text", opening(), "x"},
      {"of lines of the text", opening(), "x\r\n"},
      {"of a chunk", "LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 5000\r\n", "x"},
  };
  for (const auto& one : drips) {
    SCOPED_TRACE(one.name);
    const auto peer = greeted();
    peer->send(one.before);
    EXPECT_THAT(drip(*peer, one.piece), testing::EndsWith("421 4.4.2 That took too long, closing\r\n"));
    EXPECT_TRUE(peer->closed);
  }
}

TEST_F(MailDoorAccountsTest, ATransactionHasOneTimeWhateverIsSaidInIt) {
  options.transaction_time = Millis{400};
  open();
  const std::vector<Drip> drips{
      {"recipients", "LHLO me\r\nMAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"},
      {"refusals", "LHLO me\r\nMAIL FROM:<a@b>\r\n", "MAIL FROM:<a@b>\r\nNOOP\r\n"},
      {"nothing", "LHLO me\r\nMAIL FROM:<a@b>\r\n", "NOOP\r\n"},
      {"the text", opening(), "x\r\n"},
      {"chunks", "LHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n", "BDAT 1\r\nx"},
  };
  for (const auto& one : drips) {
    SCOPED_TRACE(one.name);
    options.session.limits.bad_commands = 1'000'000;
    const auto peer = greeted();
    peer->send(one.before);
    EXPECT_THAT(drip(*peer, one.piece), HasSubstr("421 4."));
    EXPECT_TRUE(peer->closed);
  }
  const auto peer = greeted();  // each mail has a time of its own
  for (int i = 0; i < 20; ++i) {
    peer->send(opening() + "x\r\n.\r\n");
    EXPECT_THAT(peer->read_until("250 2.6.0 Message stored\r\n"), HasSubstr("250 2.6.0")) << i;
    std::this_thread::sleep_for(Millis{60});
  }
}

TEST_F(MailDoorAccountsTest, AHandshakeHasATime) {
  options.command_time = Millis{300};
  options.implicit_tls = true;
  open_with_tls();
  TestPeer peer(door->port());
  peer.send(std::string("\x16\x03\x01\x01\xf0", 5));
  drip(peer, std::string_view("\x01\0\x01", 3));
  EXPECT_TRUE(peer.closed);
  wait_until_empty();
}

}  // namespace
}  // namespace orgo
