#include "core/rules/literal_set.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "base/text.h"
#include "base/unicode.h"
#include "core/rules/lexicon.h"

namespace orgo::rules {
namespace {

std::uint64_t seed() {
  const char* given = std::getenv("ORGO_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

struct Found1 {
  std::size_t at;
  std::size_t length;
};
std::map<std::uint32_t, Found1> scan(const LiteralSet& set, std::string_view raw, bool* complete = nullptr) {
  FoldedText text(set.level());
  text.set(raw);
  Found found;
  found.reset(set.size());
  std::map<std::uint32_t, Found1> hits;
  const bool all = set.scan(text, found, [&](std::uint32_t literal, std::size_t at, std::size_t length) {
    hits[literal] = {at, length};
  });
  if (complete != nullptr) *complete = all;
  return hits;
}

std::string collapsed(std::string_view text) {
  std::string out;
  for (const char c : trim(text)) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) out += c;
    if (space && !out.empty() && out.back() != ' ') out += ' ';
  }
  return out;
}

TEST(FoldedText, IsWhatFoldingAndOneSpaceMakeOfIt) {
  std::mt19937_64 random(seed());
  const std::vector<std::string> pieces{"a",  "B",      "Zz",      " ",      "  ",           "\r\n",
                                        "\t", "\u00DC", "e\u0301", "\u00DF", "\u092A\u093E", "\u6F0F\u6C34",
                                        "_",  "-",      "\u2014",  "9",      "\xFF",         "\uFF37"};
  std::vector<FoldedText> texts;
  for (const auto level : vector_levels()) texts.emplace_back(level);
  for (int round = 0; round < 3'000; ++round) {
    std::string raw;
    for (auto n = random() % 150; n > 0; --n) raw += pieces[random() % (round % 2 == 0 ? 7 : pieces.size())];
    auto& text = texts[static_cast<std::size_t>(round) % texts.size()];
    text.set(raw);
    ASSERT_EQ(text.is_plain(), is_ascii(raw));
    const auto wanted = collapsed(fold_case(raw));
    ASSERT_EQ(text.text(), wanted) << raw;
    std::string words;
    for (std::size_t at = 0; at < wanted.size();) {
      const auto start = at;
      const auto c = decode_utf8(wanted, at);
      words +=
          is_word_character(c) && !stands_alone(c) ? wanted.substr(start, at - start) : std::string(at - start, ' ');
    }
    ASSERT_EQ(std::string_view(text.words(), wanted.size()), words);
    for (int i = 1; i <= static_cast<int>(FoldedText::kMargin); ++i) ASSERT_EQ(text.words()[-i], ' ');
    for (std::size_t i = 0; i < FoldedText::kMargin; ++i) ASSERT_EQ(text.words()[wanted.size() + i], ' ');
    for (std::size_t at = 0; text.is_plain() && at < wanted.size(); ++at)
      ASSERT_EQ(wanted[at] == ' ' ? trim(raw.substr(text.raw_of(at), 1)) : ascii_lower(raw.substr(text.raw_of(at), 1)),
                wanted[at] == ' ' ? "" : wanted.substr(at, 1));
  }
}

TEST(FoldedText, KnowsWhereItsBytesStand) {
  const auto place = [](std::string_view raw, std::string_view piece) {
    FoldedText text;
    text.set(raw);
    const auto at = text.text().find(piece);
    const auto found = place_in_raw(raw, at, piece.size());
    return found ? std::string(raw.substr(found->first, found->second)) : "nothing";
  };
  EXPECT_EQ(place("Water  LEAK in\r\nRoom 102", "leak in room"), "LEAK in\r\nRoom");
  EXPECT_EQ(place("  Neue Stra\u00DFe gesperrt", "strasse"), "Stra\u00DFe");
  EXPECT_EQ(place("die U\u0308bung", "\u00FCbung"), "U\u0308bung");
  EXPECT_EQ(place("\uFF37ater", "water"), "\uFF37ater");
}

TEST(LiteralSet, FindsWhatAPlainSearchFinds) {
  const auto start = seed();
  SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(start));
  std::mt19937_64 random(start);
  const std::vector<std::string> pieces{"a",   "b",      "ab",          "leak",   "Room", " ",    "102", "-",
                                        "[x]", "\u00FC", "stra\u00DFe", "\u6F0F", "\r\n", "aaaa", "!!"};
  const auto make = [&](std::uint64_t most) {
    std::string text;
    for (auto n = 1 + random() % most; n > 0; --n) text += pieces[random() % pieces.size()];
    return text;
  };
  std::size_t hits = 0;
  for (int round = 0; round < 400; ++round) {
    LiteralSet set(vector_levels()[static_cast<std::size_t>(round) % vector_levels().size()]);
    struct Wanted {
      std::string text;
      Anchors anchors;
    };
    std::map<std::uint32_t, Wanted> wanted;
    for (int i = 0; i < 15; ++i) {
      const Anchors anchors{random() % 4 == 0, random() % 4 == 0};
      auto text = make(5);
      if (trim(text).empty()) continue;
      wanted[set.add(fold_case(text), anchors)] = {text, anchors};
    }
    set.build();
    for (int i = 0; i < 20; ++i) {
      const auto raw = make(25);
      const auto found = scan(set, raw);
      const auto hay = collapsed(fold_case(raw));
      for (const auto& [number, literal] : wanted) {
        auto needle = " " + collapsed(fold_case(literal.text)) + " ";
        const auto edge = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
        if (literal.anchors.start || !edge(literal.text.front())) needle.erase(0, 1);
        if (literal.anchors.end || !edge(literal.text.back())) needle.pop_back();
        const bool is = literal.anchors.start && literal.anchors.end ? hay == needle
                        : literal.anchors.start                      ? hay.starts_with(needle)
                        : literal.anchors.end                        ? hay.ends_with(needle)
                                                                     : hay.find(needle) != std::string::npos;
        ASSERT_EQ(found.contains(number), is)
            << "'" << literal.text << "' " << literal.anchors.start << literal.anchors.end << " in '" << raw << "'";
        if (!is) continue;
        ++hits;
        const auto [at, length] = found.at(number);
        ASSERT_EQ(hay.substr(at, length), needle);
      }
    }
  }
  EXPECT_GT(hits, 1'000U);
}

TEST(LiteralSet, FindsWordsAsTheLexiconDoes) {
  const auto start = seed();
  SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(start));
  std::mt19937_64 random(start);
  const std::vector<std::string> pieces{
      "water", "leak", "Leck", "pc",     "wi-fi",      "e.V.",   " ",
      "  ",    "-",    ", ",   "\u201E", "\u00FCbung", "\u6F0F", "\u092A\u093E\u0928\u0940",
      "_",     "\r\n"};
  const std::vector<std::string> words{
      "water leak", "leak",          "leck", "pc", "wi-fi", "\u00DCbung", "\u092A\u093E\u0928\u0940",
      "leak leak",  "water pc leak", "e.v."};
  LiteralSet set;
  Lexicon lexicon;
  std::vector<std::pair<std::uint32_t, std::string>> numbers;
  for (const auto& word : words) {
    std::string folded;
    fold_words(word, folded);
    const auto number = set.add_words(folded);
    if (!number) {
      EXPECT_EQ(word, "e.v.");
      continue;
    }
    lexicon.add(word, word);
    numbers.emplace_back(*number, fold_case(word));
  }
  set.build();
  lexicon.build();
  std::string folded;
  fold_words("\u6F0F\u6C34", folded);
  LiteralSet other;
  EXPECT_EQ(other.add_words(folded), std::nullopt);
  fold_words("x", folded);
  EXPECT_EQ(other.add_words(folded), std::nullopt);
  for (int round = 0; round < 5'000; ++round) {
    std::string raw;
    for (auto n = 1 + random() % 12; n > 0; --n) raw += pieces[random() % pieces.size()];
    const auto found = scan(set, raw);
    const auto wanted = lexicon.find("", raw);
    for (const auto& [number, word] : numbers)
      ASSERT_EQ(found.contains(number), std::find(wanted.begin(), wanted.end(), word) != wanted.end())
          << word << " in '" << raw << "'";
  }
}

TEST(LiteralSet, GivesUpOnTextsThatCostTooMuchAndStillFindsAll) {
  LiteralSet set;
  std::vector<std::uint32_t> numbers;
  for (int i = 0; i < 500; ++i) numbers.push_back(set.add(std::string(200, 'a') + std::to_string(i) + "b"));
  const auto last = set.add("the end");
  set.build();
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += std::string(199, 'a') + std::to_string(i % 500) + "b ";
  bool complete = true;
  const auto found = scan(set, text + std::string(200, 'a') + "77b the end", &complete);
  EXPECT_TRUE(found.contains(numbers[77]));
  EXPECT_TRUE(found.contains(last));
  EXPECT_EQ(found.size(), 2U);
}

}  // namespace
}  // namespace orgo::rules
