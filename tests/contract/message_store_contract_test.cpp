// What every MessageStore must do (port/message_store.h).
#include <thread>

#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class MessageStoreContract : public Suite {
 protected:
  std::vector<Accepted> accept_all(const std::vector<RawMessage>& messages) {
    auto answers = stores.messages.accept(messages, within(kPatience));
    EXPECT_TRUE(answers) << answers.error().message;
    return answers.value_or(std::vector<Accepted>{});
  }
};

TEST_P(MessageStoreContract, KeepsBytesAndEnvelopeAsTheyWere) {
  std::string bytes = mail("a@x");
  bytes += std::string("\0\xff\x80 bare \n and \r kept", 21);
  const auto message = raw(bytes);
  const auto id = accept(message);
  ASSERT_TRUE(id);
  EXPECT_EQ(stores.messages.read_bytes(kTenant, id).value(), bytes);
  const auto stored = stores.messages.read(kTenant, id).value();
  EXPECT_EQ(stored.id, id);
  EXPECT_EQ(stored.size, bytes.size());
  EXPECT_EQ(stored.envelope.channel, Channel::lmtp);
  EXPECT_EQ(stored.envelope.sender.address, "anna@school.example");
  EXPECT_EQ(stored.envelope.recipient.address, "office@school.example");
  EXPECT_EQ(stored.envelope.peer, "127.0.0.1");
  EXPECT_EQ(stored.envelope.received_at, kStart);
  const auto key = dedup_key(message.envelope, bytes);
  EXPECT_EQ(stored.key.id_hash, key.id_hash);
  EXPECT_EQ(stored.key.copy_hash, key.copy_hash);
  EXPECT_EQ(stored.key.content, key.content);
  EXPECT_FALSE(stored.known_id);
}

TEST_P(MessageStoreContract, KeepsTheEmptyMailAndTheNullSender) {
  const std::string bytes;
  auto message = raw(bytes);
  message.envelope.sender.address.clear();
  const auto id = accept(message);
  ASSERT_TRUE(id);
  EXPECT_EQ(stores.messages.read_bytes(kTenant, id).value(), "");
  EXPECT_EQ(stores.messages.read(kTenant, id).value().envelope.sender.address, "");
}

TEST_P(MessageStoreContract, KeepsABigMail) {
  std::string body(3 << 20, 'x');
  for (std::size_t i = 0; i < body.size(); i += 77) body[i] = static_cast<char>('a' + (i / 77 * 2654435761U >> 7) % 26);
  const auto bytes = mail("big@x", body);
  const auto id = accept(raw(bytes));
  EXPECT_TRUE(stores.messages.read_bytes(kTenant, id).value() == bytes) << "3 MiB came back changed";
  EXPECT_EQ(stores.messages.read(kTenant, id).value().size, bytes.size());
}

TEST_P(MessageStoreContract, TheSameMessageTwiceIsOneRecord) {
  const auto bytes = mail("a@x");
  const auto first = accept_all({raw(bytes)});
  // A relay adds trace fields on the way; that doesn't make it another mail.
  const auto relayed = "Received: from b by c; now\r\nDelivered-To: office@school.example\r\n" + bytes;
  const auto second = accept_all({raw(relayed)});
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_FALSE(first[0].duplicate);
  EXPECT_TRUE(second[0].duplicate);
  EXPECT_FALSE(second[0].known_id) << "the very same message is not another one under a known id";
  EXPECT_EQ(second[0].message, first[0].message);
  EXPECT_EQ(stores.messages.read_bytes(kTenant, first[0].message).value(), bytes) << "the first bytes stay";
  EXPECT_THAT(stores.messages.list({.tenant = kTenant}).value(), SizeIs(1));
  EXPECT_EQ(stores.work.depth(WorkKind::process).value(), 1);
}

TEST_P(MessageStoreContract, TheSameMessageTwiceInOneBatchIsOneRecord) {
  const auto bytes = mail("a@x");
  const auto answers = accept_all({raw(bytes), raw(bytes)});
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_FALSE(answers[0].duplicate);
  EXPECT_TRUE(answers[1].duplicate);
  EXPECT_EQ(answers[0].message, answers[1].message);
  EXPECT_EQ(stores.work.depth(WorkKind::process).value(), 1);
}

