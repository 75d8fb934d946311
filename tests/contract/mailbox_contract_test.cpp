// What every mailbox must do: in memory, and on a real Dovecot by IMAP and POP3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "adapter/mailbox/settings.h"
#include "adapter/memory/memory_mailbox.h"
#include "port/mailbox.h"
#include "tests/support/dovecot.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string mail(const std::string& subject) {
  return "From: anna@example.org\r\nSubject: " + subject + "\r\n\r\nHello.\r\n";
}

std::string subject_of(const std::string& bytes) {
  const std::size_t from = bytes.find("Subject: ") + 9;
  return bytes.substr(from, bytes.find('\r', from) - from);
}

struct Wishes {
  bool only_new = false;
  bool remove = false;
  std::uint64_t bytes_max = 1U << 20U;
  std::size_t batch_mails = 200;
  std::string password = "secret";
};

/// A server with one mailbox.
class Server {
 public:
  virtual ~Server() = default;
  virtual void deliver(const std::string& bytes) = 0;
  virtual std::size_t count() = 0;
  virtual std::unique_ptr<Mailbox> open(const Wishes& wishes) = 0;
  virtual bool tells_of_news() const { return true; }
};

class MemoryServer final : public Server {
 public:
  MemoryServer() { server_->set_password("secret"); }
  void deliver(const std::string& bytes) override { server_->deliver(bytes); }
  std::size_t count() override { return server_->count(); }
  std::unique_ptr<Mailbox> open(const Wishes& wishes) override {
    return std::make_unique<MemoryMailbox>(
        server_,
        MemoryMailboxOptions{wishes.only_new, wishes.remove, wishes.bytes_max, wishes.batch_mails, wishes.password});
  }

 private:
  std::shared_ptr<MemoryMailServer> server_ = std::make_shared<MemoryMailServer>();
};

template <MailboxSettings::Protocol protocol>
class DovecotServer final : public Server {
 public:
  void deliver(const std::string& bytes) override { server_->deliver(user_, bytes); }
  std::size_t count() override { return server_->count(user_); }
  std::unique_ptr<Mailbox> open(const Wishes& wishes) override {
    MailboxSettings settings;
    settings.protocol = protocol;
    settings.host = "localhost";
    settings.port = server_->port(protocol == MailboxSettings::Protocol::imap ? "imaps" : "pop3s");
    settings.ca_file = server_->certificate();
    settings.username = user_;
    settings.password = wishes.password;
    settings.only_new = wishes.only_new;
    settings.after = wishes.remove ? MailboxSettings::After::remove : MailboxSettings::After::keep;
    settings.bytes_max = wishes.bytes_max;
    settings.batch_mails = wishes.batch_mails;
    settings.poll = Millis{50};
    auto mailbox = open_mailbox(settings);
    if (!mailbox) ADD_FAILURE() << mailbox.error().message;
    return std::move(*mailbox);
  }
  bool tells_of_news() const override { return protocol == MailboxSettings::Protocol::imap; }

 private:
  /// One for all tests while any of them needs it, with a user for each.
  static std::shared_ptr<tests::Dovecot> shared() {
    static const auto server = [] {
      auto made = std::make_shared<tests::Dovecot>();
      // All at once: Dovecot sees a change of its file a second later.
      for (int i = 1; i <= 50; ++i) made->set_password("user" + std::to_string(i), "secret");
      return made;
    }();
    return server;
  }
  static int next_user() {
    static int last = 0;
    return ++last;
  }
  std::shared_ptr<tests::Dovecot> server_ = shared();
  std::string user_ = "user" + std::to_string(next_user());
};

struct Backend {
  std::string name;
  std::unique_ptr<Server> (*make)();
  friend std::ostream& operator<<(std::ostream& out, const Backend& backend) { return out << backend.name; }
};
template <typename Made>
std::unique_ptr<Server> make() {
  return std::make_unique<Made>();
}

