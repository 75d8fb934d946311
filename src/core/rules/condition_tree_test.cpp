// What belongs together in a condition: each pair of operators against a table, as a tree and in what it decides.
#include <gtest/gtest.h>

#include <array>

#include "core/rules/condition.h"
#include "core/rules/program.h"
#include "tests/support/tenants.h"

namespace orgo::rules {
namespace {

/// Each single letter is a test: "a and not b" -> "subject contains 'qa' and not subject contains 'qb'".
std::string written_out(std::string_view expression) {
  std::string out;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const auto letter = [&](std::size_t at) {
      const auto c = at < expression.size() ? expression[at] | 0x20 : 0;
      return c >= 'a' && c <= 'z';
    };
    const bool alone = letter(i) && !(i > 0 && letter(i - 1)) && !letter(i + 1);
    if (alone) out.append("subject contains 'q").append(1, expression[i]).append("'");
    else out += expression[i];
  }
  return out;
}

/// "(or a (and b (not c)))"
std::string tree(const Condition& condition) {
  const auto list = [&](std::string_view name) {
    std::string out = "(" + std::string(name);
    for (const auto& part : condition.parts) out += " " + tree(part);
    return out + ")";
  };
  switch (condition.kind) {
    case Condition::Kind::always:
      return "always";
    case Condition::Kind::test:
      return condition.test.texts.empty() ? "?" : condition.test.texts.front().substr(1);
    case Condition::Kind::all:
      return list("and");
    case Condition::Kind::any:
      return list("or");
    case Condition::Kind::none:
      return list("not");
  }
  return "?";
}

/// What a tree of the table says of a message, by itself: recursive descent over its text.
bool truth(std::string_view& tree, unsigned letters) {
  if (!tree.starts_with('(')) {
    const auto end = std::min(tree.find_first_of(" )"), tree.size());
    const auto word = tree.substr(0, end);
    tree.remove_prefix(end);
    return word == "always" || ((letters >> static_cast<unsigned>(word[0] - 'a')) & 1U) != 0;
  }
  const auto space = tree.find(' ');
  const auto name = tree.substr(1, space - 1);
  tree.remove_prefix(space);
  bool all = true, any = false;
  while (tree.starts_with(' ')) {
    tree.remove_prefix(1);
    const bool one = truth(tree, letters);
    all = all && one;
    any = any || one;
  }
  tree.remove_prefix(1);  // )
  return name == "and" ? all : name == "or" ? any : !any;
}

struct Row {
  const char* text;
  const char* tree;
};
constexpr auto kTable = std::to_array<Row>({
    {"a", "a"},
    {"not a", "(not a)"},
    {"not not a", "(not (not a))"},
    {"not not not a", "(not (not (not a)))"},
    // not binds closest, before and behind
    {"not a and b", "(and (not a) b)"},
    {"a and not b", "(and a (not b))"},
    {"not a and not b", "(and (not a) (not b))"},
    {"not a or b", "(or (not a) b)"},
    {"a or not b", "(or a (not b))"},
    {"not a or not b", "(or (not a) (not b))"},
    {"not (a and b)", "(not (and a b))"},
    {"not (a or b)", "(not (or a b))"},
    {"not (a) and b", "(and (not a) b)"},
    {"(not a) and b", "(and (not a) b)"},
    {"not (a or b) and c", "(and (not (or a b)) c)"},
    {"not not a and b", "(and (not (not a)) b)"},
    // and before or, on either side
    {"a and b or c", "(or (and a b) c)"},
    {"a or b and c", "(or a (and b c))"},
    {"a and b or c and d", "(or (and a b) (and c d))"},
    {"a or b and c or d", "(or a (and b c) d)"},
    {"a or b and c and d", "(or a (and b c d))"},
    {"a and b and c or d", "(or (and a b c) d)"},
    {"not a and b or c", "(or (and (not a) b) c)"},
    {"a and not b or c", "(or (and a (not b)) c)"},
    {"a or not b and c", "(or a (and (not b) c))"},
    {"a or b and not c", "(or a (and b (not c)))"},
    {"not a or b and c", "(or (not a) (and b c))"},
    // several of one kind are one list
    {"a and b and c", "(and a b c)"},
    {"a or b or c", "(or a b c)"},
    {"a and b and c and d", "(and a b c d)"},
    // parentheses
    {"(a or b) and c", "(and (or a b) c)"},
    {"a and (b or c)", "(and a (or b c))"},
    {"(a and b) or c", "(or (and a b) c)"},
    {"a and (b and c)", "(and a (and b c))"},
    {"(a or b) or c", "(or (or a b) c)"},
    {"((a))", "a"},
    {"(a or b) and (c or d)", "(and (or a b) (or c d))"},
    {"not (a and (b or not c))", "(not (and a (or b (not c))))"},
    // whatever the case of the words
    {"NOT a AND b OR c", "(or (and (not a) b) c)"},
    {"a Or b aNd c", "(or a (and b c))"},
    // always
    {"always and a", "(and always a)"},
    {"not always or a", "(or (not always) a)"},
});

TEST(ConditionTree, BelongsTogetherAsTheTableSays) {
  for (const auto& row : kTable) {
    std::vector<ConditionError> errors;
    const auto parsed = parse_condition(written_out(row.text), errors);
    ASSERT_TRUE(parsed) << row.text << ": " << (errors.empty() ? "" : errors[0].message);
    EXPECT_EQ(tree(*parsed), row.tree) << row.text;
  }
}

TEST(ConditionTree, DecidesAsTheTableSays) {
  Program program;
  for (const auto& row : kTable) {
    std::vector<ConditionError> errors;
    const auto text = written_out(row.text);
    const auto parsed = parse_condition(text, errors);
    ASSERT_TRUE(parsed) << row.text;
    program.add(*parsed, text);
  }
  program.build();
  Program::Run run;
  const Envelope envelope{.tenant = kTenant};
  for (unsigned letters = 0; letters < 16; ++letters) {
    Message message;
    for (unsigned i = 0; i < 4; ++i)
      if (((letters >> i) & 1U) != 0) message.subject.append(" q").append(1, static_cast<char>('a' + i));
    const Facts facts{message, envelope, {}, {}};
    program.begin(run, facts);
    for (std::uint32_t number = 0; number < kTable.size(); ++number) {
      std::string_view expected = kTable[number].tree;
      EXPECT_EQ(run.holds(number), truth(expected, letters))
          << kTable[number].text << " of '" << message.subject << "'";
    }
  }
}

TEST(ConditionTree, ANegationWithinATestIsOfThatTestOnly) {
  for (const auto& [text, expected] : std::initializer_list<std::pair<std::string, std::string>>{
           {"subject does not contain 'qa' and subject contains 'qb'", "(and (not a) b)"},
           {"not subject does not contain 'qa' or subject contains 'qb'", "(or (not (not a)) b)"},
           {"subject is not 'qa' or subject contains 'qb' and subject is not 'qc'", "(or (not a) (and b (not c)))"}}) {
    std::vector<ConditionError> errors;
    const auto parsed = parse_condition(text, errors);
    ASSERT_TRUE(parsed) << text << ": " << (errors.empty() ? "" : errors[0].message);
    EXPECT_EQ(tree(*parsed), expected) << text;
  }
}

}  // namespace
}  // namespace orgo::rules
