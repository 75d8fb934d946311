// What it costs to ask the rules: messages a second on one core, for 10 to 10,000 rules and two sizes of mail.
// "rules": rules as people write them. "rules_mix": four of five look for words, the fifth for a regular expression, in
// subject or body, without case; all that an explanation needs is kept; beside it, the same by asking rule after rule
// and by RE2::Set alone. Prints one JSON line per case; times are CPU time of the thread, medians of 5 rounds.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "base/regex.h"
#include "base/unicode.h"
#include "core/module/module_set.h"
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
    "please",   "the",      "room",     "school", "heating", "window", "meeting", "invoice", "printer", "water",
    "leak",     "urgent",   "parents",  "bus",    "teacher", "lesson", "monday",  "report",  "kitchen", "garden",
    "contract", "delivery", "paper",    "broken", "light",   "door",   "key",     "lost",    "found",   "question",
    "answer",   "today",    "tomorrow", "week",   "budget",  "office", "number",  "phone",   "address", "thanks"};

/// Rules as people write them: mostly one or two words of a subject or a text, some senders, few regular expressions.
std::string make_rules(int count) {
  std::mt19937 random(7);
  const auto word = [&] { return std::string(kWords[random() % kWords.size()]); };
  std::string yaml = "rules:\n";
  for (int i = 0; i < count; ++i) {
    const auto n = std::to_string(i);
    std::string condition;
    switch (i % 10) {
      case 0:
        condition = "subject contains '" + word() + " " + n + "' or body contains '" + word() + " " + n + "'";
        break;
      case 1:
        condition = "from is 'person" + n + "@school.org'";
        break;
      case 2:
        condition = "from ends with '@company" + n + ".com' and not subject contains '" + word() + "'";
        break;
      case 3:
        condition = "subject starts with '[list" + n + "]'";
        break;
      case 4:
        condition = "any recipient is 'team" + n + "@school.org'";
        break;
      case 5:
        condition = "body contains 'ticket " + n + "' and (hour < 8 or hour >= 18)";
        break;
      case 6:
        condition = "attachment name ends with '" + n + ".pdf' or header[X-Source] is 'system" + n + "'";
        break;
      case 7:
        condition = "keywords contains 'leak' and subject contains '" + word() + "'";
        break;
      case 8:
        condition = "subject contains '" + word() + "' and subject contains '" + word() + "'";
        break;
      default:
        condition = i % 100 == 9 ? "subject matches /room [0-9]{" + std::to_string(3 + i % 3) + "}/i"
                                 : "size > " + std::to_string(1 + i % 50) + " MB and body contains '" + word() + "'";
    }
    yaml += "  - name: r" + n + "\n    condition: \"" + condition + "\"\n    action: {route_to: team" + n +
            "@school.org, tag: t" + std::to_string(i % 7) + "}\n";
  }
  return yaml;
}

