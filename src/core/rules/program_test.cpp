#include "core/rules/program.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo::rules {
namespace {

std::uint64_t seed() {
  const char* given = std::getenv("ORGO_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

// The slow and obvious evaluator: what docs/rules.md says, word by word, with no thought of speed.

std::string normal(std::string_view text) {
  std::string out;
  for (const char c : fold_case(text)) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) out += c;
    if (space && (out.empty() || out.back() != ' ')) out += ' ';
  }
  return out;
}
std::string trimmed(std::string_view text) { return std::string(trim(text)); }

std::vector<std::string> values_of(const Test& test, const Facts& facts) {
  const Message& m = facts.message;
  std::vector<std::string> values;
  const auto addresses = [&](const std::vector<Address>& list) {
    for (const auto& one : list) values.push_back(one.address);
  };
  switch (test.field) {
    case Field::subject: return {m.subject};
    case Field::body: return {m.text};
    case Field::from:
      if (m.from) values.push_back(m.from->address);
      break;
    case Field::from_name:
      if (m.from) values.push_back(m.from->name);
      break;
    case Field::to: addresses(m.to); break;
    case Field::cc: addresses(m.cc); break;
    case Field::any_recipient:
      addresses(m.to);
      addresses(m.cc);
      if (!facts.envelope.recipient.empty()) values.push_back(facts.envelope.recipient);
      break;
    case Field::header:
      for (const auto& field : m.headers)
        if (ascii_lower(field.name) == ascii_lower(test.header)) values.push_back(field.value);
      break;
    case Field::attachment_name:
      for (const auto& one : m.attachments) values.push_back(one.filename);
      break;
    case Field::attachment_type:
      for (const auto& one : m.attachments) values.push_back(one.content_type);
      break;
    default: break;
  }
  return values;
}

bool compare(std::int64_t value, Operator op, std::int64_t number) {
  switch (op) {
    case Operator::less: return value < number;
    case Operator::less_equal: return value <= number;
    case Operator::greater: return value > number;
    case Operator::greater_equal: return value >= number;
    default: return value == number;
  }
}

bool naive_test(const Test& test, const Facts& facts) {
  const auto any_number = [&](std::int64_t value) {
    for (const auto number : test.numbers)
      if (compare(value, test.op, number)) return true;
    return false;
  };
  switch (test.field) {
    case Field::size: return any_number(static_cast<std::int64_t>(facts.message.size));
    case Field::hour: return any_number(facts.hour);
    case Field::weekday: return any_number(facts.weekday);
    case Field::channel: return any_number(static_cast<std::int64_t>(facts.envelope.channel));
    case Field::finding:
      for (const auto& finding : facts.findings)
        if (compare(static_cast<std::int64_t>(finding.kind), Operator::is, test.numbers.at(0)) || (test.numbers.size() > 1 && any_number(static_cast<std::int64_t>(finding.kind))))
          return true;
      return false;
    case Field::keywords:
      for (const auto& text : test.texts)
        for (const auto& keyword : facts.keywords)
          if (fold_case(text) == keyword) return true;
      return false;
    default: break;
  }
  auto values = values_of(test, facts);
  if (test.op == Operator::matches) {
    const auto regex = *Regex::compile(test.texts[0], {test.ignore_case});
    for (const auto& value : values)
      if (regex.matches(value)) return true;
    return false;
  }
  if (values.empty()) values.emplace_back();
  for (const auto& value : values)
    for (const auto& text : test.texts) {
      const auto hay = trimmed(normal(value));
      const auto needle = normal(text);
      switch (test.op) {
        case Operator::contains:
          if (hay.find(needle) != std::string::npos) return true;
          break;
        case Operator::is:
          if (hay == trimmed(needle)) return true;
          break;
        case Operator::starts_with:
          if (hay.starts_with(needle.starts_with(' ') ? needle.substr(1) : needle)) return true;
          break;
        default:
          if (hay.ends_with(needle.ends_with(' ') ? needle.substr(0, needle.size() - 1) : needle)) return true;
      }
    }
  return false;
}

bool naive(const Condition& condition, const Facts& facts) {
  switch (condition.kind) {
    case Condition::Kind::always: return true;
    case Condition::Kind::test: return naive_test(condition.test, facts);
    case Condition::Kind::none: return !naive(condition.parts[0], facts);
    case Condition::Kind::all:
      for (const auto& part : condition.parts)
        if (!naive(part, facts)) return false;
      return true;
    case Condition::Kind::any:
      for (const auto& part : condition.parts)
        if (naive(part, facts)) return true;
      return false;
  }
  return false;
}

/// Random conditions in their written form, and random messages, over so few words that they meet often.
class Generator {
 public:
  explicit Generator(std::uint64_t start) : random_(start) {}