class MailboxContract : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (GetParam().name != "memory" && !tests::Dovecot::available()) GTEST_SKIP() << "Dovecot is not installed";
    server = GetParam().make();
  }
  /// All there is: subjects, in the order they came. Keeps the position.
  std::vector<std::string> take_all(Mailbox& mailbox, std::size_t most = 1000) {
    std::vector<std::string> subjects;
    for (bool more = true; more;) {
      const auto looked = mailbox.look(
          position, most,
          [&](const Mailbox::Batch& batch) -> Status {
            for (const auto& one : batch.mails) subjects.push_back(subject_of(one.bytes));
            return {};
          },
          within(Millis{20'000}));
      if (!looked) {
        ADD_FAILURE() << looked.error().message;
        break;
      }
      EXPECT_EQ(looked->problem, "");
      position = looked->position;
      more = looked->more;
    }
    return subjects;
  }

  std::unique_ptr<Server> server;
  MailboxPosition position;
};

TEST_P(MailboxContract, TakesAllOldestFirstAndNothingTwice) {
  for (const char* subject : {"one", "two", "three"}) server->deliver(mail(subject));
  const auto mailbox = server->open({});
  EXPECT_THAT(take_all(*mailbox), ElementsAre("one", "two", "three"));
  EXPECT_THAT(take_all(*mailbox), IsEmpty());
  server->deliver(mail("four"));
  EXPECT_THAT(take_all(*mailbox), ElementsAre("four"));
  EXPECT_THAT(take_all(*mailbox), IsEmpty());
  EXPECT_EQ(server->count(), 4U);
}

TEST_P(MailboxContract, GivesTheBytesAsTheyAre) {
  std::string bytes = "Subject: x\r\n\r\n.\r\n..dots\r\n8-bit \xff\xfe\r\nlong ";
  bytes += std::string(20'000, 'y') + "\r\n\r\n.end\r\n";
  server->deliver(bytes);
  const auto mailbox = server->open({});
  std::vector<FetchedMail> mails;
  ASSERT_TRUE(mailbox->look(
      {}, 10,
      [&](const Mailbox::Batch& batch) -> Status {
        mails = batch.mails;
        return {};
      },
      within(Millis{20'000})));
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].bytes, bytes);
  EXPECT_NE(mails[0].uid, "");
}

TEST_P(MailboxContract, PassesOverWhatWasThereBefore) {
  server->deliver(mail("old"));
  const auto mailbox = server->open({.only_new = true});
  EXPECT_THAT(take_all(*mailbox), IsEmpty());
  server->deliver(mail("new"));
  EXPECT_THAT(take_all(*mailbox), ElementsAre("new"));
}

TEST_P(MailboxContract, TakesWhatIsNewInAMailboxThatWasEmpty) {
  const auto mailbox = server->open({.only_new = true});
  EXPECT_THAT(take_all(*mailbox), IsEmpty());
  server->deliver(mail("new"));
  EXPECT_THAT(take_all(*mailbox), ElementsAre("new"));
}

TEST_P(MailboxContract, GoesOnWhereItWasAfterARestart) {
  for (int i = 0; i < 5; ++i) server->deliver(mail(std::to_string(i)));
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) {
    const auto mailbox = server->open({});  // a new process
    const auto looked = mailbox->look(
        position, 1,
        [&](const Mailbox::Batch& batch) -> Status {
          for (const auto& one : batch.mails) all.push_back(subject_of(one.bytes));
          position = *parse_mailbox_position(to_text(batch.position));
          return {};
        },
        within(Millis{20'000}));
    ASSERT_TRUE(looked) << looked.error().message;
    EXPECT_EQ(looked->taken, 1U);
    EXPECT_EQ(looked->more, i < 4);
    EXPECT_EQ(looked->position.last_uid, position.last_uid);
  }
  EXPECT_THAT(all, ElementsAre("0", "1", "2", "3", "4"));
}

TEST_P(MailboxContract, WhatWasNotTakenComesAgain) {
  for (int i = 0; i < 4; ++i) server->deliver(mail(std::to_string(i)));
  const auto mailbox = server->open({.remove = true, .batch_mails = 2});
  int batches = 0;
  const auto looked = mailbox->look(
      {}, 100,
      [&](const Mailbox::Batch& batch) -> Status {
        if (++batches == 2) return failure(Errc::resource_exhausted, "the disk is full");
        position = batch.position;
        return {};
      },
      within(Millis{20'000}));
  ASSERT_FALSE(looked);
  EXPECT_EQ(looked.error().code, Errc::resource_exhausted);
  EXPECT_GE(server->count(), 2U);
  EXPECT_THAT(take_all(*mailbox), ElementsAre("2", "3"));
  EXPECT_EQ(server->count(), 0U);
}

TEST_P(MailboxContract, RemovesWhatWasTaken) {
  for (int i = 0; i < 3; ++i) server->deliver(mail(std::to_string(i)));
  const auto mailbox = server->open({.remove = true});
  EXPECT_THAT(take_all(*mailbox), ElementsAre("0", "1", "2"));
  EXPECT_EQ(server->count(), 0U);
  EXPECT_THAT(position.seen, IsEmpty());
  EXPECT_THAT(position.unfinished, IsEmpty());
}

TEST_P(MailboxContract, LeavesWhatWasThereAlsoWhereItRemoves) {
  server->deliver(mail("old"));
  const auto mailbox = server->open({.only_new = true, .remove = true});
  EXPECT_THAT(take_all(*mailbox), IsEmpty());
  server->deliver(mail("new"));
  EXPECT_THAT(take_all(*mailbox), ElementsAre("new"));
  EXPECT_EQ(server->count(), 1U);
}

TEST_P(MailboxContract, KeepsToTheLimits) {
  for (int i = 0; i < 7; ++i) server->deliver(mail(std::to_string(i)));
  const auto mailbox = server->open({.batch_mails = 2});
  std::vector<std::size_t> batches;
  const auto looked = mailbox->look(
      {}, 5,
      [&](const Mailbox::Batch& batch) -> Status {
        batches.push_back(batch.mails.size());
        return {};
      },
      within(Millis{20'000}));
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_THAT(batches, ElementsAre(2, 2, 1));
  EXPECT_TRUE(looked->more);
  position = looked->position;
  EXPECT_THAT(take_all(*mailbox), ElementsAre("5", "6"));
}

TEST_P(MailboxContract, EndsWellWhenTimeRunsShort) {
  if (GetParam().name == "memory") GTEST_SKIP() << "memory takes no time";
  for (int i = 0; i < 6; ++i) server->deliver(mail(std::to_string(i)));
  const auto mailbox = server->open({.remove = true, .batch_mails = 2});
  const auto half_gone = within(Millis{2'000});  // more than half, however long the login takes
  const auto looked = mailbox->look(
      {}, 100,
      [&](const Mailbox::Batch&) -> Status {
        while (std::chrono::steady_clock::now() < half_gone) std::this_thread::yield();  // storing takes long
        return {};
      },
      half_gone + Millis{1'200});
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_EQ(looked->taken, 2U);
  EXPECT_TRUE(looked->more);
  EXPECT_EQ(server->count(), 4U);
  position = looked->position;
  EXPECT_THAT(take_all(*mailbox), ElementsAre("2", "3", "4", "5"));
}

TEST_P(MailboxContract, DoesNotFetchWhatIsTooLarge) {
  const auto of_size = [](std::size_t size) {
    return mail("x") + std::string(size - mail("x").size() - 2, 'x') + "\r\n";
  };
  server->deliver(of_size(2000));
  server->deliver(of_size(2001));
  server->deliver(mail("small"));
  const auto mailbox = server->open({.bytes_max = 2000});
  std::vector<std::size_t> taken;
  std::vector<std::uint64_t> refused;
  const auto look = [&] {
    const auto looked = mailbox->look(
        position, 10,
        [&](const Mailbox::Batch& batch) -> Status {
          for (const auto& one : batch.mails) taken.push_back(one.bytes.size());
          for (const auto& one : batch.refused) refused.push_back(one.size);
          return {};
        },
        within(Millis{20'000}));
    ASSERT_TRUE(looked) << looked.error().message;
    position = looked->position;
  };
  look();
  look();
  EXPECT_THAT(taken, ElementsAre(2000, mail("small").size()));
  EXPECT_THAT(refused, ElementsAre(2001));
}

TEST_P(MailboxContract, TellsOfARefusedLogin) {
  const auto mailbox = server->open({.password = "hunter2-wrong"});
  const auto looked = mailbox->look(
      {}, 10, [](const Mailbox::Batch&) -> Status { return {}; }, within(Millis{20'000}));
  ASSERT_FALSE(looked);
  EXPECT_EQ(looked.error().code, Errc::not_permitted) << looked.error().message;
  EXPECT_THAT(looked.error().message, Not(HasSubstr("hunter2")));
}

TEST_P(MailboxContract, WaitsForNews) {
  const auto mailbox = server->open({});
  EXPECT_THAT(take_all(*mailbox), IsEmpty());
  EXPECT_TRUE(mailbox->wait(within(Millis{20})));  // the deadline passes: nothing wrong
  auto waiting = std::async(std::launch::async, [&] {
    std::vector<std::string> got;
    const Deadline until = within(Millis{20'000});
    while (got.empty() && std::chrono::steady_clock::now() < until) {
      EXPECT_TRUE(mailbox->wait(until));
      got = take_all(*mailbox);
    }
    return got;
  });
  server->deliver(mail("news"));
  EXPECT_THAT(waiting.get(), ElementsAre("news"));
}

TEST_P(MailboxContract, StopEndsWaitingAndEverything) {
  const auto mailbox = server->open({});
  EXPECT_THAT(take_all(*mailbox), IsEmpty());
  auto waiting = std::async(std::launch::async, [&] {
    Status waited;
    while ((waited = mailbox->wait(within(Millis{60'000})))) {
    }
    return waited;
  });
  const auto begun = std::chrono::steady_clock::now();
  mailbox->stop();
  const Status waited = waiting.get();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, Millis{5'000});
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, Errc::unavailable);
  const auto looked = mailbox->look(
      position, 10, [](const Mailbox::Batch&) -> Status { return {}; }, within(Millis{20'000}));
  ASSERT_FALSE(looked);
  EXPECT_EQ(looked.error().code, Errc::unavailable);
}

INSTANTIATE_TEST_SUITE_P(Backends, MailboxContract,
                         testing::Values(Backend{"memory", make<MemoryServer>},
                                         Backend{"imap", make<DovecotServer<MailboxSettings::Protocol::imap>>},
                                         Backend{"pop3", make<DovecotServer<MailboxSettings::Protocol::pop3>>}),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace orgo
