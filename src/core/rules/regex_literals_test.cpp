#include "core/rules/regex_literals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>

#include "base/regex.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/rules/folded_text.h"
#include "core/rules/literal_set.h"

namespace orgo::rules {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// The texts of the best clause.
std::vector<std::string> required_literals(std::string_view pattern, std::size_t least = 4) {
  std::vector<std::string> texts;
  const auto needs = needs_of(pattern, least);
  if (!needs.clauses.empty())
    for (const auto& literal : needs.clauses.front()) texts.push_back(literal.text);
  return texts;
}

TEST(RegexLiterals, OfWhatPeopleWrite) {
  EXPECT_THAT(required_literals("room [0-9]{3}"), ElementsAre("room"));
  EXPECT_THAT(required_literals("^Water\\s+leak"), ElementsAre("water"));
  EXPECT_THAT(required_literals("(leak|flood)(s|ing)? in"),
              ElementsAre("flood in", "flooding in", "floods in", "leak in", "leaking in", "leaks in"));
  EXPECT_THAT(required_literals("gr[ae]ys?"), ElementsAre("gray", "grey"));
  EXPECT_THAT(required_literals("colou?red"), ElementsAre("colored", "coloured"));
  EXPECT_THAT(required_literals("invoice #?\\d+"), ElementsAre("invoice", "invoice #"));
  EXPECT_THAT(required_literals("a\\.b\\.c"), ElementsAre("a.b.c"));
  EXPECT_THAT(required_literals("[0-9]+"), IsEmpty());
  EXPECT_THAT(required_literals("leak|x"), IsEmpty());
  EXPECT_THAT(required_literals("(leak)*"), IsEmpty());
  EXPECT_THAT(required_literals("(leak){0,2}"), IsEmpty());
  EXPECT_THAT(required_literals("(leak)+"), ElementsAre("leak"));
  EXPECT_THAT(required_literals("(?i)leak"), IsEmpty());
  EXPECT_THAT(required_literals("\\Qleak\\E"), IsEmpty());
  EXPECT_THAT(required_literals("str\u00DFe"), IsEmpty());
  EXPECT_THAT(required_literals("strasse\u00FC"), ElementsAre("strasse"));
}

/// Each clause as "^text$ [tail]", its literals with "|" between them.
std::vector<std::string> written(std::string_view pattern) {
  std::vector<std::string> out;
  for (const auto& clause : needs_of(pattern, 1).clauses) {
    std::string line;
    for (const auto& literal : clause) {
      line += (line.empty() ? "" : "|") + std::string(literal.anchors.start ? "^" : "") + literal.text +
              (literal.anchors.end ? "$" : "");
      for (const auto& set : literal.tail) {
        line += " [";
        for (char c = ' '; c < 127; ++c)
          if (!set.is_all() && set.has(c)) line += c;
        line += "]";
      }
    }
    out.push_back(line);
  }
  return out;
}

TEST(RegexLiterals, WhatStandsAroundThem) {
  EXPECT_THAT(written("room ?[0-3]{3,5}"), ElementsAre("room [ 0123] [0123] [0123]"));
  EXPECT_THAT(written("^room$"), ElementsAre("^room$"));
  EXPECT_THAT(written("^Re: .*closed\\.$"), ElementsAre("closed.$", "^re: [ ]"));
  EXPECT_THAT(written("\\bleaks?\\b.{0,20}[xy]"), ElementsAre("leak", "x|y"));
  EXPECT_THAT(written("(leak|flood) (no|nr)\\.? ?[12]"),
              Contains("flood no [ 12]|flood no. [ 12]|flood nr [ 12]|flood nr. [ 12]|leak no [ 12]|leak no. [ "
                       "12]|leak nr [ 12]|leak nr. [ 12]"));
  EXPECT_THAT(written("a[^b-z]c"), ElementsAre("a [] [c]", "c"));
  EXPECT_THAT(written("kp[[:digit:]]9"), ElementsAre("kp [] [9]", "9"));
  EXPECT_THAT(written("ab\\s*c"), ElementsAre("ab [ c]", "c"));  // more than one space is one
  EXPECT_THAT(written("ab[\\p{L}x]*7"), ElementsAre("ab", "7"));
  EXPECT_THAT(written("(^foo|bar$)[0-9]"), ElementsAre("bar$|^foo"));
}

TEST(RegexLiterals, WhereAMatchBegins) {
  EXPECT_THAT(needs_of("room [0-9]{3}").starts, ElementsAre("room"));
  EXPECT_THAT(needs_of("\\b(leak|flood)s? in").starts, ElementsAre("flood in", "floods in", "leak in", "leaks in"));
  EXPECT_THAT(needs_of("(leak.*|flood)x").starts, ElementsAre("flood", "leak"));
  EXPECT_THAT(needs_of("[0-9]+ rooms").starts, IsEmpty());
  EXPECT_THAT(needs_of("(big )?room").starts, ElementsAre("big room", "room"));
  EXPECT_THAT(needs_of("(big.*)?room").starts, IsEmpty());
  EXPECT_THAT(written("water.*leak"), ElementsAre("water", "leak"));
}

/// As LiteralSet looks for them.
bool stands(const std::vector<NeededLiteral>& clause, const FoldedText& text) {
  LiteralSet set;
  for (const auto& literal : clause) set.add(literal.text, literal.anchors, literal.tail);
  set.build();
  Found found;
  found.reset(set.size());
  bool any = false;
  set.scan(text, found, [&](std::uint32_t, std::size_t, std::size_t) { any = true; });
  return any;
}

TEST(RegexLiterals, OneOfThemStandsInEveryMatch) {
  const char* given = std::getenv("ORGO_TEST_SEED");
  const auto start = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(start));
  std::mt19937_64 random(start);
  const std::vector<std::string> atoms{
      "a",   "B",      "ab",     "abcd",   "leak", " ",   "\\s",    "\\d", ".",           "[ab]",   "[^a]",   "[a-c]",
      "\\.", "x",      "\\b",    "^",      "$",    "\\w", "\u00FC", "e",   "[[:alpha:]]", "\\pL",   "(?:ab)", "K",
      "s",   "[^a-c]", "[\\d.]", "[^\\s]", "\\S",  "\\D", "\\W",    "\\z", "\\A",         "[x-z5]", "5"};
  const std::vector<std::string> pieces{"a",      "B",      "ab", "abcd",   "LEAK",   " ",       "\n",
                                        "5",      ".",      "x",  "\u00FC", "\u00DC", "e\u0301", "\u212A",
                                        "\u017F", "\u00AD", "e",  "c",      "  "};
  std::size_t matches = 0;
  std::size_t useful = 0;
  std::function<std::string(int)> make = [&](int depth) -> std::string {
    std::string out;
    for (auto n = 1 + random() % 4; n > 0; --n) {
      out += depth < 3 && random() % 4 == 0 ? "(" + make(depth + 1) + ")" : atoms[random() % atoms.size()];
      if (random() % 4 == 0)
        out += std::vector<std::string>{"*", "+", "?", "{2}", "{0,1}", "{1,2}", "+?"}[random() % 7];
    }
    if (random() % 6 == 0) out += "|" + make(depth + 1);
    return out;
  };
  FoldedText text;
  for (int round = 0; round < 1'500; ++round) {
    const auto pattern = make(0);
    const bool ignore_case = random() % 2 == 0;
    const auto regex = Regex::compile(pattern, {ignore_case});
    if (!regex) continue;
    const auto literals = required_literals(pattern, 1 + random() % 4);
    if (literals.empty()) continue;
    ++useful;
    for (int i = 0; i < 20; ++i) {
      std::string raw;
      for (auto n = random() % 8; n > 0; --n) raw += pieces[random() % pieces.size()];
      if (!regex->matches(raw)) continue;
      text.set(raw);
      if (text.composed()) continue;
      ++matches;
      const auto needs = needs_of(pattern, 1);
      for (const auto& clause : needs.clauses)
        ASSERT_TRUE(stands(clause, text)) << "/" << pattern << "/ on '" << raw << "'";
      if (!needs.starts.empty() && is_ascii(raw)) {
        // The leftmost match begins where one of them does.
        const auto place = regex->find(raw);
        const auto lower = ascii_lower(std::string_view(raw).substr(place->first));
        std::string one_space;
        for (const char c : lower)
          if (c != ' ' && c != '\n') one_space += c;
          else if (one_space.empty() || one_space.back() != ' ') one_space += ' ';
        ASSERT_TRUE(std::any_of(needs.starts.begin(), needs.starts.end(),
                                [&](const auto& beginning) { return one_space.starts_with(beginning); }))
            << "/" << pattern << "/ on '" << raw << "' begins at " << place->first << "; " << needs.starts[0];
      }
    }
  }
  EXPECT_GT(useful, 150U);
  EXPECT_GT(matches, 200U);
}

}  // namespace
}  // namespace orgo::rules