TEST_P(MessageStoreContract, AnotherBodyUnderAKnownIdIsKeptAndMarked) {
  const auto bytes = mail("a@x", "one"), other = mail("a@x", "two");
  const auto first = accept_all({raw(bytes)});
  const auto second = accept_all({raw(other)});
  EXPECT_FALSE(first[0].known_id);
  EXPECT_FALSE(second[0].duplicate);
  EXPECT_TRUE(second[0].known_id);
  EXPECT_NE(second[0].message, first[0].message);
  EXPECT_TRUE(stores.messages.read(kTenant, second[0].message).value().known_id);
  EXPECT_EQ(stores.messages.read_bytes(kTenant, second[0].message).value(), other);
}

TEST_P(MessageStoreContract, AnotherRecipientAnotherChannelIsAnotherRecord) {
  const auto bytes = mail("a@x");
  const auto answers = accept_all(
      {raw(bytes), raw(bytes, "it@school.example"), raw(bytes, "office@school.example", kTenant, Channel::smtp)});
  ASSERT_THAT(answers, SizeIs(3));
  EXPECT_FALSE(answers[1].duplicate);
  EXPECT_TRUE(answers[1].known_id);
  EXPECT_FALSE(answers[2].duplicate);
  EXPECT_TRUE(answers[2].known_id);
}

TEST_P(MessageStoreContract, TheRecipientsCaseMakesNoOtherRecord) {
  const auto bytes = mail("a@x");
  const auto answers = accept_all({raw(bytes), raw(bytes, "Office@School.Example")});
  EXPECT_TRUE(answers[1].duplicate);
}

TEST_P(MessageStoreContract, WithoutMessageIdTheContentDecides) {
  const std::string one = "Subject: x\r\n\r\none\r\n", two = "Subject: x\r\n\r\ntwo\r\n";
  const auto answers = accept_all({raw(one), raw(two), raw(one)});
  EXPECT_FALSE(answers[1].duplicate);
  EXPECT_FALSE(answers[1].known_id);
  EXPECT_TRUE(answers[2].duplicate);
  EXPECT_EQ(answers[2].message, answers[0].message);
}

TEST_P(MessageStoreContract, TakesAThousandAtOnceAndAnswersInOrder) {
  std::vector<std::string> bytes;
  for (int i = 0; i < 1000; ++i) bytes.push_back(mail("m" + std::to_string(i) + "@x"));
  std::vector<RawMessage> batch;
  for (const auto& one : bytes) batch.push_back(raw(one));
  const auto answers = accept_all(batch);
  ASSERT_THAT(answers, SizeIs(1000));
  for (std::size_t i = 0; i < answers.size(); i += 111)
    EXPECT_EQ(stores.messages.read_bytes(kTenant, answers[i].message).value(), bytes[i]);
  EXPECT_EQ(stores.work.depth(WorkKind::process).value(), 1000);
}

TEST_P(MessageStoreContract, PublishesTheWorkWithTheMessage) {
  const auto bytes = mail("a@x");
  const auto id = accept(raw(bytes));
  EXPECT_THAT(stores.work.unclaimed(WorkKind::process, kStart, 10).value(),
              testing::ElementsAre(WorkKey{kTenant, WorkKind::process, id.value}));
}

TEST_P(MessageStoreContract, WritesItsAcceptanceIntoTheLog) {
  const auto bytes = mail("a@x");
  const auto id = accept(raw(bytes));
  accept(raw(bytes));
  const auto events = stores.tasks.message_events(kTenant, id).value();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].event.kind, EventKind::message_accepted);
  EXPECT_EQ(events[0].event.message, id);
  EXPECT_EQ(events[0].event.at, kStart);
  EXPECT_FALSE(events[0].event.subject.task());
  EXPECT_EQ(events[1].event.kind, EventKind::message_repeated) << "what is taken for the same is on the record";
  EXPECT_EQ(events[1].event.message, id);
  EXPECT_THAT(events[1].event.data, testing::HasSubstr("office@school.example"));
}