  std::string condition(int depth = 0) {
    const auto kind = random_() % (depth > 3 ? 4 : 9);
    if (kind < 4) return test();
    if (kind == 4) return "not " + condition(depth + 1);
    if (kind == 5 && depth > 0) return "always";
    const std::string joint = kind % 2 == 0 ? " and " : " or ";
    std::string text = "(" + condition(depth + 1);
    for (auto n = 1 + random_() % 3; n > 0; --n) text += joint + condition(depth + 1);
    return text + ")";
  }

  Message message() {
    Message m;
    m.subject = words(5);
    m.text = words(12);
    if (random_() % 8 != 0) m.from = Address{words(2), address()};
    for (auto n = random_() % 3; n > 0; --n) m.to.push_back({"", address()});
    for (auto n = random_() % 2; n > 0; --n) m.cc.push_back({"", address()});
    for (auto n = random_() % 3; n > 0; --n) m.headers.push_back({pick({"X-One", "x-one", "X-Two"}), words(3)});
    for (auto n = random_() % 3; n > 0; --n) m.attachments.push_back({words(1) + ".pdf", pick({"image/png", "application/pdf"}), 1, "", false, ""});
    m.size = random_() % 5 * 1024;
    return m;
  }
  Envelope envelope() {
    Envelope envelope;
    envelope.channel = static_cast<Channel>(1 + random_() % 4);
    if (random_() % 3 != 0) envelope.recipient = address();
    return envelope;
  }
  std::vector<Finding> findings() {
    std::vector<Finding> list;
    for (auto n = random_() % 3; n > 0; --n) list.push_back({static_cast<FindingKind>(random_() % 7), "why"});
    return list;
  }
  std::vector<std::string> keywords() {
    std::vector<std::string> list;
    for (auto n = random_() % 3; n > 0; --n) list.push_back(pick({"urgent", "leak", "fire"}));
    return list;
  }
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

 private:
  std::string pick(std::initializer_list<const char*> list) { return *(list.begin() + random_() % list.size()); }
  std::string word() { return pick({"a", "ab", "abc", "b", "Leak", "\u00DCbung", "u\u0308bung", "stra\u00DFe", "STRASSE", "102", "\u0906\u0917", "x.y"}); }
  std::string words(std::uint64_t most) {
    std::string text;
    for (auto n = random_() % (most + 1); n > 0; --n) text += word() + pick({" ", "", "  ", "\r\n", "\t", ", "});
    return text;
  }
  std::string address() { return pick({"a", "b", "AB"}) + "@" + pick({"x.org", "y.org"}); }

  std::string text_value() {
    switch (random_() % 4) {
      case 0: return "'" + address() + "'";
      case 1: return "'" + word() + " " + word() + "'";
      default: return "'" + word() + "'";
    }
  }
  std::string test() {
    switch (random_() % 12) {
      case 0: return "size " + pick({"<", "<=", ">", ">=", "is", "!="}) + " " + std::to_string(random_() % 4) + " KB";
      case 1: return "hour " + pick({"<", "<=", ">", ">=", "is"}) + " " + std::to_string(random_() % 24);
      case 2: return "weekday " + pick({"in [sat, sun]", "is mon", "> 3", "not in [1, 2, 3]"});
      case 3: return "finding " + pick({"is bounce", "in [auto_reply, bounce, duplicate]", "is not mailing_list"});
      case 4: return "channel " + pick({"is lmtp", "in [smtp, http]", "is not import"});
      case 5: return "keywords " + pick({"contains 'urgent'", "in ['leak', 'fire']", "does not contain 'leak'"});
      default: break;
    }
    const auto field = pick({"subject", "body", "subject", "body", "from", "from name", "to", "cc", "any recipient", "header[X-One]",
                             "header[x-two]", "attachment name", "attachment type"});
    switch (random_() % 8) {
      case 0: return field + " matches /" + pick({"a+b", "^ab", "[0-9]{3}", "LEAK"}) + "/" + pick({"", "i"});
      case 1: return field + " is " + (random_() % 3 == 0 ? "''" : text_value());
      case 2: return field + " starts with " + text_value();
      case 3: return field + " ends with " + text_value();
      case 4: return field + " in [" + text_value() + ", " + text_value() + "]";
      case 5: return field + " does not contain " + text_value();
      default: return field + " contains " + text_value();
    }
  }

