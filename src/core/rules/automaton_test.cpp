#include "core/rules/automaton.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>

#include "base/unicode.h"

namespace orgo::rules {
namespace {

std::uint64_t seed() {
  const char* given = std::getenv("ORGO_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

std::set<std::uint32_t> scan(const Automaton& automaton, std::string_view text) {
  Found found;
  found.reset(automaton.pattern_count());
  std::set<std::uint32_t> patterns;
  automaton.scan(text, found,
                 [&](std::uint32_t pattern) { EXPECT_TRUE(patterns.insert(pattern).second) << "told twice"; });
  return patterns;
}

/// The slow and obvious way: runs of white space are one space, none at the ends.
std::string normal(std::string_view text, bool keep_ends) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      if (out.empty() || out.back() != ' ') out += ' ';
    } else {
      out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
  }
  if (!keep_ends) {
    if (out.starts_with(' ')) out.erase(0, 1);
    if (out.ends_with(' ')) out.pop_back();
  }
  return out;
}

bool naive(std::string_view text, const std::string& pattern, Anchors anchors) {
  const auto hay = normal(text, false);
  auto needle = normal(pattern, true);
  if (anchors.start && needle.starts_with(' ')) needle.erase(0, 1);
  if (anchors.end && needle.ends_with(' ')) needle.pop_back();
  if (anchors.start && anchors.end) return hay == needle;
  if (anchors.start) return hay.starts_with(needle);
  if (anchors.end) return hay.ends_with(needle);
  return hay.find(needle) != std::string::npos;
}

TEST(Automaton, FindsOverlappingAndNestedPatterns) {  // the example of Aho and Corasick
  Automaton automaton;
  const auto he = automaton.add("he"), she = automaton.add("she"), his = automaton.add("his"),
             hers = automaton.add("hers");
  EXPECT_EQ(automaton.add("HE"), he);
  automaton.build();
  EXPECT_THAT(scan(automaton, "ushers"), testing::UnorderedElementsAre(he, she, hers));
  EXPECT_THAT(scan(automaton, "USHers\nhis"), testing::UnorderedElementsAre(he, she, hers, his));
  EXPECT_THAT(scan(automaton, ""), testing::IsEmpty());
}

TEST(Automaton, EmptyTextIsFoundOnlyWithBothAnchors) {
  Automaton automaton;
  const auto empty = automaton.add("", {true, true});
  automaton.build();
  EXPECT_THAT(scan(automaton, "  \r\n "), testing::ElementsAre(empty));
  EXPECT_THAT(scan(automaton, "x"), testing::IsEmpty());
}

TEST(Automaton, NoByteOfATextStandsForTheBeginningOrTheEnd) {
  Automaton automaton;
  automaton.add("a", {true, false});
  automaton.add("b", {false, true});
  automaton.build();
  for (int c = 0; c < 256; ++c) {
    const auto byte = std::string(1, static_cast<char>(c));
    const bool space = c == ' ' || (c >= 9 && c <= 13);
    EXPECT_EQ(scan(automaton, "x" + byte + "a").size(), 0U) << c;
    EXPECT_EQ(scan(automaton, "b" + byte + "x").size(), 0U) << c;
    EXPECT_EQ(scan(automaton, byte + "a").size(), space || c == 'a' || c == 'A' ? 1U : 0U) << c;
  }
}

TEST(Automaton, AgreesWithNaiveSearch) {
  const auto start = seed();
  SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(start));
  std::mt19937_64 random(start);
  const auto text_of = [&](std::size_t most, std::string_view letters) {
    std::string text;
    for (auto n = random() % (most + 1); n > 0; --n) text += letters[random() % letters.size()];
    return text;
  };
  for (int round = 0; round < 1'000; ++round) {
    // Few letters, so that patterns nest and overlap; sometimes many patterns, so that the sparse part is used.
    const std::string letters = round % 3 == 0 ? "ab \n" : round % 3 == 1 ? "abcdefgh  XY" : "aB\xC3\xA4 ";
    Automaton automaton;
    std::vector<std::pair<std::string, Anchors>> patterns;
    std::vector<std::uint32_t> numbers;
    for (auto n = 1 + random() % (round % 100 == 0 ? 400 : 12); n > 0; --n) {
      const Anchors anchors{random() % 4 == 0, random() % 4 == 0};
      auto pattern = text_of(round % 100 == 0 ? 30 : 6, letters);
      if (normal(pattern, !(anchors.start || anchors.end)).empty()) pattern += 'a';
      numbers.push_back(automaton.add(pattern, anchors));
      patterns.emplace_back(std::move(pattern), anchors);
    }
    automaton.build();
    for (int message = 0; message < 5; ++message) {
      auto text = text_of(60, letters);
      if (random() % 2 == 0) text += patterns[random() % patterns.size()].first;
      const auto found = scan(automaton, text);
      for (std::size_t i = 0; i < patterns.size(); ++i)
        ASSERT_EQ(found.contains(numbers[i]), naive(text, patterns[i].first, patterns[i].second))
            << "text '" << text << "' pattern '" << patterns[i].first << "' " << patterns[i].second.start
            << patterns[i].second.end;
    }
  }
}

TEST(Automaton, SparsePartAgreesWithNaiveSearch) {
  const auto start = seed();
  SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(start));
  std::mt19937_64 random(start);
  const auto word = [&](std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += "abcdefghijklmnopqrstuvwxyz0123456789 "[random() % 37];
    return text;
  };
  Automaton automaton;
  std::vector<std::string> patterns;
  for (int i = 0; i < 2'000; ++i) {
    patterns.push_back("x" + word(80) + "y");
    EXPECT_EQ(automaton.add(patterns.back()), static_cast<std::uint32_t>(i));
  }
  automaton.build();
  EXPECT_LT(automaton.memory(), 16U << 20U);
  for (int round = 0; round < 20; ++round) {
    // Pieces of patterns after one another: into the sparse part, out by a suffix, in again, or to its end.
    std::string text;
    for (int piece = 0; piece < 4; ++piece) {
      const auto& pattern = patterns[random() % patterns.size()];
      text += random() % 3 == 0 ? pattern : pattern.substr(0, random() % pattern.size());
    }
    const auto found = scan(automaton, text);
    for (std::size_t i = 0; i < patterns.size(); ++i)
      ASSERT_EQ(found.contains(static_cast<std::uint32_t>(i)), naive(text, patterns[i], {})) << text;
  }
}

TEST(Automaton, WholeWords) {
  Automaton automaton{Automaton::Mode::words};
  const auto leak = automaton.add("leak"), phrase = automaton.add("burst  pipe"), email = automaton.add("e-mail");
  automaton.build();
  EXPECT_THAT(scan(automaton, "leak"), testing::ElementsAre(leak));
  EXPECT_THAT(scan(automaton, "A Leak, leak!"), testing::ElementsAre(leak));
  EXPECT_THAT(scan(automaton, "leaking oakleak leak2 _leak"), testing::IsEmpty());
  EXPECT_THAT(scan(automaton, "(burst\r\n pipe)"), testing::ElementsAre(phrase));
  EXPECT_THAT(scan(automaton, "my e-mail."), testing::ElementsAre(email));
  EXPECT_THAT(scan(automaton, "e mail"), testing::ElementsAre(email));
}

}  // namespace
}  // namespace orgo::rules