TEST_P(MessageStoreContract, TheSameWordsOnceMoreAreAnotherMail) {
  // A detector writes neither Date nor Message-ID, and says the same at each fire.
  const std::string alarm = "From: detector@house.example\r\nSubject: Fire\r\n\r\nFire in room 7\r\n";
  const auto at = [&](const std::string& bytes, Channel channel, Millis later) {
    auto message = raw(bytes, "office@school.example", kTenant, channel);
    message.envelope.received_at = kStart + later;
    return accept_all({message})[0];
  };
  for (const auto channel : {Channel::lmtp, Channel::smtp, Channel::http}) {
    EXPECT_FALSE(at(alarm, channel, Millis{0}).duplicate) << to_string(channel);
    for (const Millis later : {Millis{1}, Millis{500}, Millis{60'000}, Millis{86'400'000}})
      EXPECT_FALSE(at(alarm, channel, later).duplicate) << to_string(channel) << ' ' << later.count();
  }
  // By a relay: the same transmission, tried again, has the same trace; the next one has another.
  const auto relayed = [&](int id) {
    return "Received: from detector by mx; id " + std::to_string(id) + "\r\n" + alarm;
  };
  const auto one = relayed(1), two = relayed(2);
  EXPECT_FALSE(at(one, Channel::lmtp, Millis{0}).duplicate);
  EXPECT_TRUE(at(one, Channel::lmtp, Millis{300'000}).duplicate) << "tried again";
  EXPECT_FALSE(at(two, Channel::lmtp, Millis{600'000}).duplicate) << "said again";
  // With a date or an id of its own, a mail is one mail whatever the way.
  for (const std::string mark : {"Date: Mon, 16 Nov 2026 08:12:41 +0100\r\n", "Message-ID: <fire@house.example>\r\n"}) {
    const auto marked = mark + alarm, again = "Received: from x by y\r\n" + marked;
    EXPECT_FALSE(at(marked, Channel::lmtp, Millis{0}).duplicate) << mark;
    EXPECT_TRUE(at(again, Channel::lmtp, Millis{60'000}).duplicate) << mark;
  }
}

TEST_P(MessageStoreContract, AMailThatWasImportedIsKnownToItsMailbox) {
  const std::string with_id = mail("old@x", "line one\r\nline two"),
                    alarm = "Received: from a by b\r\nSubject: Fire\r\n\r\nFire\r\n";
  int number = 0;
  for (const auto& on_wire : {with_id, alarm}) {
    std::string in_file;
    for (const char c : on_wire)
      if (c != '\r') in_file += c;
    for (const auto& kept : {in_file, in_file + "\n", on_wire}) {
      for (const auto door : {Channel::imap, Channel::pop3}) {
        const auto salt = "Subject: " + std::to_string(number++) + "\n";
        const auto first_bytes = salt + kept;
        std::string second_bytes = salt.substr(0, salt.size() - 1) + "\r\n" + on_wire;
        const auto first = accept_all({raw(first_bytes, "archive@school.example", kTenant, Channel::import_)})[0];
        const auto second = accept_all({raw(second_bytes, "office@school.example", kTenant, door)})[0];
        EXPECT_FALSE(first.duplicate);
        EXPECT_TRUE(second.duplicate) << "the line ends of files and wires, and whoever it is said to be for";
        EXPECT_EQ(second.message, first.message);
      }
    }
  }
  const auto fetched = mail("fetched@x");
  const auto first = accept_all({raw(fetched, "office@school.example", kTenant, Channel::imap)})[0];
  EXPECT_EQ(accept_all({raw(fetched, "archive@school.example", kTenant, Channel::import_)})[0].message, first.message);
  EXPECT_TRUE(accept_all({raw(fetched, "office@school.example", kTenant, Channel::pop3)})[0].duplicate);
  EXPECT_FALSE(accept_all({raw(fetched, "roof@school.example", kTenant, Channel::imap)})[0].duplicate)
      << "two mailboxes are two departments";
  EXPECT_FALSE(accept_all({raw(fetched, "office@school.example", kTenant, Channel::lmtp)})[0].duplicate);
}

TEST_P(MessageStoreContract, ATenantSeesNothingOfAnother) {
  const auto other = kOtherTenant;
  const auto bytes = mail("a@x");
  const auto mine = accept_all({raw(bytes)});
  const auto theirs = accept_all({raw(bytes, "office@school.example", other)});
  EXPECT_FALSE(theirs[0].duplicate);
  EXPECT_FALSE(theirs[0].known_id) << "an id that only another tenant knows is not known";
  EXPECT_THAT(stores.messages.list({.tenant = other, .before = {}, .limit = 50, .task = {}}).value(), SizeIs(1));

  const auto secret = mail("secret@x");
  const auto id = accept(raw(secret));
  const auto unseen = [&](Errc code) { return code == Errc::not_found; };
  if (id != theirs[0].message) {  // ids may be per tenant: then the number means another message over there
    EXPECT_TRUE(unseen(stores.messages.read(other, id).error().code));
    EXPECT_TRUE(unseen(stores.messages.read_bytes(other, id).error().code));
    EXPECT_TRUE(unseen(stores.messages.decision(other, id).error().code));
    const std::pair<TenantId, MessageId> ask{other, id};
    EXPECT_TRUE(unseen(stores.messages.load(std::span(&ask, 1)).at(0).error().code));
  }
}

TEST_P(MessageStoreContract, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(stores.messages.read(kTenant, MessageId{4711}).error().code, Errc::not_found);
  EXPECT_EQ(stores.messages.read_bytes(kTenant, MessageId{4711}).error().code, Errc::not_found);
}

TEST_P(MessageStoreContract, LoadsInTheOrderAskedForWithHolesInPlace) {
  const auto one = mail("1@x", "one"), two = mail("2@x", "two");
  const auto first = accept(raw(one)), second = accept(raw(two));
  const std::vector<std::pair<TenantId, MessageId>> ids{
      {kTenant, second}, {kTenant, MessageId{4711}}, {kTenant, first}, {kTenant, second}};
  const auto loaded = stores.messages.load(ids);
  ASSERT_THAT(loaded, SizeIs(4));
  EXPECT_EQ(loaded[0].value().bytes, two);
  EXPECT_EQ(loaded[0].value().message.id, second);
  EXPECT_EQ(loaded[1].error().code, Errc::not_found);
  EXPECT_EQ(loaded[2].value().bytes, one);
  EXPECT_EQ(loaded[3].value().bytes, two);
  EXPECT_THAT(stores.messages.load({}), IsEmpty());
}

TEST_P(MessageStoreContract, ListsPagesNewestFirst) {
  std::vector<std::string> bytes;
  for (int i = 0; i < 5; ++i) bytes.push_back(mail("m" + std::to_string(i) + "@x"));
  std::vector<MessageId> ids;
  for (const auto& one : bytes) ids.push_back(accept(raw(one)));
  const auto page = [&](MessageId before) {
    const auto listed = stores.messages.list({.tenant = kTenant, .before = before, .limit = 2, .task = {}}).value();
    std::vector<MessageId> found;
    for (const auto& one : listed) found.push_back(one.message.id);
    return found;
  };
  EXPECT_THAT(page({}), ElementsAre(ids[4], ids[3]));
  EXPECT_THAT(page(ids[3]), ElementsAre(ids[2], ids[1]));
  EXPECT_THAT(page(ids[1]), ElementsAre(ids[0]));
  EXPECT_THAT(page(ids[0]), IsEmpty());
}

TEST_P(MessageStoreContract, ListsTheMessagesOfATaskWithTheirDecisions) {
  const auto a = mail("a@x"), b = mail("b@x"), c = mail("c@x");
  const auto first = accept(raw(a)), second = accept(raw(b)), third = accept(raw(c));
  const auto task = must_commit(deciding(first)).task;
  must_commit(deciding(second));
  auto joining = deciding(third);
  joining.remove_all<TaskChange>();
  joining.find<MessageDecision>()->outcome = Outcome::task_joined;
  joining.find<MessageDecision>()->task = task;
  for (auto& one : joining.events) one.subject = task;
  must_commit(joining);
  const auto listed = stores.messages.list({.tenant = kTenant, .before = {}, .limit = 50, .task = task}).value();
  ASSERT_THAT(listed, SizeIs(2));
  EXPECT_EQ(listed[0].message.id, third);
  EXPECT_EQ(listed[0].decision.value().outcome, Outcome::task_joined);
  EXPECT_EQ(listed[1].message.id, first);
  EXPECT_EQ(listed[1].decision.value().subject, "Water leak");
  EXPECT_EQ(listed[1].decision.value().trace, "") << "lists carry no traces";
}

TEST_P(MessageStoreContract, TheDecisionIsNulloptUntilThereIsOneAndThenWhole) {
  const auto bytes = mail("a@x");
  const auto id = accept(raw(bytes));
  EXPECT_EQ(stores.messages.decision(kTenant, id).value(), std::nullopt);
  const auto task = must_commit(deciding(id)).task;
  const auto decision = stores.messages.decision(kTenant, id).value().value();
  EXPECT_EQ(decision.message, id);
  EXPECT_EQ(decision.outcome, Outcome::task_opened);
  EXPECT_EQ(decision.task, task) << "the store puts in the number of the task that was opened";
  EXPECT_EQ(decision.from, "anna@school.example");
  EXPECT_EQ(decision.reason, "rule 'water' routed it");
  EXPECT_EQ(decision.rules_version, "0123456789abcdef");
  EXPECT_EQ(decision.trace, R"({"rules":[]})");
}

TEST_P(MessageStoreContract, FindsWhatCameByADoorUnderAnId) {
  std::vector<MessageId> ids;
  std::vector<std::string> bytes;
  for (int i = 0; i < 12; ++i) bytes.push_back(mail("key@x", "words " + std::to_string(i)));
  for (const auto& one : bytes) ids.push_back(accept(raw(one, "office@school.example", kTenant, Channel::http)));
  const auto by_mail = mail("key@x", "by mail"), other = mail("other@x"), theirs = mail("key@x", "theirs");
  accept(raw(by_mail));
  accept(raw(other, "office@school.example", kTenant, Channel::http));
  accept(raw(theirs, "office@school.example", kOtherTenant, Channel::http));
  const auto find = [&](std::string_view id, TenantId tenant = kTenant) {
    const auto stored = stores.messages.find_by_id(tenant, message_id_hash(tenant, id), Channel::http).value();
    std::vector<MessageId> all;
    for (const auto& one : stored) all.push_back(one.id);
    return all;
  };
  const auto found = find("key@x");
  ASSERT_THAT(found, SizeIs(10)) << "the newest";
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], ids[ids.size() - 1 - i]);
  EXPECT_THAT(find("key@x", kOtherTenant), SizeIs(1));
  EXPECT_THAT(find("nobody@x"), IsEmpty());
  const auto whole = stores.messages.find_by_id(kTenant, message_id_hash(kTenant, "other@x"), Channel::http).value();
  ASSERT_THAT(whole, SizeIs(1));
  EXPECT_EQ(whole[0].envelope.recipient.address, "office@school.example");
}

TEST_P(MessageStoreContract, ManyThreadsAcceptEachMailOnce) {
  // Eight doors, each with the same 50 mails: of each mail one answer is "new".
  std::vector<std::string> bytes;
  for (int i = 0; i < 50; ++i) bytes.push_back(mail("m" + std::to_string(i) + "@x"));
  std::vector<std::vector<Accepted>> answers(8);
  {
    std::vector<std::jthread> doors;
    for (auto& mine : answers)
      doors.emplace_back([&, at = &mine] {
        for (const auto& one : bytes) {
          const auto message = raw(one);
          const auto answer = stores.messages.accept(std::span(&message, 1), within(kPatience));
          if (answer) at->push_back(answer->at(0));
        }
      });
  }
  std::map<MessageId, int> fresh;
  for (const auto& mine : answers) {
    ASSERT_THAT(mine, SizeIs(50));
    for (const auto& answer : mine) fresh[answer.message] += answer.duplicate ? 0 : 1;
  }
  EXPECT_THAT(fresh, SizeIs(50));
  for (const auto& [id, count] : fresh) EXPECT_EQ(count, 1) << to_string(id);
  EXPECT_EQ(stores.work.depth(WorkKind::process).value(), 50);
}

ORGO_CONTRACT(MessageStoreContract);

}  // namespace
}  // namespace orgo::contract