  std::mt19937_64 random_;
};

TEST(Program, AgreesWithTheNaiveEvaluator) {
  const auto start = seed();
  SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(start));
  Generator generator(start);
  std::size_t held = 0;
  std::size_t asked = 0;
  for (int set = 0; set < 150; ++set) {
    Program program;
    std::vector<Condition> conditions;
    std::vector<std::string> texts;
    for (int i = 0; i < 12; ++i) {
      texts.push_back(generator.condition());
      std::vector<ConditionError> errors;
      auto parsed = parse_condition(texts.back(), errors);
      ASSERT_TRUE(parsed) << texts.back() << ": " << (errors.empty() ? "" : errors[0].message);
      program.add(*parsed, texts.back());
      conditions.push_back(std::move(*parsed));
    }
    program.build();
    Program::Run run;
    for (int i = 0; i < 30; ++i) {
      const auto message = generator.message();
      const auto envelope = generator.envelope();
      const auto findings = generator.findings();
      const auto keywords = generator.keywords();
      const Facts facts{message, envelope, findings, keywords, generator.below(24), 1 + generator.below(7)};
      program.begin(run, facts);
      for (std::uint32_t number = 0; number < conditions.size(); ++number) {
        const bool wanted = naive(conditions[number], facts);
        ASSERT_EQ(run.holds(number), wanted)
            << texts[number] << "\nsubject '" << message.subject << "'\ntext '" << message.text << "'";
        ++asked;
        held += wanted ? 1 : 0;
        if (wanted) {
          EXPECT_FALSE(program.why(run, number).empty());
        } else {
          EXPECT_FALSE(program.why_not(run, number).empty());
        }
      }
    }
  }
  EXPECT_GT(held, asked / 10) << "the generator makes conditions that hold too seldom";
  EXPECT_LT(held, asked * 9 / 10) << "the generator makes conditions that hold too often";
}

std::string why(const std::string& condition, const Message& message) {
  std::vector<ConditionError> errors;
  const auto parsed = parse_condition(condition, errors);
  if (!parsed) return "error";
  Program program;
  program.add(*parsed, condition);
  program.build();
  Program::Run run;
  const Envelope envelope;
  const Facts facts{message, envelope, {}, {}, 10, 1};
  program.begin(run, facts);
  return run.holds(0) ? program.why(run, 0) : "not: " + std::string(program.why_not(run, 0));
}

TEST(Program, SaysWhyWithTheWordsOfTheMessage) {
  Message message;
  message.subject = "Water Leak  in Room 102";
  message.text = "Dear colleagues, since this morning there is water on the floor of room 102, please come at once.";
  EXPECT_EQ(why("subject contains 'leak in'", message), "subject contains 'leak in' (\"Water Leak in Room 102\")");
  EXPECT_EQ(why("body contains 'water'", message), "body contains 'water' (\"...e this morning there is water on the floor of room 10...\")");
  EXPECT_EQ(why("subject contains 'x' or subject matches /room [0-9]+/i and size < 1 MB", message),
            "subject matches /room [0-9]+/i (\"Water Leak in Room 102\") and size < 1 MB");
  EXPECT_EQ(why("not subject contains 'x'", message), "not subject contains 'x'");
  EXPECT_EQ(why("subject contains 'water' and (body contains 'fire' or body contains 'smoke')", message),
            "not: (body contains 'fire' or body contains 'smoke')");
  message.subject = "\u00DCberschwemmung in der STRA\u00DFE";
  EXPECT_EQ(why("subject ends with 'strasse'", message), "subject ends with 'strasse' (\"\u00DCberschwemmung in der STRA\u00DFE\")");
  message.subject = "\uFF37ater";  // a full-width W: three bytes become one
  EXPECT_EQ(why("subject is 'water'", message), "subject is 'water' (\"\uFF37ater\")");
}

}  // namespace
}  // namespace orgo::rules
