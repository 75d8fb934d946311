// The back-test of I3 over stored mail: how long 1,000 changed rules take over 100,000 mails on all cores. The mails
// lie in a real store on disk; each is loaded, parsed and decided twice. Prints one JSON line per round. usage:
// backtest_bench [MAILS] [RULES] [ROUNDS]
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "adapter/clock/system_clock.h"
#include "adapter/sql/stores.h"
#include "service/backtest/backtest.h"

namespace {

constexpr orgo::TenantId kTenant{1};  ///< as the first migration makes it

using namespace orgo;

const std::vector<std::string> kWords{"please",   "room",     "school", "heating", "window",  "meeting",
                                      "invoice",  "printer",  "water",  "leak",    "urgent",  "parents",
                                      "bus",      "teacher",  "lesson", "report",  "kitchen", "garden",
                                      "contract", "delivery", "paper",  "broken",  "light",   "door"};

/// Four of five ask for words in subject or body, every fifth is a regular expression, as in issue 4. `changed`: every
/// tenth routes elsewhere.
std::string make_rules(int count, bool changed) {
  std::mt19937 random(7);
  std::string yaml = "match: first\nrules:\n";
  for (int i = 0; i < count; ++i) {
    const auto& word = kWords[random() % kWords.size()];
    const auto number = std::to_string(i);
    const std::string field = i % 2 == 0 ? "subject" : "body";
    const std::string condition = i % 5 == 4 ? field + " matches /" + word + "[- ]" + number + "[a-z]?/i"
                                             : field + " contains '" + word + " " + number + "'";
    yaml += "  - name: r" + number + "\n    condition: \"" + condition + "\"\n    action: {route_to: team" +
            (changed && i % 10 == 0 ? "new" : number) + "@school.org}\n";
  }
  return yaml + "  - name: rest\n    action: {route_to: office@school.org}\n";
}

std::string make_mail(int number) {
  std::mt19937 random(static_cast<unsigned>(number));
  const auto word = [&] { return kWords[random() % kWords.size()]; };
  std::string mail = "From: Person <person" + std::to_string(number % 3000) +
                     "@school.org>\r\nTo: office@school.org\r\nSubject: " + word() + " " +
                     std::to_string(random() % 2000) + " " + word() + "\r\nMessage-ID: <" + std::to_string(number) +
                     "@bench.school.org>\r\nDate: Mon, 16 Nov 2026 08:12:41 +0000\r\nMIME-Version: "
                     "1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
  for (int line = 0; line < 24; ++line) {
    for (int i = 0; i < 9; ++i) mail += word() + " ";
    mail += std::to_string(random() % 2000) + "\r\n";
  }
  return mail;
}

std::shared_ptr<const rules::RuleSet> load(const std::string& yaml) {
  auto loaded = rules::load_rules({{"rules.yaml", yaml}});
  if (!loaded.rules) {
    std::fprintf(stderr, "%s", to_string(loaded.errors, {{"rules.yaml", yaml}}).c_str());
    std::exit(1);
  }
  return loaded.rules;
}

}  // namespace

int main(int count, char** arguments) {
  const int mails = count > 1 ? std::atoi(arguments[1]) : 100'000;
  const int rules = count > 2 ? std::atoi(arguments[2]) : 1'000;
  const int rounds = count > 3 ? std::atoi(arguments[3]) : 3;
  const auto folder = std::filesystem::temp_directory_path() / ("orgo-backtest-bench-" + std::to_string(getpid()));
  auto opened = SqlStores::open({.folder = folder.string()});
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    return 1;
  }
  auto& store = **opened;
  const auto now = SystemClock().now();
  std::uint64_t bytes = 0;
  for (int done = 0; done < mails;) {
    std::vector<std::string> texts;
    std::vector<RawMessage> batch;
    for (int i = 0; i < 500 && done < mails; ++i) texts.push_back(make_mail(done++));
    for (const auto& text : texts) {
      Envelope envelope{.tenant = kTenant};
      envelope.recipient = mail_contact("office@school.org");
      envelope.sender = mail_contact("person@school.org");
      envelope.received_at = now;
      batch.push_back({envelope, text});
      bytes += text.size();
    }
    if (const auto accepted = store.messages.accept(batch, within(Millis{60'000})); !accepted) {
      std::fprintf(stderr, "%s\n", accepted.error().message.c_str());
      return 1;
    }
  }
  const auto before = load(make_rules(rules, false)), after = load(make_rules(rules, true));
  for (int round = 0; round < rounds; ++round) {
    const auto began = std::chrono::steady_clock::now();
    const auto found =
        Backtest(before, after, {}).run(stored_messages(store.messages, kTenant, now - std::chrono::hours(24)));
    if (!found) {
      std::fprintf(stderr, "%s\n", found.error().message.c_str());
      return 1;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "{\"bench\":\"backtest\",\"mails\":%lld,\"mean_bytes\":%llu,\"rules\":%d,\"cores\":%u,\"changed\":%lld,"
        "\"seconds\":%.2f,"
        "\"mails_per_second\":%.0f,\"peak_mb\":%ld}\n",
        static_cast<long long>(found->messages()),
        static_cast<unsigned long long>(bytes / static_cast<unsigned>(mails)), rules,
        std::thread::hardware_concurrency(), static_cast<long long>(found->changed()), seconds,
        static_cast<double>(found->messages()) / seconds, usage.ru_maxrss / 1024);
  }
  opened->reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}
