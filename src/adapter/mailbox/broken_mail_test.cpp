// One mail that an IMAP server can't hand out whole: its literal is told too large or too small, or stops in the
// middle. Whole mails come, it stays on the server, is told, and comes when the server is mended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "adapter/mailbox/imap_suspects.h"
#include "adapter/mailbox/literal_server.h"
#include "adapter/mailbox/settings.h"

namespace orgo {
namespace {

using After = MailboxSettings::After;
using Break = mailbox::LiteralServer::Break;
using mailbox::LiteralServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

constexpr std::array kEachBreak{Break::too_large, Break::too_small, Break::seems_whole, Break::cut, Break::stall};

struct Reader {
  explicit Reader(const LiteralServer& server, After after = After::keep) {
    settings.host = "127.0.0.1";
    settings.port = server.port();
    settings.tls = MailboxSettings::Tls::none;
    settings.username = "office";
    settings.password = "s3cret";
    settings.only_new = false;
    settings.reply_time = Millis{400};
    settings.after = after;
    if (after == After::move) settings.move_to = "Done";
    start();
  }
  void start() { mailbox = std::move(*open_mailbox(settings)); }

  /// As the service does it: what a batch brings is kept together with its position.
  Result<Mailbox::Looked> look() {
    auto looked = mailbox->look(
        position, 100,
        [&](const Mailbox::Batch& batch) -> Status {
          for (const auto& mail : batch.mails) taken.push_back(mail.bytes);
          EXPECT_THAT(batch.refused, IsEmpty());
          position = *parse_mailbox_position(to_text(batch.position));
          return {};
        },
        within(Millis{20'000}));
    if (looked) position = *parse_mailbox_position(to_text(looked->position));
    return looked;
  }
  /// Until a look goes well; how many did not.
  int look_until_well(int most = 20) {
    for (int failed = 0; failed < most; ++failed) {
      if (auto looked = look()) {
        last = *std::move(looked);
        return failed;
      } else {
        cause = looked.error().message;
      }
    }
    ADD_FAILURE() << "no look goes well: " << cause;
    return most;
  }

  MailboxSettings settings;
  std::unique_ptr<Mailbox> mailbox;
  MailboxPosition position;
  std::vector<std::string> taken;
  Mailbox::Looked last;
  std::string cause;
};

std::vector<std::string> mails_without(int count, const std::set<std::uint32_t>& broken) {
  std::vector<std::string> mails;
  for (int uid = 1; uid <= count; ++uid)
    if (!broken.contains(static_cast<std::uint32_t>(uid)))
      mails.push_back(LiteralServer::mail(static_cast<std::uint32_t>(uid)));
  return mails;
}

struct Case {
  int mails;
  std::set<std::uint32_t> broken;
};
const std::vector<Case> kCases = {{4, {1}}, {4, {2}}, {4, {4}}, {1, {1}}, {5, {2, 4}}, {4, {3, 4}}};
const std::vector<Case> kFewCases = {{4, {2}}, {1, {1}}, {5, {2, 4}}};  ///< where each takes the time of a silence

TEST(BrokenMail, ForEverStopsNoOtherAndIsHeldBack) {
  for (const auto how : kEachBreak) {
    for (const auto& [mails, broken] : how == Break::stall ? kFewCases : kCases) {
      SCOPED_TRACE(testing::Message() << "break " << static_cast<int>(how) << " of " << mails << " at "
                                      << testing::PrintToString(broken));
      LiteralServer server(mails);
      for (const auto uid : broken) server.break_at(uid, how);
      Reader reader(server);
      reader.look_until_well();
      while (reader.position.held_back.size() != broken.size() ||
             reader.last.problem.find("tried again") != std::string::npos)
        if (reader.look_until_well() == 20) break;
      EXPECT_THAT(reader.last.problem, HasSubstr("does not hand out " + std::to_string(broken.size())));
      EXPECT_THAT(reader.last.problem, HasSubstr("the first is 7:" + std::to_string(*broken.begin())));
      EXPECT_THAT(reader.taken, UnorderedElementsAreArray(mails_without(mails, broken))) << "each once, and whole";
      EXPECT_EQ(reader.position.last_uid, static_cast<std::uint32_t>(mails));

      // From now on it costs nothing: neither a failed look nor a connection for each.
      const int connections = server.connections();
      server.add();
      for (int i = 0; i < 3; ++i) ASSERT_TRUE(reader.look()) << i;
      EXPECT_LE(server.connections(), connections + 1);
      EXPECT_EQ(reader.taken.back(), LiteralServer::mail(static_cast<std::uint32_t>(mails) + 1));

      server.mend();
      reader.start();  // nothing is known any more but the position
      const auto looked = reader.look();
      ASSERT_TRUE(looked) << looked.error().message;
      EXPECT_EQ(looked->problem, "");
      EXPECT_THAT(reader.position.held_back, IsEmpty());
      EXPECT_THAT(reader.taken, UnorderedElementsAreArray(mails_without(mails + 1, {}))) << "each once, and whole";
    }
  }
}

TEST(BrokenMail, WhatCameWholeBeforeItIsTakenAtOnce) {
  for (const auto how : kEachBreak) {
    SCOPED_TRACE(static_cast<int>(how));
    LiteralServer server(4);
    server.break_at(3, how);
    Reader reader(server);
    reader.settings.reply_time = Millis{1'000};
    reader.start();
    const auto looked = reader.look();
    ASSERT_FALSE(looked);
    EXPECT_THAT(looked.error().message, HasSubstr("at mail 7:3"));
    EXPECT_THAT(reader.taken, ElementsAre(LiteralServer::mail(1), LiteralServer::mail(2)));
    EXPECT_EQ(reader.position.last_uid, 2U);
    EXPECT_THAT(reader.position.held_back, IsEmpty());
    EXPECT_FALSE(reader.look());
    EXPECT_EQ(reader.taken.size(), 3U) << "the others come before what broke off";
    EXPECT_EQ(reader.taken.back(), LiteralServer::mail(4));
  }
}

TEST(BrokenMail, OnceLosesAndSkipsNothing) {
  for (const auto how : kEachBreak) {
    for (const auto& [mails, broken] : how == Break::cut ? kCases : kFewCases) {
      for (int times = 1; times <= 2; ++times) {
        SCOPED_TRACE(testing::Message() << "break " << static_cast<int>(how) << " of " << mails << " at "
                                        << testing::PrintToString(broken) << ", " << times << " times");
        LiteralServer server(mails);
        for (const auto uid : broken) server.break_at(uid, how, times);
        Reader reader(server);
        reader.look_until_well();
        EXPECT_EQ(reader.last.problem, "");
        EXPECT_THAT(reader.position.held_back, IsEmpty());
        EXPECT_THAT(reader.position.unfinished, IsEmpty());
        EXPECT_THAT(reader.taken, UnorderedElementsAreArray(mails_without(mails, {})));
      }
    }
  }
}

TEST(BrokenMail, StaysWhereItIsAndTheOthersAreFinished) {
  for (const auto how : kEachBreak) {
    for (const auto after : {After::flag, After::move, After::remove}) {
      if (how != Break::cut && after != After::remove) continue;
      SCOPED_TRACE(testing::Message() << "break " << static_cast<int>(how) << ", after " << static_cast<int>(after));
      LiteralServer server(4);
      server.break_at(2, how);
      Reader reader(server, after);
      reader.look_until_well();
      EXPECT_THAT(server.finished(), ElementsAre(1, 3, 4));
      EXPECT_THAT(reader.position.unfinished, IsEmpty());
      EXPECT_THAT(reader.position.held_back, ElementsAre("7:2"));
      server.mend();
      reader.start();
      ASSERT_TRUE(reader.look());
      EXPECT_THAT(server.finished(), ElementsAre(1, 2, 3, 4));
      EXPECT_THAT(reader.taken, UnorderedElementsAreArray(mails_without(4, {})));
    }
  }
}

TEST(BrokenMail, AfterANewStartItStillStopsNoOther) {
  LiteralServer server(3);
  server.break_at(2, Break::too_small);
  Reader reader(server);
  reader.look_until_well();
  for (int start = 0; start < 2; ++start) {
    reader.start();
    server.add();
    (void)reader.look();
    EXPECT_EQ(reader.taken.size(), 3U + static_cast<std::size_t>(start)) << "with the first look";
    reader.look_until_well();
    EXPECT_THAT(reader.position.held_back, ElementsAre("7:2"));
  }
}

/// A network that is gone between two looks is nobody's fault, however often.
TEST(BrokenMail, ANetworkThatIsGoneHoldsNothingBack) {
  LiteralServer server(3);
  Reader reader(server);
  server.refuse(10);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(reader.look());
  EXPECT_EQ(reader.look_until_well(), 0);
  EXPECT_EQ(reader.taken, mails_without(3, {}));
  EXPECT_THAT(reader.position.held_back, IsEmpty());
}

TEST(Suspects, AreAskedForAloneAndLastAndGivenUpForAWhile) {
  mailbox::Suspects suspects;
  const auto now = mailbox::Suspects::Time{} + std::chrono::hours{1};
  const std::vector<std::uint32_t> group{3, 5, 9}, held{5, 7};
  suspects.adopt(7);
  EXPECT_FALSE(suspects.is_alone(3));
  suspects.broke_off(group, 5, now);
  EXPECT_TRUE(suspects.is_alone(3) && suspects.is_alone(9) && !suspects.is_alone(10));
  EXPECT_TRUE(suspects.comes_last(5) && !suspects.comes_last(3));
  for (int i = 0; i < mailbox::Suspects::kTimesMost; ++i) {
    EXPECT_FALSE(suspects.is_given_up(5)) << i;
    EXPECT_THAT(suspects.due(held, true, now), ElementsAre(7, 5));
    EXPECT_THAT(suspects.due(held, false, now), ElementsAre(5));
    suspects.broke_off(std::vector<std::uint32_t>{5}, 5, now);
  }
  EXPECT_TRUE(suspects.is_given_up(5));
  EXPECT_THAT(suspects.due(held, true, now), ElementsAre(7));
  EXPECT_THAT(suspects.due(held, true, now + mailbox::Suspects::kPause), ElementsAre(7, 5));
  suspects.adopt(7);
  EXPECT_TRUE(suspects.comes_last(5));
  suspects.forget(5);
  EXPECT_FALSE(suspects.comes_last(5) || suspects.is_given_up(5));
  suspects.adopt(8);
  EXPECT_FALSE(suspects.is_alone(3));
}

TEST(Suspects, OneIsJudgedAfterTheOtherAndThenEachInItsTurn) {
  mailbox::Suspects suspects;
  const auto now = mailbox::Suspects::Time{} + std::chrono::hours{1};
  const std::vector<std::uint32_t> both{2, 3};
  suspects.broke_off(both, 2, now);
  suspects.broke_off(std::vector<std::uint32_t>{3}, 3, now);
  EXPECT_THAT(suspects.due(both, true, now), ElementsAre(2, 3)) << "2 may be innocent";
  suspects.broke_off(std::vector<std::uint32_t>{2}, 2, now);
  suspects.broke_off(std::vector<std::uint32_t>{3}, 3, now);
  EXPECT_THAT(suspects.due(both, true, now), ElementsAre(3, 2)) << "the one that is nearer to its end";
  suspects.broke_off(std::vector<std::uint32_t>{3}, 3, now);
  EXPECT_THAT(suspects.due(both, true, now), ElementsAre(2));
  for (int i = 0; i < 2; ++i) suspects.broke_off(std::vector<std::uint32_t>{2}, 2, now);
  const auto later = now + mailbox::Suspects::kPause;
  EXPECT_THAT(suspects.due(both, true, later), ElementsAre(3, 2)) << "what has waited longest";
  suspects.broke_off(std::vector<std::uint32_t>{3}, 3, later);
  EXPECT_THAT(suspects.due(both, true, later), IsEmpty());
  EXPECT_THAT(suspects.due(both, true, later + mailbox::Suspects::kPause), ElementsAre(2, 3));
}

}  // namespace
}  // namespace orgo
