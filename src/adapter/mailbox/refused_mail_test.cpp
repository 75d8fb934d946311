// One mail that is too large, or that the server refuses once or always, beside others that come: whatever is done with
// mails that were taken is not done with it, no other waits for it, and what was refused comes with a later look.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/mailbox/scripted_settings.h"

namespace orgo {
namespace {

using After = MailboxSettings::After;
using mail_out::ScriptedServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

MailboxSettings settings_for(const ScriptedServer& server, MailboxSettings::Protocol protocol, After after) {
  auto settings = scripted_settings(server, protocol);
  settings.bytes_max = 1000;
  settings.reply_time = Millis{3'000};
  settings.after = after;
  if (after == After::move) settings.move_to = "Done";
  return settings;
}

struct Taken {
  std::vector<std::string> mails, refused;
  MailboxPosition position;

  /// On a connection of its own, with what was kept of the look before.
  Mailbox::Looked look(const MailboxSettings& settings) {
    auto mailbox = open_mailbox(settings);
    if (!mailbox) ADD_FAILURE() << mailbox.error().message;
    auto looked = (*mailbox)->look(
        position, 100,
        [&](const Mailbox::Batch& batch) -> Status {
          for (const auto& mail : batch.mails) mails.push_back(mail.bytes);
          for (const auto& one : batch.refused) refused.push_back(one.uid + " of " + std::to_string(one.size));
          position = *parse_mailbox_position(to_text(batch.position));
          return {};
        },
        within(Millis{20'000}));
    if (!looked) ADD_FAILURE() << looked.error().message;
    (*mailbox)->stop();
    if (!looked) return {};
    position = looked->position;
    return *std::move(looked);
  }
};

const std::string kPop3Listed =
    "+OK hello\n<CAPA\n-ERR what\n<USER office\n+OK\n<PASS s3cret\n+OK\n<LIST\n+OK\n1 3\n2 5000\n3 3\n.\n<UIDL\n+OK\n"
    "1 u1\n2 u2\n3 u3\n.\n";
const std::string kSmallListed =
    "+OK hello\n<CAPA\n-ERR what\n<USER office\n+OK\n<PASS s3cret\n+OK\n<LIST\n+OK\n1 3\n2 3\n3 3\n.\n<UIDL\n+OK\n"
    "1 u1\n2 u2\n3 u3\n.\n";
/// What is left of it when the first and the third were deleted.
const std::string kSecondListed =
    "+OK hello\n<CAPA\n-ERR what\n<USER office\n+OK\n<PASS s3cret\n+OK\n<LIST\n+OK\n1 3\n.\n<UIDL\n+OK\n1 u2\n.\n";
const std::string kTwoRetrieved = "<RETR 1\n+OK\na\n.\n<RETR 3\n+OK\nc\n.\n";
const std::string kTwoDeleted = "<DELE 1\n+OK\n<DELE 3\n+OK\n";

TEST(RefusedMail, Pop3TooLargeStaysOnTheServer) {
  for (const auto after : {After::keep, After::remove}) {
    ScriptedServer server({kPop3Listed + kTwoRetrieved + (after == After::remove ? kTwoDeleted : "") + "<QUIT\n+OK\n",
                           kPop3Listed + "<QUIT\n+OK\n"});
    Taken taken;
    const auto settings = settings_for(server, MailboxSettings::Protocol::pop3, after);
    EXPECT_EQ(taken.look(settings).problem, "");
    EXPECT_THAT(taken.mails, ElementsAre("a\r\n", "c\r\n"));
    EXPECT_THAT(taken.refused, ElementsAre("u2 of 5000"));
    EXPECT_THAT(taken.position.unfinished, IsEmpty());
    EXPECT_THAT(taken.position.seen, testing::Contains("u2")) << "told once";
    if (after == After::remove) continue;
    taken.look(settings);
    EXPECT_EQ(taken.mails.size() + taken.refused.size(), 3U) << "nothing again";
  }
}

TEST(RefusedMail, Pop3LargerThanItWasListedStaysOnTheServer) {
  std::string long_lines;
  for (int i = 0; i < 20; ++i) long_lines += std::string(100, 'x') + "\n";
  ScriptedServer server({kSmallListed + "<RETR 1\n+OK\na\n.\n<RETR 2\n+OK\n" + long_lines + ".\n<RETR 3\n+OK\nc\n.\n" +
                         kTwoDeleted + "<QUIT\n+OK\n"});
  Taken taken;
  taken.look(settings_for(server, MailboxSettings::Protocol::pop3, After::remove));
  EXPECT_THAT(taken.mails, ElementsAre("a\r\n", "c\r\n"));
  EXPECT_THAT(taken.refused, ElementsAre(HasSubstr("u2 of ")));
}

TEST(RefusedMail, Pop3RefusedComesWithALaterLook) {
  for (const auto after : {After::keep, After::remove}) {
    const auto one = kSmallListed + "<RETR 1\n+OK\na\n.\n<RETR 2\n-ERR [SYS/TEMP] not now\n<RETR 3\n+OK\nc\n.\n" +
                     (after == After::remove ? kTwoDeleted : "") + "<QUIT\n+OK\n";
    const auto listed = after == After::remove ? kSecondListed : kSmallListed;
    const std::string number = after == After::remove ? "1" : "2";
    ScriptedServer server({one, listed + "<RETR " + number + "\n-ERR [SYS/TEMP] not now\n<QUIT\n+OK\n",
                           listed + "<RETR " + number + "\n+OK\nb\n.\n" +
                               (after == After::remove ? "<DELE 1\n+OK\n" : "") + "<QUIT\n+OK\n"});
    Taken taken;
    const auto settings = settings_for(server, MailboxSettings::Protocol::pop3, after);
    EXPECT_THAT(taken.look(settings).problem, HasSubstr("does not hand out mail u2: [SYS/TEMP] not now"));
    EXPECT_THAT(taken.mails, ElementsAre("a\r\n", "c\r\n"));
    EXPECT_THAT(taken.position.seen, testing::Not(testing::Contains("u2")));
    EXPECT_THAT(taken.look(settings).problem, HasSubstr("does not hand out mail u2"));
    EXPECT_EQ(taken.look(settings).problem, "");
    EXPECT_THAT(taken.mails, ElementsAre("a\r\n", "c\r\n", "b\r\n"));
    EXPECT_THAT(taken.refused, IsEmpty());
  }
}

std::string imap_login(After after) {
  return std::string(
             "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\n<O1 AUTHENTICATE\nO1 OK [CAPABILITY IMAP4rev1 MOVE "
             "UIDPLUS] in\n<O2 ") +
         (after == After::keep ? "EXAMINE" : "SELECT") +
         "\n* 3 EXISTS\n* OK [UIDVALIDITY 7] x\n* OK [UIDNEXT 4] x\nO2 OK done\n";
}
/// What the server hears after `uids` were taken, from the command of that number on.
std::string imap_end(After after, int number, const std::string& uids) {
  const auto tag = "O" + std::to_string(number), next = "O" + std::to_string(number + 1);
  switch (after) {
    case After::keep:
      return {};
    case After::flag:
      return "<" + tag + " UID STORE " + uids + " +FLAGS\n" + tag + " OK x\n";
    case After::move:
      return "<" + tag + " UID MOVE " + uids + " \n" + tag + " OK x\n";
    case After::remove:
      return "<" + tag + " UID STORE " + uids + " +FLAGS\n" + tag + " OK x\n<" + next + " UID EXPUNGE " + uids + "\n" +
             next + " OK x\n";
  }
  return {};
}
constexpr std::array kEachAfter{After::keep, After::flag, After::move, After::remove};

TEST(RefusedMail, ImapTooLargeStaysWhereItIs) {
  for (const auto after : kEachAfter) {
    SCOPED_TRACE(static_cast<int>(after));
    ScriptedServer server(
        {imap_login(after) +
         "<O3 UID SEARCH\n* SEARCH 1 2 3\nO3 OK x\n<O4 UID FETCH 1:3 (UID RFC822.SIZE\n* 1 FETCH (UID 1 RFC822.SIZE "
         "3)\n* 2 FETCH (UID 2 RFC822.SIZE 5000)\n* 3 FETCH (UID 3 RFC822.SIZE 5)\nO4 OK x\n"
         "<O5 UID FETCH 1,3 (UID BODY.PEEK\n* 1 FETCH (UID 1 BODY[] \"one\")\n* 3 FETCH (UID 3 BODY[] \"three\")\nO5 "
         "OK x\n" +
         imap_end(after, 6, "1,3") + "<nothing\n"});
    Taken taken;
    EXPECT_EQ(taken.look(settings_for(server, MailboxSettings::Protocol::imap, after)).problem, "");
    EXPECT_THAT(taken.mails, ElementsAre("one", "three"));
    EXPECT_THAT(taken.refused, ElementsAre("7:2 of 5000"));
    EXPECT_THAT(taken.position.unfinished, IsEmpty());
    EXPECT_THAT(taken.position.held_back, IsEmpty());
    EXPECT_EQ(taken.position.last_uid, 3U);
  }
}

TEST(RefusedMail, ImapRefusedComesWithALaterLookAndIsFinishedThen) {
  for (const auto after : kEachAfter) {
    SCOPED_TRACE(static_cast<int>(after));
    ScriptedServer server(
        {imap_login(after) +
             "<O3 UID SEARCH\n* SEARCH 1 2 3\nO3 OK x\n<O4 UID FETCH 1:3 (UID RFC822.SIZE\n* 1 FETCH (UID 1 "
             "RFC822.SIZE 3)\n* 2 FETCH (UID 2 RFC822.SIZE 3)\n* 3 FETCH (UID 3 RFC822.SIZE 5)\nO4 OK x\n"
             "<O5 UID FETCH 1:3 (UID BODY.PEEK\n* 1 FETCH (UID 1 BODY[] \"one\")\n* 3 FETCH (UID 3 BODY[] "
             "\"three\")\nO5 NO some could not be read\n<O6 UID SEARCH UID 2\n* SEARCH 2\nO6 OK x\n"
             "<O7 UID FETCH 2 (UID BODY\nO7 NO damaged\n<O8 UID SEARCH UID 2\n* SEARCH 2\nO8 OK x\n" +
             imap_end(after, 9, "1,3") + "<nothing\n",
         imap_login(after) +
             "<O3 UID SEARCH UID 2\n* SEARCH 2\nO3 OK x\n<O4 UID FETCH 2 (UID RFC822.SIZE\n* 2 FETCH (UID 2 "
             "RFC822.SIZE 3)\nO4 OK x\n<O5 UID FETCH 2 (UID BODY\n* 2 FETCH (UID 2 BODY[] \"two\")\nO5 OK x\n" +
             imap_end(after, 6, "2") + "<nothing\n"});
    Taken taken;
    const auto settings = settings_for(server, MailboxSettings::Protocol::imap, after);
    EXPECT_THAT(taken.look(settings).problem, HasSubstr("does not hand out 1 mail that it lists, the first is 7:2"));
    EXPECT_THAT(taken.mails, ElementsAre("one", "three"));
    EXPECT_THAT(taken.position.held_back, ElementsAre("7:2"));
    EXPECT_THAT(taken.position.unfinished, IsEmpty());
    EXPECT_EQ(taken.look(settings).problem, "");
    EXPECT_THAT(taken.mails, ElementsAre("one", "three", "two"));
    EXPECT_THAT(taken.position.held_back, IsEmpty());
    EXPECT_THAT(taken.position.unfinished, IsEmpty());
  }
}

TEST(RefusedMail, ImapRefusedAgainStaysHeldBackUntilItComes) {
  const auto asked = [](int number, const std::string& answer) {
    return "<O" + std::to_string(number) + " UID SEARCH UID 2\n* SEARCH 2\nO" + std::to_string(number) + " OK x\n<O" +
           std::to_string(number + 1) + answer + "\nO" + std::to_string(number + 1);
  };
  const auto again = asked(3, " UID FETCH 2 (UID RFC822.SIZE\n* 2 FETCH (UID 2 RFC822.SIZE 3)") + " OK x\n";
  const auto refused = imap_login(After::keep) + again + "<O5 UID FETCH 2 (UID BODY\nO5 NO damaged\n" +
                       asked(6, " UID FETCH 2 (UID BODY") + " NO damaged\n<O8 UID SEARCH UID 2\n* SEARCH 2\nO8 OK x\n" +
                       "<nothing\n";
  ScriptedServer server({refused, refused,
                         imap_login(After::keep) + again +
                             "<O5 UID FETCH 2 (UID BODY\n* 2 FETCH (UID 2 BODY[] \"two\")\nO5 OK x\n<nothing\n"});
  Taken taken;
  taken.position.started_at = TimePoint{Millis{1'800'000'000'000}};
  taken.position.uid_validity = 7;
  taken.position.last_uid = 3;
  taken.position.held_back = {"7:2"};
  const auto settings = settings_for(server, MailboxSettings::Protocol::imap, After::keep);
  for (int look = 0; look < 2; ++look) {
    EXPECT_THAT(taken.look(settings).problem, HasSubstr("does not hand out 1 mail")) << look;
    EXPECT_THAT(taken.position.held_back, ElementsAre("7:2")) << look;
    EXPECT_THAT(taken.mails, IsEmpty());
  }
  EXPECT_EQ(taken.look(settings).problem, "");
  EXPECT_THAT(taken.mails, ElementsAre("two"));
  EXPECT_THAT(taken.position.held_back, IsEmpty());
}

}  // namespace
}  // namespace orgo
