// What every OutboundChannel does, over real sockets: a peer that plays a script takes, refuses, is silent, or is gone.
// A further channel joins with one line in kChannels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "adapter/mail_out/scripted_server.h"
#include "adapter/mail_out/smtp_channel.h"
#include "adapter/webhook/http_webhook.h"
#include "port/outbound_channel.h"

namespace orgo::contract {
namespace {

using mail_out::ScriptedServer;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = SendResult::Kind;

/// What the peer does with one of a batch.
enum class Answer {
  takes,
  not_now,
  never,
  hangs_up,  ///< when all of it has come in, without a word
  says_nothing,
};

constexpr std::string_view kBody = "Message-ID: <1@example.org>\r\nSubject: x\r\n\r\nThe heating is cold\r\nEND\r\n";

struct ChannelCase {
  const char* name;
  /// Scripts of the connections on which a batch is answered so.
  std::function<std::vector<std::string>(const std::vector<Answer>&)> scripts;
  std::function<std::unique_ptr<OutboundChannel>(std::uint16_t port)> open;
  std::function<Contact(std::uint16_t port)> recipient;
};

std::vector<std::string> smtp_scripts(const std::vector<Answer>& answers) {
  std::string script = "220 mx\n<EHLO\n250 mx\n";
  bool refused = false;
  for (const auto answer : answers) {
    if (std::exchange(refused, answer == Answer::not_now || answer == Answer::never)) script += "<RSET\n250 ok\n";
    script += "<MAIL\n250 ok\n<RCPT\n250 ok\n<DATA\n354 go\n<.\n";
    if (answer == Answer::takes) script += "250 2.0.0 taken\n";
    if (answer == Answer::not_now) script += "451 4.3.0 later\n";
    if (answer == Answer::never) script += "550 5.7.1 no\n";
    if (answer == Answer::says_nothing) script += "!hang\n";
    if (answer == Answer::hangs_up) return {script};
  }
  return {script + "<QUIT\n221 bye\n"};
}

std::vector<std::string> http_scripts(const std::vector<Answer>& answers) {
  std::vector<std::string> scripts;
  for (const auto answer : answers) {
    auto& script = scripts.emplace_back("<END\n");
    const auto reply = [&](const std::string& status) {
      script += "HTTP/1.1 " + status + "\nContent-Length: 0\nConnection: close\n\n";
    };
    if (answer == Answer::takes) reply("204 No Content");
    if (answer == Answer::not_now) reply("503 Service Unavailable");
    if (answer == Answer::never) reply("410 Gone");
    if (answer == Answer::says_nothing) script += "!hang\n";
  }
  return scripts;
}

std::unique_ptr<OutboundChannel> open_smtp(std::uint16_t port) {
  SmtpChannelOptions options;
  options.port = port;
  options.session.host_name = "orgo.example";
  options.session.tls = smtp::TlsPolicy::none;
  auto channel = SmtpChannel::open(options);
  return channel ? std::move(*channel) : nullptr;
}

std::unique_ptr<OutboundChannel> open_webhook(std::uint16_t /*port*/) {
  HttpWebhookOptions options;
  options.allow_private = true;
  return std::make_unique<HttpWebhook>(options);
}

const std::vector<ChannelCase> kChannels{
    {"mail", smtp_scripts, open_smtp, [](std::uint16_t) { return mail_contact("anna@example.org"); }},
    {"webhook", http_scripts, open_webhook,
     [](std::uint16_t port) { return webhook_contact("http://127.0.0.1:" + std::to_string(port) + "/hook"); }},
};

class OutboundChannelContract : public testing::TestWithParam<ChannelCase> {
 protected:
  Outgoing outgoing(std::uint16_t port) {
    return {.id = "s1",
            .sender = mail_contact("orgo@orgo.example"),
            .recipient = GetParam().recipient(port),
            .body = std::string(kBody)};
  }
  std::vector<Kind> kinds(const std::vector<SendResult>& results) {
    std::vector<Kind> found;
    for (const auto& result : results) {
      EXPECT_FALSE(result.detail.empty()) << "a person wants to know";
      found.push_back(result.kind);
    }
    return found;
  }
  /// How a batch ends that the peer answers so.
  std::vector<Kind> send(const std::vector<Answer>& answers, Millis time = Millis{10'000}) {
    ScriptedServer peer(GetParam().scripts(answers));
    const auto channel = GetParam().open(peer.port());
    const std::vector<Outgoing> batch(answers.size(), outgoing(peer.port()));
    return kinds(channel->send(batch, within(time)));
  }
};

TEST_P(OutboundChannelContract, ItsCapabilitiesStandInTheTable) {
  const auto channel = GetParam().open(1);
  EXPECT_EQ(find_channel(GetParam().name), &channel->capabilities());
  EXPECT_EQ(channel->capabilities().contact, GetParam().recipient(1).kind);
}

TEST_P(OutboundChannelContract, NothingToSendAsksNobody) {
  ScriptedServer peer({});
  EXPECT_THAT(GetParam().open(peer.port())->send({}, within(Millis{1'000})), IsEmpty());
  EXPECT_EQ(peer.connections(), 0);
}

TEST_P(OutboundChannelContract, TheAnswerOfThePeerIsTheResult) {
  EXPECT_THAT(send({Answer::takes}), ElementsAre(Kind::delivered));
  EXPECT_THAT(send({Answer::not_now}), ElementsAre(Kind::temporary));
  EXPECT_THAT(send({Answer::never}), ElementsAre(Kind::permanent));
}

TEST_P(OutboundChannelContract, EachOfABatchHasItsOwnResultInOrder) {
  EXPECT_THAT(send({Answer::takes, Answer::never, Answer::not_now, Answer::takes}),
              ElementsAre(Kind::delivered, Kind::permanent, Kind::temporary, Kind::delivered));
}

TEST_P(OutboundChannelContract, WhatWentOutAndWasNotAnsweredIsUnknown) {
  EXPECT_THAT(send({Answer::hangs_up}), ElementsAre(Kind::unknown));
}

TEST_P(OutboundChannelContract, ASilentPeerCostsTheDeadlineAndNoMore) {
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_THAT(send({Answer::says_nothing}, Millis{300}), ElementsAre(Kind::unknown));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, Millis{5'000});
}

TEST_P(OutboundChannelContract, AfterTheDeadlineNothingIsBegun) {
  ScriptedServer peer(GetParam().scripts({Answer::takes, Answer::takes}));
  const auto channel = GetParam().open(peer.port());
  const std::vector<Outgoing> batch(2, outgoing(peer.port()));
  EXPECT_THAT(kinds(channel->send(batch, Deadline{})), ElementsAre(Kind::temporary, Kind::temporary));
  EXPECT_EQ(peer.connections(), 0);
}

TEST_P(OutboundChannelContract, APeerThatIsGoneIsTemporary) {
  std::uint16_t port = 0;
  { port = ScriptedServer({}).port(); }
  const auto channel = GetParam().open(port);
  const std::vector<Outgoing> batch(3, outgoing(port));
  EXPECT_THAT(kinds(channel->send(batch, within(Millis{10'000}))), Each(Kind::temporary));
}

TEST_P(OutboundChannelContract, AnotherKindOfContactIsPermanentAndKeepsNoOther) {
  ScriptedServer peer(GetParam().scripts({Answer::takes}));
  const auto channel = GetParam().open(peer.port());
  const auto good = outgoing(peer.port());
  auto other_kind = good, nobody = good;
  other_kind.recipient.kind = good.recipient.kind == ContactKind::mail ? ContactKind::webhook : ContactKind::mail;
  nobody.recipient.address.clear();
  const std::vector<Outgoing> batch{other_kind, good, nobody};
  EXPECT_THAT(kinds(channel->send(batch, within(Millis{10'000}))),
              ElementsAre(Kind::permanent, Kind::delivered, Kind::permanent));
}

TEST_P(OutboundChannelContract, EachIsToldBeforeTheNextGoesOutAndNothingFurtherWhenAsked) {
  ScriptedServer peer(GetParam().scripts({Answer::takes, Answer::never, Answer::takes}));
  const auto channel = GetParam().open(peer.port());
  const std::vector<Outgoing> batch(3, outgoing(peer.port()));
  std::vector<std::size_t> places;
  channel->send_each(batch, within(Millis{10'000}), [&](std::size_t place, const SendResult& result) {
    EXPECT_EQ(result.kind, place == 0 ? Kind::delivered : Kind::permanent);
    places.push_back(place);
    return place == 0;
  });
  EXPECT_THAT(places, ElementsAre(0U, 1U));
}

TEST_P(OutboundChannelContract, AnInterruptEndsWhatIsUnderWayAndAllThatComesLater) {
  ScriptedServer peer(GetParam().scripts({Answer::says_nothing}));
  const auto channel = GetParam().open(peer.port());
  const std::vector<Outgoing> batch(2, outgoing(peer.port()));
  const auto begun = std::chrono::steady_clock::now();
  auto sent = std::async(std::launch::async, [&] { return channel->send(batch, within(Millis{60'000})); });
  while (peer.connections() == 0) std::this_thread::yield();
  channel->interrupt();
  EXPECT_THAT(kinds(sent.get()), ElementsAre(testing::AnyOf(Kind::unknown, Kind::temporary), Kind::temporary));
  EXPECT_THAT(kinds(channel->send(batch, within(Millis{60'000}))), ElementsAre(Kind::temporary, Kind::temporary));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, Millis{5'000});
  EXPECT_EQ(peer.connections(), 1);
}

TEST_P(OutboundChannelContract, OneChannelSendsAgainAndAgain) {
  auto scripts = GetParam().scripts({Answer::takes});
  for (auto& more : GetParam().scripts({Answer::not_now})) scripts.push_back(std::move(more));
  ScriptedServer peer(std::move(scripts));
  const auto channel = GetParam().open(peer.port());
  const auto one = outgoing(peer.port());
  EXPECT_THAT(kinds(channel->send(std::span(&one, 1), within(Millis{10'000}))), ElementsAre(Kind::delivered));
  EXPECT_THAT(kinds(channel->send(std::span(&one, 1), within(Millis{10'000}))), ElementsAre(Kind::temporary));
}

INSTANTIATE_TEST_SUITE_P(Channels, OutboundChannelContract, testing::ValuesIn(kChannels),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace orgo::contract
