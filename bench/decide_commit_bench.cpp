// From a stored mail to its committed decision, with 100 rules and the store on disk: lease, parse, look up what is
// known, ask the rules, commit, complete. "new": every mail opens a task; "replies": every other one answers an earlier
// one; "claims": every other one has lost its ids on the way and is known by a marker or by its subject. CPU time of
// the whole process with the store's thread; doors and intake stand before the measured part. Prints JSON lines. Usage:
// decide_commit_bench [MAILS] [BATCH] [FOLDER]
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "adapter/clock/system_clock.h"
#include "adapter/memory/memory_work_hints.h"
#include "adapter/sql/stores.h"
#include "service/processing/processor.h"

namespace {

using namespace orgo;
using Steady = std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void must(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "decide_commit_bench: %s failed\n", what);
  std::exit(1);
}

/// As in bench/run: four of five by words, every fifth by a regular expression.
std::string make_rules(int count) {
  const char* const words[] = {"leak", "invoice", "window", "exam", "printer", "sick", "heating", "books"};
  std::string yaml = "match: first\nrules:\n";
  for (int i = 0; i < count; ++i) {
    const std::string word = words[i % 8], n = std::to_string(i);
    const auto condition = i % 5 == 4 ? "subject matches /" + word + "-" + n + " [0-9]+/"
                                      : "subject contains '" + word + " " + n + "' or body contains 'code" + n + "x'";
    yaml += "  - {name: rule" + n + ", condition: \"" + condition + "\", action: {route_to: team" +
            std::to_string(i % 7) + "@school.example, escalate_after: 2 hours}}\n";
  }
  return yaml +
         "  - {name: rest, condition: always, action: {route_to: office@school.example, escalate_after: 4 hours}}\n";
}

enum class Traffic { all_new, replies, claims };

std::string mail(int number, Traffic traffic) {
  static const char* const subjects[] = {"Water leak in room",    "Invoice number",        "Broken window in hall",
                                         "Question about exam",   "Printer does not work", "Sick leave for class",
                                         "Heating is cold, room", "Order of books, list"};
  static const std::string line =
      "please come today, we need help with the window in the office and the water, thanks\r\n";
  const bool second = traffic != Traffic::all_new && number % 2 == 1;
  const int of = std::max(0, number - 1001);  // answered long after it was decided: an even one
  const auto subject = std::string(subjects[(second ? of : number) % 8]) + " " + std::to_string(second ? of : number);
  const auto person = std::to_string((second ? of : number) % 1000);
  std::string text = "Message-ID: <" + std::to_string(number) + "@load.example>\r\nFrom: Person " + person +
                     " <person" + person + "@load.example>\r\nTo: office@school.example\r\nSubject: ";
  if (second && traffic == Traffic::claims && number % 4 == 1) text += "Re: [T-" + std::to_string(of / 2 + 1) + "] ";
  else if (second) text += "Re: ";
  text += subject + "\r\nDate: Sun, 22 Nov 2026 01:22:35 +0000\r\nMIME-Version: 1.0\r\n";
  if (second && traffic == Traffic::replies)
    text += "In-Reply-To: <" + std::to_string(of) + "@load.example>\r\nReferences: <" + std::to_string(of) +
            "@load.example>\r\n";
  text += "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  while (text.size() < 2048) text += line;
  return text;
}

void run(const char* name, Traffic traffic, int count, int batch, const std::string& folder) {
  std::filesystem::remove_all(folder);
  auto opened = SqlStores::open({.folder = folder});
  must(opened.has_value(), "opening");
  auto& stores = **opened;
  SystemClock clock;
  const std::shared_ptr<const rules::RuleSet> rules = rules::load_rules({{"rules.yaml", make_rules(100)}}).rules;
  must(rules != nullptr, "loading the rules");
  ProcessingSettings settings;
  settings.batch = batch;
  PolicySettings own;
  own.decide.domain = "school.example";
  own.decide.id_key = "0123456789abcdef";
  const auto policy = std::make_shared<const Policy>(Policy{.tenant = TenantId{1}, .rules = rules, .settings = own});
  MemoryWorkHints hints;
  Processor processor(
      stores.messages, stores.work, hints, stores.context, stores.changes, clock,
      [&](TenantId) -> Result<std::shared_ptr<const Policy>> { return policy; }, settings);
  double cpu = 0, seconds = 0;
  int decided = 0;
  const int wave = 1000;  // accepted, then decided
  for (int at = 0; at < count; at += wave) {
    std::vector<std::string> mails;
    std::vector<RawMessage> raw;
    for (int i = at; i < std::min(count, at + wave); ++i) mails.push_back(mail(i, traffic));
    for (const auto& one : mails)
      raw.push_back({{.tenant = TenantId{1},
                      .channel = Channel::lmtp,
                      .sender = mail_contact("a@load.example"),
                      .recipient = mail_contact("office@school.example"),
                      .peer = "127.0.0.1",
                      .received_at = clock.now()},
                     one});
    const auto accepted = stores.messages.accept(raw, within(std::chrono::seconds(60)));
    must(accepted.has_value(), "accepting");
    std::vector<WorkKey> keys;
    for (const auto& one : *accepted) keys.push_back({TenantId{1}, WorkKind::process, one.message.value});
    hints.announce(keys, clock.now());
    const auto begin = Steady::now();
    const auto cpu_begin = cpu_seconds();
    for (;;) {
      const auto report = processor.step();
      must(report.has_value() && report->buried == 0, "deciding");
      if (report->leased == 0) break;
      decided += report->decided;
    }
    cpu += cpu_seconds() - cpu_begin;
    seconds += std::chrono::duration<double>(Steady::now() - begin).count();
  }
  must(decided == count, "deciding all");
  std::printf(
      "{\"bench\":\"decide_commit\",\"case\":\"%s\",\"mails\":%d,\"batch\":%d,\"per_second\":%.0f,\"cpu_us_each\":%.1f}"
      "\n",
      name, count, batch, count / seconds, cpu / count * 1e6);
  std::fflush(stdout);
  stores.engine->close();
  std::filesystem::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 20'000;
  const int batch = argc > 2 ? std::atoi(argv[2]) : 100;
  const std::string folder =
      argc > 3 ? argv[3] : (std::filesystem::temp_directory_path() / "orgo-decide-commit-bench").string();
  run("new", Traffic::all_new, count, batch, folder);
  run("replies", Traffic::replies, count, batch, folder);
  run("claims", Traffic::claims, count, batch, folder);
  return 0;
}
