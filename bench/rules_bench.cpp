// What it costs to ask the rules: messages a second on one core, for 10 to 10,000 rules and two sizes of mail.
// Prints one JSON line per case; times are CPU time of the thread, medians of 5 rounds.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "core/rules/rule_set.h"

namespace {

using namespace orgo;
using Clock = std::chrono::steady_clock;

double cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

const std::array<const char*, 40> kWords{
    "please",  "the",     "room",    "school", "heating", "window", "meeting", "invoice", "printer", "water",
    "leak",    "urgent",  "parents", "bus",    "teacher", "lesson", "monday",  "report",  "kitchen", "garden",
    "contract", "delivery", "paper", "broken", "light",   "door",   "key",     "lost",    "found",   "question",
    "answer",  "today",   "tomorrow", "week",  "budget",  "office", "number",  "phone",   "address", "thanks"};

/// Rules as people write them: mostly one or two words of a subject or a text, some senders, few regular expressions.
std::string make_rules(int count) {
  std::mt19937 random(7);
  const auto word = [&] { return std::string(kWords[random() % kWords.size()]); };
  std::string yaml = "rules:\n";
  for (int i = 0; i < count; ++i) {
    const auto n = std::to_string(i);
    std::string condition;
    switch (i % 10) {
      case 0: condition = "subject contains '" + word() + " " + n + "' or body contains '" + word() + " " + n + "'"; break;
      case 1: condition = "from is 'person" + n + "@school.org'"; break;
      case 2: condition = "from ends with '@company" + n + ".com' and not subject contains '" + word() + "'"; break;
      case 3: condition = "subject starts with '[list" + n + "]'"; break;
      case 4: condition = "any recipient is 'team" + n + "@school.org'"; break;
      case 5: condition = "body contains 'ticket " + n + "' and (hour < 8 or hour >= 18)"; break;
      case 6: condition = "attachment name ends with '" + n + ".pdf' or header[X-Source] is 'system" + n + "'"; break;
      case 7: condition = "keywords contains 'leak' and subject contains '" + word() + "'"; break;
      case 8: condition = "subject contains '" + word() + "' and subject contains '" + word() + "'"; break;
      default:
        condition = i % 100 == 9 ? "subject matches /room [0-9]{" + std::to_string(3 + i % 3) + "}/i"
                                 : "size > " + std::to_string(1 + i % 50) + " MB and body contains '" + word() + "'";
    }
    yaml += "  - name: r" + n + "\n    condition: \"" + condition + "\"\n    action: {route_to: team" + n + "@school.org, tag: t" + std::to_string(i % 7) + "}\n";
  }
  return yaml;
}

std::vector<Message> make_messages(std::size_t bytes, bool umlauts) {
  std::mt19937 random(11);
  std::vector<Message> messages(200);
  for (auto& message : messages) {
    const auto word = [&] { return std::string(kWords[random() % kWords.size()]); };
    message.from = Address{"Anna Smith", "person" + std::to_string(random() % 3000) + "@school.org"};
    message.to = {{"", "office@school.org"}};
    message.subject = word() + " " + word() + " " + word() + " in room " + std::to_string(100 + random() % 50);
    for (int column = 0; message.text.size() < bytes;) {
      const auto next = random() % 50 == 0 && umlauts ? std::string("Tür für Übung") : word();
      message.text += next;
      column += static_cast<int>(next.size());
      message.text += column > 65 ? "\r\n" : " ";
      if (column > 65) column = 0;
    }
    message.headers = {{"Received", "from a by b"}, {"From", "x"}, {"To", "y"}, {"Subject", "z"}, {"Date", "now"}, {"X-Source", "none"}};
    message.size = message.text.size() + 500;
  }
  return messages;
}

template <typename Work>
double median_us(std::size_t count, Work&& work) {
  std::vector<double> rounds;
  for (int round = 0; round < 5; ++round) {
    std::size_t done = 0;
    const auto start = cpu_us();
    while (cpu_us() - start < 50'000) {
      for (std::size_t i = 0; i < count; ++i) work(i);
      done += count;
    }
    rounds.push_back((cpu_us() - start) / static_cast<double>(done));
  }
  std::sort(rounds.begin(), rounds.end());
  return rounds[rounds.size() / 2];
}

}  // namespace

int main() {
  std::size_t sink = 0;
  for (const int rules : {10, 100, 1'000, 10'000}) {
    const std::vector<SourceFile> files{{"rules.yaml", make_rules(rules)}};
    const auto start = Clock::now();
    const auto loaded = rules::load_rules(files);
    const auto load_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (!loaded.rules) {
      std::fputs(to_string(loaded.errors, files).c_str(), stderr);
      return 1;
    }
    for (const std::size_t bytes : {std::size_t{450}, std::size_t{2'048}})
      for (const bool umlauts : {false, true}) {
        const auto messages = make_messages(bytes, umlauts);
        std::vector<std::vector<std::string>> keywords;
        for (const auto& message : messages) keywords.push_back(loaded.rules->keywords(message));
        const Envelope envelope{.recipient = "office@school.org"};
        const auto facts = [&](std::size_t i) { return rules::Facts{messages[i], envelope, {}, keywords[i], 10, 2}; };
        const auto decide = median_us(messages.size(), [&](std::size_t i) { sink += loaded.rules->decide(facts(i), false).matched.size(); });
        const auto traced = median_us(messages.size(), [&](std::size_t i) { sink += loaded.rules->decide(facts(i), true).trace.size(); });
        const auto words = median_us(messages.size(), [&](std::size_t i) { sink += loaded.rules->keywords(messages[i]).size(); });
        std::printf("{\"bench\": \"rules\", \"rules\": %d, \"text_bytes\": %zu, \"ascii\": %s, \"load_ms\": %.1f, \"decide_us\": %.2f, "
                    "\"decide_per_s\": %.0f, \"decide_with_trace_us\": %.2f, \"keywords_us\": %.2f}\n",
                    rules, bytes, umlauts ? "false" : "true", load_ms, decide, 1e6 / decide, traced, words);
        std::fflush(stdout);
      }
  }
  return sink == 0 ? 1 : 0;
}
