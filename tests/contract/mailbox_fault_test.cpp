// Mailboxes on a real Dovecot while things go wrong: cut and stalled connections, kill -9, new UIDVALIDITY, full
// folders, tokens that end, certificates that don't fit, mails that go while they are fetched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "adapter/mailbox/settings.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/dovecot.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Protocol = MailboxSettings::Protocol;
using Tls = MailboxSettings::Tls;
using After = MailboxSettings::After;

std::string mail(const std::string& subject, std::size_t size = 100) {
  return "From: anna@example.org\r\nSubject: " + subject + "\r\n\r\n" + std::string(size, 'x') + "\r\n";
}
std::string subject_of(const std::string& bytes) {
  const std::size_t from = bytes.find("Subject: ") + 9;
  return bytes.substr(from, bytes.find('\r', from) - from);
}

class MailboxFaults : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!tests::Dovecot::available()) return;
    server_ = std::make_unique<tests::Dovecot>();
    // All at once: Dovecot sees a change of its file a second later.
    for (int i = 1; i <= 60; ++i) server_->set_password("user" + std::to_string(i), "secret");
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    if (!tests::Dovecot::available()) GTEST_SKIP() << "Dovecot is not installed";
    static int last = 0;
    user = "user" + std::to_string(++last);
  }

  MailboxSettings settings(Protocol protocol = Protocol::imap) const {
    MailboxSettings out;
    out.protocol = protocol;
    out.host = "localhost";
    out.port = server_->port(protocol == Protocol::imap ? "imaps" : "pop3s");
    out.ca_file = server_->certificate();
    out.username = user;
    out.password = "secret";
    out.only_new = false;
    out.poll = Millis{20};
    return out;
  }
  /// In the clear, so that a proxy can count and cut what the server says.
  static MailboxSettings through(const tests::CuttingProxy& proxy, MailboxSettings out) {
    out.tls = Tls::none;
    out.host = "127.0.0.1";
    out.port = proxy.port();
    return out;
  }
  static std::unique_ptr<Mailbox> open(const MailboxSettings& with) {
    auto mailbox = open_mailbox(with);
    if (!mailbox) ADD_FAILURE() << mailbox.error().message;
    return std::move(*mailbox);
  }
  /// As the service does it: what a batch brings is kept together with its position.
  Result<Mailbox::Looked> look(Mailbox& mailbox, std::size_t most = 1000, Millis time = Millis{20'000}) {
    auto looked = mailbox.look(
        position, most,
        [&](const Mailbox::Batch& batch) -> Status {
          for (const auto& one : batch.mails) ++taken[subject_of(one.bytes)];
          position = *parse_mailbox_position(to_text(batch.position));
          return {};
        },
        within(time));
    if (looked) position = looked->position;
    return looked;
  }
  void expect_each_once(int count) const {
    EXPECT_EQ(taken.size(), static_cast<std::size_t>(count));
    for (const auto& [subject, times] : taken) EXPECT_EQ(times, 1) << subject;
  }
  std::string folder_of(const std::string& folder) const { return server_->maildir(user, folder); }

  static std::unique_ptr<tests::Dovecot> server_;
  std::string user;
  MailboxPosition position;
  std::map<std::string, int> taken;
};
std::unique_ptr<tests::Dovecot> MailboxFaults::server_;

TEST_F(MailboxFaults, CertificatesMustFit) {
  for (const auto protocol : {Protocol::imap, Protocol::pop3}) {
    auto unknown = settings(protocol);
    unknown.ca_file.clear();
    const auto no_authority = look(*open(unknown));
    ASSERT_FALSE(no_authority);
    EXPECT_EQ(no_authority.error().code, Errc::unavailable);
    EXPECT_THAT(no_authority.error().message, HasSubstr("certificate"));
    auto other = settings(protocol);
    other.host = "127.0.0.1";  // the certificate is for "localhost"
    const auto other_name = look(*open(other));
    ASSERT_FALSE(other_name);
    EXPECT_EQ(other_name.error().code, Errc::unavailable);
    EXPECT_THAT(other_name.error().message, HasSubstr("mismatch"));
    other.verify_certificate = false;
    EXPECT_TRUE(look(*open(other)));
  }
}