std::vector<Message> make_messages(std::size_t bytes, bool umlauts) {
  std::mt19937 random(11);
  std::vector<Message> messages(200);
  for (auto& message : messages) {
    const auto word = [&] { return std::string(kWords[random() % kWords.size()]); };
    message.from = Address{"Anna Smith", "person" + std::to_string(random() % 3000) + "@school.org"};
    message.make_mail().to = {{"", "office@school.org"}};
    message.subject = word() + " " + word() + " " + word() + " in room " + std::to_string(100 + random() % 50);
    for (int column = 0; message.text.size() < bytes;) {
      const auto next = random() % 50 == 0 && umlauts ? std::string("Tür für Übung") : word();
      message.text += next;
      column += static_cast<int>(next.size());
      message.text += column > 65 ? "\r\n" : " ";
      if (column > 65) column = 0;
    }
    message.make_mail().headers = {
        {"Received", "from a by b"}, {"From", "x"}, {"To", "y"}, {"Subject", "z"}, {"Date", "now"},
        {"X-Source", "none"}};
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

/// 2,000 words that look like words, from syllables; the first ones are common.
std::vector<std::string> vocabulary() {
  constexpr std::array<const char*, 24> kSyllables{"ma", "ter", "lo",  "vin", "sa", "rel", "ku", "tion",
                                                   "ba", "den", "pro", "lis", "mo", "cal", "re", "sto",
                                                   "ni", "fer", "ta",  "gre", "hu", "wen", "di", "par"};
  std::mt19937 random(3);
  std::vector<std::string> words;
  while (words.size() < 2'000) {
    std::string word;
    for (auto n = 1 + random() % 3; n > 0; --n) word += kSyllables[random() % kSyllables.size()];
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

struct MixRule {
  bool subject;
  bool regex;
  std::string text;
};

/// Phrases and numbered words as people ask for them; expressions with a number, an alternative or an end.
std::vector<MixRule> make_mix(int count, const std::vector<std::string>& words) {
  std::mt19937 random(5);
  const auto word = [&] { return words[100 + random() % (words.size() - 100)]; };
  std::vector<MixRule> rules;
  for (int i = 0; i < count; ++i) {
    MixRule rule{random() % 2 == 0, i % 5 == 4, {}};
    if (!rule.regex) {
      rule.text = random() % 2 == 0 ? word() + " " + word() : word() + " " + std::to_string(random() % 1'000);
    } else {
      switch (random() % 4) {
        case 0:
          rule.text = word() + " ?[0-9]{3,5}";
          break;
        case 1:
          rule.text = "(" + word() + "|" + word() + ") (no|nr)\\.? ?[0-9]+";
          break;
        case 2:
          rule.text = "\\b" + word() + "s?\\b.{0,20}" + word();
          break;
        default:
          rule.text = word() + "[a-z]* " + word() + "$";
          break;
      }
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<Message> mix_messages(const std::vector<std::string>& words, const std::vector<MixRule>& rules) {
  std::mt19937 random(13);
  std::vector<Message> messages(500);
  for (auto& message : messages) {
    // Zipf's law, roughly: half of a text are the hundred most common words.
    const auto word = [&] { return random() % 2 == 0 ? words[random() % 100] : words[random() % words.size()]; };
    message.from = Address{"Anna Smith", "anna@school.org"};
    message.make_mail().to = {{"", "office@school.org"}};
    for (int i = 0; i < 6; ++i) message.subject += (i > 0 ? " " : "Re: ") + word();
    message.text = "Dear colleagues,\r\n\r\n";
    std::size_t line = 0;
    while (message.text.size() < 450) {
      const auto next = random() % 12 == 0 ? std::to_string(random() % 1'000) : word();
      message.text += next;
      line += next.size() + 1;
      message.text += line > 70 ? "\r\n" : random() % 10 == 0 ? ", " : " ";
      if (line > 70) line = 0;
    }
    const auto& planted = rules[random() % rules.size()];
    if (!planted.regex) message.text += planted.text;
    message.size = message.text.size() + 500;
  }
  return messages;
}

std::size_t resident_kb() {
  std::size_t pages = 0;
  std::size_t ignored = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%zu %zu", &ignored, &pages) != 2) pages = 0;
    std::fclose(file);
  }
  return pages * 4;
}

std::size_t bench_mix(int count, bool only_kept = false) {
  const auto words = vocabulary();
  const auto mix = make_mix(count, words);
  std::string yaml = "rules:\n";
  for (std::size_t i = 0; i < mix.size(); ++i)
    yaml += "  - name: r" + std::to_string(i) + "\n    condition: " + (mix[i].subject ? "subject" : "body") +
            (mix[i].regex ? " matches /" + mix[i].text + "/i" : " contains '" + mix[i].text + "'") +
            "\n    action: {tag: t" + std::to_string(i % 7) + "}\n";
  const std::vector<SourceFile> files{{"rules.yaml", yaml}};
  const auto before = resident_kb();
  const auto start = Clock::now();
  const auto loaded = rules::load_rules(files);
  const auto load_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  if (!loaded.rules) {
    std::fputs(to_string(loaded.errors, files).c_str(), stderr);
    return 0;
  }
  const auto messages = mix_messages(words, mix);
  const Envelope envelope{.tenant = kTrialTenant, .recipient = mail_contact("office@school.org")};
  std::size_t sink = 1;
  std::size_t matched = 0;
  const auto facts = [&](std::size_t i, bool keywords) {
    rules::Facts made{messages[i], envelope, {}, {}, 10, 2};
    made.find_keywords = keywords;
    return made;
  };
  for (std::size_t i = 0; i < messages.size(); ++i)
    matched += loaded.rules->decide(facts(i, false), false).matched.size();
  const auto kept = median_us(
      messages.size(), [&](std::size_t i) { sink += loaded.rules->decide(facts(i, false), false).matched.size() + 1; });
  if (only_kept) {
    for (auto end = cpu_us() + 5e6; cpu_us() < end;)
      for (std::size_t i = 0; i < messages.size(); ++i)
        sink += loaded.rules->decide(facts(i, true), false).matched.size() + 1;
    std::printf("{\"bench\": \"rules_kept\", \"rules\": %d, \"kept_us\": %.3f, \"kept_per_s\": %.0f}\n", count, kept,
                1e6 / kept);
    return sink;
  }
  const auto keywords = median_us(
      messages.size(), [&](std::size_t i) { sink += loaded.rules->decide(facts(i, true), false).keywords.size(); });
  const auto rendered = median_us(
      messages.size(), [&](std::size_t i) { sink += loaded.rules->decide(facts(i, false), true).trace.size(); });
  const auto memory = resident_kb() - std::min(before, resident_kb());

  // The same, rule after rule.
  std::vector<Regex> regexes;
  std::vector<std::string> literals;
  for (const auto& rule : mix) {
    literals.push_back(fold_case(rule.text));
    regexes.push_back(*Regex::compile(rule.regex ? rule.text : Regex::quote(rule.text), {true}));
  }
  std::size_t naive_matched = 0;
  const auto naive_one = [&](std::size_t i) {
    const auto subject = fold_case(messages[i].subject);
    const auto body = fold_case(messages[i].text);
    for (std::size_t r = 0; r < mix.size(); ++r) {
      if (mix[r].regex)
        naive_matched += regexes[r].matches(mix[r].subject ? messages[i].subject : messages[i].text) ? 1U : 0U;
      else naive_matched += (mix[r].subject ? subject : body).find(literals[r]) != std::string::npos ? 1U : 0U;
    }
  };
  const std::size_t few = std::max<std::size_t>(5, 50'000 / mix.size() / 10);
  const auto naive = median_us(std::min<std::size_t>(few, messages.size()), naive_one);
  sink += naive_matched;

  double set_us = 0;
  std::array<RegexSet, 2> sets;
  for (const auto& rule : mix) sets[rule.subject ? 0 : 1].add(rule.regex ? rule.text : Regex::quote(rule.text), true);
  bool works = true;
  for (auto& set : sets) works = works && (set.size() == 0 || set.compile(64U << 20U));
  if (works) {
    std::vector<int> found;
    set_us = median_us(std::min<std::size_t>(std::max<std::size_t>(few / 5, 2), messages.size()), [&](std::size_t i) {
      found.clear();
      if (sets[0].size() > 0) sets[0].matches(messages[i].subject, found);
      if (sets[1].size() > 0) sets[1].matches(messages[i].text, found);
      sink += found.size();
    });
  }
  std::printf(
      "{\"bench\": \"rules_mix\", \"rules\": %d, \"text_bytes\": 450, \"load_ms\": %.1f, \"memory_mb\": %.1f, "
      "\"matched_each\": %.2f, "
      "\"kept_us\": %.2f, \"kept_per_s\": %.0f, \"with_keywords_per_s\": %.0f, \"rendered_us\": %.2f, "
      "\"rule_after_rule_per_s\": %.0f, "
      "\"re2_set_per_s\": %.0f}\n",
      count, load_ms, static_cast<double>(memory) / 1024,
      static_cast<double>(matched) / static_cast<double>(messages.size()), kept, 1e6 / kept, 1e6 / keywords, rendered,
      1e6 / naive, set_us > 0 ? 1e6 / set_us : 0.0);
  std::fflush(stdout);
  return sink;
}

/// The organization's rules and those of its modules, each with rules and words of its own.
std::size_t bench_modules(int modules) {
  const auto words = vocabulary();
  std::vector<modules::ModuleSource> sources;
  for (int m = 0; m < modules; ++m) {
    const auto name = "module_" + std::to_string(m);
    modules::ModuleSource source{name, "modules/" + name, {}};
    const auto put = [&](const std::string& path, std::string text) {
      source.files.push_back({source.folder + "/" + path, std::move(text)});
    };
    put("module.yaml", "name: " + name + "\nversion: 1.0.0\nteams: {crew: whoever does it}\n");
    std::string lexicon = "language: en\nkeywords:\n";
    std::string yaml = "rules:\n";
    for (std::size_t i = 0; i < 30; ++i) {
      const auto& word = words[(static_cast<std::size_t>(m) * 97 + i * 13) % words.size()];
      lexicon += "  k" + std::to_string(i) + ": [" + word + "x, " + word + " no]\n";
      yaml += "  - {name: r" + std::to_string(i) + ", condition: \"keywords contains 'k" + std::to_string(i) +
              "' or subject contains '" + word + " report'\", action: {tag: t" + std::to_string(i % 7) + "}}\n";
    }
    put("lexicon/en.yaml", lexicon);
    put("rules.yaml", yaml);
    sources.push_back(std::move(source));
  }
  const auto shelf = modules::load_modules(sources);
  for (const auto& refused : shelf.refused)
    for (const auto& error : refused.errors)
      std::fprintf(stderr, "%s: %s\n", error.path.c_str(), error.message.c_str());
  if (!shelf.refused.empty()) return 0;
  const auto mix = make_mix(100, words);
  const auto own = rules::load_rules({{"rules.yaml", make_rules(100)}});
  const auto start = Clock::now();
  const auto all = modules::combine(own.rules, shelf.modules);
  const auto combine_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  const auto messages = mix_messages(words, mix);
  const Envelope envelope{.tenant = kTrialTenant, .recipient = mail_contact("office@school.org")};
  std::size_t sink = 1;
  const auto decide = median_us(messages.size(), [&](std::size_t i) {
    rules::Facts facts{messages[i], envelope, {}, {}, 10, 2};
    facts.find_keywords = true;
    sink += all->decide(facts, false).matched.size();
  });
  std::printf(
      "{\"bench\": \"rules_modules\", \"modules\": %d, \"rules\": %zu, \"text_bytes\": 450, \"combine_ms\": %.1f, "
      "\"decide_us\": %.2f, \"decide_per_s\": %.0f}\n",
      modules, all->size(), combine_ms, decide, 1e6 / decide);
  std::fflush(stdout);
  return sink;
}

}  // namespace

int main(int argc, char** argv) {
  // With a number only that many rules, with a second word only what is kept, for long enough that a profile shows it;
  // with "modules" only those.
  const std::string what = argc > 1 ? argv[1] : "";
  if (argc > 2) return bench_mix(std::atoi(what.c_str()), true) == 0 ? 1 : 0;
  std::size_t sink = 0;
  std::vector<int> sizes{10, 100, 1'000, 10'000};
  if (what == "modules") sizes.clear();
  else if (!what.empty()) sizes = {std::atoi(what.c_str())};
  for (const int rules : sizes) sink += bench_mix(rules);
  for (const int modules : {0, 1, 8, 32}) sink += what.empty() || what == "modules" ? bench_modules(modules) : 0;
  for (const int rules : sizes) {
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
        const Envelope envelope{.tenant = kTrialTenant, .recipient = mail_contact("office@school.org")};
        const auto facts = [&](std::size_t i) { return rules::Facts{messages[i], envelope, {}, keywords[i], 10, 2}; };
        const auto decide = median_us(
            messages.size(), [&](std::size_t i) { sink += loaded.rules->decide(facts(i), false).matched.size(); });
        const auto traced = median_us(
            messages.size(), [&](std::size_t i) { sink += loaded.rules->decide(facts(i), true).trace.size(); });
        const auto words =
            median_us(messages.size(), [&](std::size_t i) { sink += loaded.rules->keywords(messages[i]).size(); });
        std::printf(
            "{\"bench\": \"rules\", \"rules\": %d, \"text_bytes\": %zu, \"ascii\": %s, \"load_ms\": %.1f, "
            "\"decide_us\": %.2f, "
            "\"decide_per_s\": %.0f, \"decide_with_trace_us\": %.2f, \"keywords_us\": %.2f}\n",
            rules, bytes, umlauts ? "false" : "true", load_ms, decide, 1e6 / decide, traced, words);
        std::fflush(stdout);
      }
  }
  return sink == 0 ? 1 : 0;
}
