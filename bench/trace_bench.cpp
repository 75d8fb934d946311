// What the trace of a decision costs: a whole decision about a mail of 2 KB without a trace, with the one that is
// stored
// ("what decided"), and with all its words, as they are made when somebody reads them; and making the words later. For
// 10 to 10,000 rules as people write them. Prints one JSON line per case; times are CPU time of the thread, medians of
// 7 rounds that alternate between the kinds, so that a busy machine slows all of them alike. Usage: trace_bench [RULES]
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "core/processing/decide.h"
#include "core/processing/trace.h"

namespace {

using namespace orgo;

double cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

const std::array<const char*, 24> kWords{"please",  "the",     "room",    "school", "heating", "window",
                                         "meeting", "invoice", "printer", "water",  "leak",    "parents",
                                         "bus",     "teacher", "lesson",  "monday", "report",  "key",
                                         "garden",  "paper",   "broken",  "light",  "door",    "lost"};

std::string make_rules(int count) {
  std::mt19937 random(7);
  const auto word = [&] { return std::string(kWords[random() % kWords.size()]); };
  std::string yaml = "rules:\n";
  for (int i = 0; i + 2 < count; ++i) {
    const auto n = std::to_string(i);
    std::string condition;
    switch (i % 5) {
      case 0:
        condition = "subject contains '" + word() + " " + n + "' or body contains '" + word() + " " + n + "'";
        break;
      case 1:
        condition = "from is 'person" + n + "@school.example'";
        break;
      case 2:
        condition = "body contains '" + word() + " " + word() + " " + word() + "' and subject contains '" + n + "'";
        break;
      case 3:
        condition =
            "subject contains '" + word() + "' and body contains '" + word() + "' and body contains 'code" + n + "'";
        break;
      default:
        condition = "subject matches /" + word() + " room " + n + "[0-9]*/";
    }
    yaml +=
        "  - {name: rule" + n + ", condition: \"" + condition + "\", action: {tag: t" + std::to_string(i % 7) + "}}\n";
  }
  return yaml + "  - {name: leaks, condition: \"body contains 'leak'\", action: {route_to: water@school.example}}\n" +
         "  - {name: rest, action: {route_to: office@school.example}}\n";
}

std::vector<Incoming> make_mails() {
  std::mt19937 random(11);
  std::vector<Incoming> mails;
  for (int i = 0; i < 100; ++i) {
    const auto word = [&] { return std::string(kWords[random() % kWords.size()]); };
    Incoming incoming{.id = MessageId{i + 1}, .envelope = {.tenant = TenantId{1}}};
    incoming.envelope.sender = mail_contact("a@load.example");
    incoming.envelope.recipient = mail_contact("office@school.example");
    incoming.envelope.received_at = from_ms(1'800'000'000'000);
    auto& message = incoming.message;
    message.message_id = std::to_string(i) + "@load.example";
    message.from = Address{"Anna Smith", "person" + std::to_string(random() % 3000) + "@school.example"};
    message.make_mail().to = {{"", "office@school.example"}};
    message.subject = word() + " " + word() + " room " + std::to_string(random() % 50);
    while (message.text.size() < 2'048) message.text += word() + (random() % 12 == 0 ? "\n" : " ");
    message.size = message.text.size() + 500;
    mails.push_back(std::move(incoming));
  }
  return mails;
}

void measure(int count) {
  const std::vector<SourceFile> files{{"rules.yaml", make_rules(count)}};
  const auto loaded = rules::load_rules(files);
  if (!loaded.rules) {
    std::fputs(to_string(loaded.errors, files).c_str(), stderr);
    std::exit(1);
  }
  const auto& rules = loaded.rules;
  const auto mails = make_mails();
  const Context context;
  const auto now = from_ms(1'800'000'000'000);
  std::size_t bytes_stored = 0, sink = 0;
  const auto decided = [&](const Incoming& mail, TraceDepth depth) {
    DecideSettings settings;
    settings.domain = "school.example";
    settings.trace = depth;
    return std::move(decide(mail, context, *rules, settings, now).find<MessageDecision>()->trace);
  };
  std::vector<std::string> stored;
  for (const auto& mail : mails) bytes_stored += stored.emplace_back(decided(mail, TraceDepth::decided)).size();
  const auto read_later = [&](std::size_t i) {
    auto trace = *parse_trace(stored[i]);
    complete(trace, *rules, mails[i].message, mails[i].envelope, {});
    return to_json(trace).size();
  };
  std::array<std::vector<double>, 4> rounds;
  for (int round = 0; round < 7; ++round)
    for (std::size_t kind = 0; kind < rounds.size(); ++kind) {
      const auto start = cpu_us();
      std::size_t done = 0;
      while (cpu_us() - start < 60'000)
        for (std::size_t i = 0; i < mails.size(); ++i, ++done)
          sink +=
              kind == 3
                  ? read_later(i)
                  : decided(mails[i], std::array{TraceDepth::none, TraceDepth::decided, TraceDepth::near}[kind]).size();
      rounds[kind].push_back((cpu_us() - start) / static_cast<double>(done));
    }
  std::array<double, 4> us{};
  for (std::size_t kind = 0; kind < rounds.size(); ++kind) {
    std::sort(rounds[kind].begin(), rounds[kind].end());
    us[kind] = rounds[kind][rounds[kind].size() / 2];
  }
  std::printf(
      "{\"bench\": \"trace\", \"rules\": %d, \"decide_us\": %.2f, \"with_trace_us\": %.2f, \"ratio\": %.2f, "
      "\"with_all_words_us\": %.2f, \"read_later_us\": %.2f, \"stored_bytes\": %zu}\n",
      count, us[0], us[1], us[1] / us[0], us[2], us[3], sink == 0 ? 0 : bytes_stored / mails.size());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    measure(std::atoi(argv[1]));
    return 0;
  }
  for (const int rules : {10, 100, 1'000, 10'000}) measure(rules);
  return 0;
}