TEST_F(MailboxFaults, StartsTls) {
  server_->deliver(user, mail("a"));
  for (const auto protocol : {Protocol::imap, Protocol::pop3}) {
    taken.clear();
    position = {};
    auto with = settings(protocol);
    with.tls = Tls::starttls;
    with.port = server_->port(protocol == Protocol::imap ? "imap" : "pop3");
    const auto mailbox = open(with);
    const auto looked = look(*mailbox);
    ASSERT_TRUE(looked) << looked.error().message;
    EXPECT_THAT(mailbox->describe(), HasSubstr("TLSv1.3"));
    expect_each_once(1);
  }
}

TEST_F(MailboxFaults, MovesToAFolderThatItMakes) {
  for (int i = 0; i < 5; ++i) server_->deliver(user, mail(std::to_string(i)));
  auto with = settings();
  with.after = After::move;
  with.move_to = "Erledigt.B\xc3\xbcro";
  with.batch_mails = 2;
  const auto looked = look(*open(with));
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_EQ(looked->problem, "");
  expect_each_once(5);
  EXPECT_EQ(server_->count(user), 0U);
  EXPECT_EQ(server_->count(user, "Erledigt.B&APw-ro"), 5U);
  EXPECT_THAT(position.unfinished, IsEmpty());
}

TEST_F(MailboxFaults, Flags) {
  server_->deliver(user, mail("a"));
  auto with = settings();
  with.after = After::flag;
  const auto mailbox = open(with);
  ASSERT_TRUE(look(*mailbox));
  std::string names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of("INBOX") + "/cur"))
    names += entry.path().filename().string() + " ";
  EXPECT_THAT(names, HasSubstr(":2,S"));
  auto kept = settings();
  server_->deliver(user, mail("b"));
  ASSERT_TRUE(look(*open(kept)));
  expect_each_once(2);
  EXPECT_EQ(server_->count(user), 2U);
}

