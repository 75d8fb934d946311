#include "core/rules/shared_scan.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "core/rules/rule_set.h"
#include "tests/support/tenants.h"

namespace orgo::rules {
namespace {

std::shared_ptr<const RuleSet> load(const std::string& yaml) {
  const std::vector<SourceFile> files{{"rules.yaml", yaml}};
  auto loaded = load_rules(files);
  EXPECT_TRUE(loaded.rules) << to_string(loaded.errors, files);
  return loaded.rules;
}

TEST(SharedScan, FindsForEachSetWhatItFindsByItself) {
  const char* given = std::getenv("ORGO_TEST_SEED");
  const auto start = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(start));
  std::mt19937_64 random(start);
  const std::vector<std::string> pieces{"leak",       "room",    "urgent", "Water", "no", "7", "102",  "stra\u00DFe",
                                        "\u00FCbung", "e\u0301", ".",      " ",     " ",  " ", "\r\n", "broken"};
  const auto make = [&](std::uint64_t most) {
    std::string text;
    for (auto n = 1 + random() % most; n > 0; --n) text += pieces[random() % 13];
    return text;
  };
  const auto quoted = [](std::string text) {
    std::string out;
    for (const char c : text) out += c == '\r' || c == '\n' ? ' ' : c;
    return out;
  };
  std::size_t matched = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<std::shared_ptr<const RuleSet>> sets;
    std::vector<const RuleSet*> shown;
    for (int set = 0; set < 4; ++set) {
      std::string yaml = "keywords: {wet: [leak, 'water leak', \u00FCbung]}\nrules:\n";
      for (int rule = 0; rule < 6; ++rule) {
        const auto* field = random() % 2 == 0 ? "subject" : "body";
        const std::vector<std::string> conditions{std::string(field) + " contains '" + quoted(make(3)) + "x'",
                                                  std::string(field) + " contains 'leak'",
                                                  std::string(field) + " matches /(room|no) ?[0-9]+/i",
                                                  std::string(field) + " starts with 'Water'",
                                                  "keywords contains 'wet'",
                                                  std::string(field) + " matches /[0-9]{3}/",
                                                  "new text contains 'broken'"};
        yaml += "  - {condition: \"" + conditions[random() % conditions.size()] + "\", action: {tag: t" +
                std::to_string(rule) + "}}\n";
      }
      sets.push_back(load(yaml));
      ASSERT_TRUE(sets.back());
      shown.push_back(sets.back().get());
    }
    const SharedScan scan(shown);
    for (int i = 0; i < 20; ++i) {
      Message message;
      message.subject = make(6);
      message.text = make(40);
      const Envelope envelope{.tenant = kTenant};
      Facts facts{message, envelope, {}, {}};
      facts.find_keywords = true;
      std::vector<Verdict> alone;
      for (const auto* set : shown) alone.push_back(set->decide(facts));
      const auto scanned = scan.scan(message);
      ASSERT_EQ(scanned.size(), shown.size());
      for (std::size_t set = 0; set < shown.size(); ++set) {
        facts.scanned = scanned[set];
        const auto shared = shown[set]->decide(facts);
        ASSERT_EQ(shared.matched, alone[set].matched) << message.subject << "\n" << message.text;
        ASSERT_EQ(shared.keywords, alone[set].keywords);
        ASSERT_EQ(shared.tags, alone[set].tags);
        ASSERT_EQ(shared.trace.size(), alone[set].trace.size());
        // Of several words that did it, another one may be shown.
        for (std::size_t rule = 0; rule < shared.trace.size(); ++rule)
          ASSERT_EQ(shared.trace[rule].matched, alone[set].trace[rule].matched);
        matched += shared.matched.size();
      }
    }
  }
  EXPECT_GT(matched, 500U);
}

TEST(SharedScan, AHugeTextThatIsGivenUpStillHasItsKeywords) {
  std::string yaml = "keywords: {last: [zzzzword]}\nrules:\n";
  for (int i = 0; i < 300; ++i)
    yaml += "  - {condition: \"body contains 'aaaaaaaaaaaaaaaaaaaaaaaa" +
            std::string(static_cast<std::size_t>(i), 'a') + "b'\", action: {tag: t}}\n";
  const auto set = load(yaml + "  - {condition: \"keywords contains 'last'\", action: {tag: found}}\n");
  ASSERT_TRUE(set);
  const std::vector<const RuleSet*> sets{set.get(), set.get()};
  const SharedScan scan(sets);
  Message message;
  message.text = std::string(100'000, 'a') + " zzzzword";
  const Envelope envelope{.tenant = kTenant};
  Facts facts{message, envelope, {}, {}};
  facts.find_keywords = true;
  facts.scanned = scan.scan(message)[1];
  EXPECT_EQ(set->decide(facts).tags, std::vector<std::string>{"found"});
}

TEST(RuleSet, WithoutAConditionTheyMayComeLast) {
  const auto set = load(
      "rules:\n  - {action: {tag: everything}}\n  - {condition: \"subject contains 'leak'\", action: {route_to: "
      "plumber@x.org}}\n"
      "  - {condition: \"subject contains 'note'\", action: {tag: noted}}\n");
  ASSERT_TRUE(set);
  const auto tags = [&](const std::string& subject, bool last) {
    Message message;
    message.subject = subject;
    const Envelope envelope{.tenant = kTenant};
    Facts facts{message, envelope, {}, {}};
    facts.unconditional_last = last;
    return set->decide(facts).tags;
  };
  EXPECT_EQ(tags("a leak", true), std::vector<std::string>{"everything"});
  EXPECT_EQ(tags("a note", true), std::vector<std::string>{"noted"});
  EXPECT_EQ(tags("a note", false), (std::vector<std::string>{"everything", "noted"}));
  EXPECT_TRUE(tags("nothing", true).empty());
}

}  // namespace
}  // namespace orgo::rules