TEST_F(MailboxFaults, AFullFolderStopsNoMailAndIsTriedAgain) {
  for (int i = 0; i < 3; ++i) server_->deliver(user, mail(std::to_string(i)));
  auto with = settings();
  with.after = After::move;
  with.move_to = "Full.Done";
  with.batch_mails = 2;
  {
    const auto mailbox = open(with);
    auto looked = look(*mailbox);
    ASSERT_TRUE(looked) << looked.error().message;
    EXPECT_THAT(looked->problem, HasSubstr("OVERQUOTA"));
    server_->deliver(user, mail("3"));
    ASSERT_TRUE(mailbox->wait(within(Millis{20'000})));
    looked = look(*mailbox);
    ASSERT_TRUE(looked) << looked.error().message;
    EXPECT_THAT(looked->problem, HasSubstr("tried again"));
    expect_each_once(4);
    EXPECT_GE(position.unfinished.size(), 3U);
  }
  with.move_to = "Done";
  const auto looked = look(*open(with));
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_EQ(looked->problem, "");
  expect_each_once(4);
  EXPECT_EQ(server_->count(user), 0U);
  EXPECT_GE(server_->count(user, "Done"), 3U);
  EXPECT_THAT(position.unfinished, IsEmpty());
}

TEST_F(MailboxFaults, TellsOfAFolderThatIsNotThere) {
  auto with = settings();
  with.folder = "Nowhere";
  const auto looked = look(*open(with));
  ASSERT_FALSE(looked);
  EXPECT_EQ(looked.error().code, Errc::invalid_input);
  EXPECT_THAT(looked.error().message, HasSubstr("'Nowhere'"));
}

/// As when the index was lost and made anew: the mails stay, their numbers are of another series.
void change_uid_validity(const std::string& maildir) {
  const std::string path = maildir + "/dovecot-uidlist";
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::smatch found;
  const std::string before = text.str();
  ASSERT_TRUE(std::regex_search(before, found, std::regex(" V([0-9]+) "))) << before;
  const std::string after =
      std::regex_replace(before, std::regex(" V[0-9]+ "), " V" + std::to_string(std::stoul(found[1]) + 1) + " ",
                         std::regex_constants::format_first_only);
  std::ofstream(path) << after;
  for (const auto& entry : std::filesystem::directory_iterator(maildir)) {
    if (entry.path().filename().string().starts_with("dovecot.index")) std::filesystem::remove(entry.path());
  }
}

TEST_F(MailboxFaults, ANewUidValidityReadsAllAgain) {
  for (int i = 0; i < 3; ++i) server_->deliver(user, mail(std::to_string(i)));
  ASSERT_TRUE(look(*open(settings())));
  expect_each_once(3);
  change_uid_validity(folder_of("INBOX"));
  const auto looked = look(*open(settings()));
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_TRUE(looked->reset);
  EXPECT_EQ(looked->taken, 3U);
  const auto again = look(*open(settings()));
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->reset);
  EXPECT_EQ(again->taken, 0U);
}

TEST_F(MailboxFaults, ANewUidValidityDoesNotBringWhatWasThereBeforeOrgo) {
  const std::string old = server_->deliver(user, mail("old"));
  std::filesystem::last_write_time(old, std::filesystem::file_time_type::clock::now() - std::chrono::hours(48));
  auto with = settings();
  with.only_new = true;
  ASSERT_TRUE(look(*open(with)));
  EXPECT_THAT(taken, IsEmpty());
  server_->deliver(user, mail("new"));
  ASSERT_TRUE(look(*open(with)));
  expect_each_once(1);
  change_uid_validity(folder_of("INBOX"));
  server_->deliver(user, mail("newer"));
  const auto looked = look(*open(with));
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_TRUE(looked->reset);
  EXPECT_FALSE(taken.contains("old"));
  EXPECT_EQ(taken["new"], 2);
  EXPECT_EQ(taken["newer"], 1);
  EXPECT_EQ(position.old_below, 0U);
}

TEST_F(MailboxFaults, WhereverTheConnectionIsCutEachMailComesOnce) {
  for (const auto protocol : {Protocol::imap, Protocol::pop3}) {
    for (const auto after : {After::keep, After::remove}) {
      SCOPED_TRACE((protocol == Protocol::imap ? "imap" : "pop3") +
                   std::string(after == After::keep ? " keep" : " remove"));
      taken.clear();
      position = {};
      const std::size_t before = server_->count(user);
      constexpr int kMails = 12;
      if (before == 0) {
        for (int i = 0; i < kMails; ++i) server_->deliver(user, mail(std::to_string(i), 500));
      }
      tests::CuttingProxy proxy(server_->port(protocol == Protocol::imap ? "imap" : "pop3"));
      auto with = through(proxy, settings(protocol));
      with.after = after;
      with.batch_mails = 5;
      const auto mailbox = open(with);
      int failures = 0;
      for (int cut = 1; cut < 20'000; cut += 97 + cut / 8) {
        proxy.cut_after(cut);
        if (!look(*mailbox)) ++failures;
        if (mailbox->describe().find("not connected") == std::string::npos) proxy.cut_now();
      }
      proxy.cut_after(-1);
      const auto looked = look(*mailbox);
      EXPECT_TRUE(looked) << looked.error().message;
      EXPECT_GT(failures, 10);
      expect_each_once(kMails);
      EXPECT_EQ(server_->count(user), after == After::remove ? 0U : static_cast<std::size_t>(kMails));
      EXPECT_THAT(position.unfinished, IsEmpty());
    }
  }
}

TEST_F(MailboxFaults, WhereverTheConnectionIsCutAllMailsGetMoved) {
  constexpr int kMails = 12;
  for (int i = 0; i < kMails; ++i) server_->deliver(user, mail(std::to_string(i), 500));
  tests::CuttingProxy proxy(server_->port("imap"));
  auto with = through(proxy, settings());
  with.after = After::move;
  with.move_to = "Done";
  with.batch_mails = 3;
  int unfinished = 0;
  for (int cut = 900; cut < 9'000 && (cut == 900 || server_->count(user) > 0); cut += 61) {
    proxy.cut_after(cut);
    const auto mailbox = open(with);  // as after a crash: only what was kept is known
    if (!look(*mailbox) && !position.unfinished.empty()) ++unfinished;
    mailbox->stop();
    proxy.cut_now();
  }
  proxy.cut_after(-1);
  const auto looked = look(*open(with));
  ASSERT_TRUE(looked) << looked.error().message;
  expect_each_once(kMails);
  EXPECT_GT(unfinished, 0);  // else nothing was cut between taking and moving
  EXPECT_EQ(server_->count(user), 0U);
  EXPECT_EQ(server_->count(user, "Done"), static_cast<std::size_t>(kMails));
  EXPECT_THAT(position.unfinished, IsEmpty());
}

TEST_F(MailboxFaults, ACutWithinIdleIsNoticedAndHealed) {
  tests::CuttingProxy proxy(server_->port("imap"));
  const auto mailbox = open(through(proxy, settings()));
  ASSERT_TRUE(look(*mailbox));
  auto waiting = std::async(std::launch::async, [&] { return mailbox->wait(within(Millis{30'000})); });
  const std::int64_t passed = proxy.passed();
  const Deadline until = within(Millis{10'000});
  while (proxy.passed() == passed && std::chrono::steady_clock::now() < until) std::this_thread::yield();  // "+ idling"
  proxy.cut_now();
  const Status waited = waiting.get();
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, Errc::unavailable);
  server_->deliver(user, mail("a"));
  ASSERT_TRUE(mailbox->wait(within(Millis{20'000})));  // connects anew, and says at once that it may be worth a look
  ASSERT_TRUE(look(*mailbox));
  expect_each_once(1);
  EXPECT_EQ(proxy.connections(), 2);
}

TEST_F(MailboxFaults, IdleIsGivenAnew) {
  tests::CuttingProxy proxy(server_->port("imap"));
  auto with = through(proxy, settings());
  with.idle_time = Millis{30};
  const auto mailbox = open(with);
  ASSERT_TRUE(look(*mailbox));
  const std::int64_t passed = proxy.passed();
  ASSERT_TRUE(mailbox->wait(within(Millis{300})));
  EXPECT_GT(proxy.passed(), passed + 3 * 10);  // "+ idling" several times
  server_->deliver(user, mail("a"));
  ASSERT_TRUE(mailbox->wait(within(Millis{20'000})));
  ASSERT_TRUE(look(*mailbox));
  expect_each_once(1);
  EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(MailboxFaults, ASilentServerIsGivenUp) {
  for (int i = 0; i < 3; ++i) server_->deliver(user, mail(std::to_string(i), 3000));
  for (const auto protocol : {Protocol::imap, Protocol::pop3}) {
    tests::CuttingProxy proxy(server_->port(protocol == Protocol::imap ? "imap" : "pop3"));
    auto with = through(proxy, settings(protocol));
    with.reply_time = Millis{150};
    proxy.stall_after(4000);
    position = {};
    const auto silent = look(*open(with));
    ASSERT_FALSE(silent);
    EXPECT_EQ(silent.error().code, Errc::unavailable);
    EXPECT_THAT(silent.error().message, HasSubstr("no answer in 150 ms"));

    with.reply_time = Millis{60'000};
    position = {};
    const auto late = look(*open(with), 1000, Millis{150});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Errc::deadline_exceeded);

    position = {};
    const auto mailbox = open(with);
    auto looking = std::async(std::launch::async, [&] { return look(*mailbox); });
    const Deadline until = within(Millis{10'000});
    while (proxy.passed() < 4000 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    const auto begun = std::chrono::steady_clock::now();
    mailbox->stop();
    const auto stopped = looking.get();
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Errc::unavailable);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, Millis{3'000});
  }
}

TEST_F(MailboxFaults, AServerThatIsKilledIsFoundAgain) {
  tests::Dovecot own;
  auto with = settings();
  with.ca_file = own.certificate();
  with.username = "office";
  with.port = own.port("imaps");
  const auto mailbox = open(with);
  own.deliver("office", mail("a"));
  ASSERT_TRUE(look(*mailbox));
  own.kill();
  ASSERT_FALSE(mailbox->wait(within(Millis{20'000})));
  const auto down = look(*mailbox);
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().code, Errc::unavailable);
  own.deliver("office", mail("b"));
  own.start();
  const auto up = look(*mailbox);
  ASSERT_TRUE(up) << up.error().message;
  EXPECT_FALSE(up->reset);
  expect_each_once(2);
}

TEST_F(MailboxFaults, TokensAreRenewedWhenTheServerRefusesThem) {
  const std::string token_file = server_->folder() + "/token-of-" + user;
  for (const auto protocol : {Protocol::imap, Protocol::pop3}) {
    position = {};
    taken.clear();
    std::ofstream(token_file) << R"({"access_token": "first-token", "expires_in": 3600})";
    server_->set_tokens("{\"first-token\": \"" + user + "\"}");
    tests::CuttingProxy proxy(server_->port(protocol == Protocol::imap ? "imap" : "pop3"));
    auto with = through(proxy, settings(protocol));
    with.password.clear();
    with.token.program = {"/bin/cat", token_file};
    const auto mailbox = open(with);
    const auto first = look(*mailbox);
    ASSERT_TRUE(first) << first.error().message;
    // It ends before its time, and a new one is to be had.
    std::ofstream(token_file) << "second-token\n";
    server_->set_tokens("{\"second-token\": \"" + user + "\"}");
    server_->deliver(user, mail("a"));
    proxy.cut_now();
    const auto renewed = look(*mailbox);
    ASSERT_TRUE(renewed) << renewed.error().message;
    EXPECT_EQ(taken.size(), 1U);
    // Nobody gives a good one any more.
    server_->set_tokens("{}");
    proxy.cut_now();  // it carries one connection at a time
    const auto mailbox_without = open(with);
    const auto refused = look(*mailbox_without);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::not_permitted) << refused.error().message;
    EXPECT_THAT(refused.error().message, Not(HasSubstr("second-token")));
    with.token.program = {"/bin/false"};
    const auto failed = look(*open(with));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::unavailable);
  }
}

TEST_F(MailboxFaults, MailsThatGoWhileOthersAreFetchedStopNothing) {
  std::vector<std::string> files;
  for (int i = 0; i < 6; ++i) files.push_back(server_->deliver(user, mail(std::to_string(i))));
  auto with = settings();
  with.batch_mails = 1;
  const auto mailbox = open(with);
  const auto looked = mailbox->look(
      {}, 100,
      [&](const Mailbox::Batch& batch) -> Status {
        for (const auto& one : batch.mails) ++taken[subject_of(one.bytes)];
        position = batch.position;
        if (taken.size() == 1) {
          // By another client: 2 and 4 go.
          for (const int gone : {2, 4}) {
            for (const char* sub : {"/new", "/cur"}) {
              for (const auto& entry : std::filesystem::directory_iterator(folder_of("INBOX") + sub)) {
                if (entry.path().filename().string().starts_with(
                        std::filesystem::path(files[static_cast<std::size_t>(gone)]).filename().string())) {
                  std::filesystem::remove(entry.path());
                }
              }
            }
          }
        }
        return {};
      },
      within(Millis{20'000}));
  if (looked) position = looked->position;  // Dovecot may also end the connection over a file that is gone
  for (int i = 0; i < 3 && taken.size() < 4; ++i) (void)look(*mailbox);
  expect_each_once(4);
  EXPECT_FALSE(taken.contains("2"));
  EXPECT_FALSE(taken.contains("4"));
  EXPECT_THAT(position.held_back, IsEmpty());
}

std::size_t peak_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6));
  }
  return 0;
}

TEST_F(MailboxFaults, FiftyThousandMails) {
  constexpr int kMails = 50'000;
  server_->deliver(user, mail("first"));  // makes the folders
  const std::string place = folder_of("INBOX") + "/new/";
  struct stat owner {};
  ASSERT_EQ(stat(place.c_str(), &owner), 0);
  for (int i = 1; i < kMails; ++i) {
    char name[64];
    std::snprintf(name, sizeof name, "1700000000.M%06dP1.test", i);
    const std::string path = place + name;
    const std::string text = mail(std::to_string(i), 10);
    std::FILE* file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
    ASSERT_TRUE(getuid() != 0 || chown(path.c_str(), owner.st_uid, owner.st_gid) == 0);
  }
  auto with = settings();
  with.only_new = true;
  with.reply_time = Millis{120'000};
  const auto begun = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
  const auto mailbox = open(with);
  const auto first = look(*mailbox, 1000, Millis{120'000});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->taken, 0U);
  std::printf("first look at %d mails: %.2f s\n", kMails, seconds());
  for (int i = 0; i < 10; ++i) server_->deliver(user, mail("new " + std::to_string(i)));
  ASSERT_TRUE(mailbox->wait(within(Millis{60'000})));
  while (taken.size() < 10 && seconds() < 100) {
    const auto looked = look(*mailbox, 1000, Millis{120'000});
    ASSERT_TRUE(looked) << looked.error().message;
  }
  std::printf("10 new ones among them: %.2f s\n", seconds());
  expect_each_once(10);

  // And all of them, as when old mail is wanted, too.
  taken.clear();
  position = {};
  with.only_new = false;
  const auto all = open(with);
  const std::size_t memory_before = peak_kilobytes();
  std::size_t count = 0;
  for (bool more = true; more;) {
    const auto looked = all->look(
        position, 1000,
        [&](const Mailbox::Batch& batch) -> Status {
          count += batch.mails.size();
          return {};
        },
        within(Millis{120'000}));
    ASSERT_TRUE(looked) << looked.error().message;
    position = looked->position;
    more = looked->more;
  }
  EXPECT_EQ(count, static_cast<std::size_t>(kMails + 10));
  std::printf("all: %zu KB more memory at the peak\n", peak_kilobytes() - memory_before);
#ifndef __SANITIZE_ADDRESS__  // which keeps what is freed for a while
  EXPECT_LT(peak_kilobytes() - memory_before, 32U << 10U);
#endif
}

}  // namespace
}  // namespace orgo
