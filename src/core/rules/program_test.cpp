#include "core/rules/program.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "base/text.h"
#include "base/unicode.h"
#include "tests/support/tenants.h"

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
std::string trimmed(std::string_view text) {
  return std::string(trim(text));
}

std::vector<std::string> values_of(const Test& test, const Facts& facts) {
  const Message& m = facts.message;
  std::vector<std::string> values;
  const auto addresses = [&](const std::vector<Address>& list) {
    for (const auto& one : list) values.push_back(one.address);
  };
  switch (test.field) {
    case Field::subject:
      return {m.subject};
    case Field::body:
      return {m.text};
    case Field::from:
      if (m.from) values.push_back(m.from->address);
      break;
    case Field::from_name:
      if (m.from) values.push_back(m.from->name);
      break;
    case Field::to:
      addresses(m.as_mail().to);
      break;
    case Field::cc:
      addresses(m.as_mail().cc);
      break;
    case Field::any_recipient:
      addresses(m.as_mail().to);
      addresses(m.as_mail().cc);
      if (!facts.envelope.recipient.empty()) values.push_back(facts.envelope.recipient.address);
      break;
    case Field::header:
      for (const auto& field : m.as_mail().headers)
        if (ascii_lower(field.name) == ascii_lower(test.header)) values.push_back(field.value);
      break;
    case Field::attachment_name:
      for (const auto& one : m.attachments) values.push_back(one.filename);
      break;
    case Field::attachment_type:
      for (const auto& one : m.attachments) values.push_back(one.content_type);
      break;
    case Field::reply_to:
      addresses(m.as_mail().reply_to);
      break;
    case Field::envelope_sender:
      values.push_back(facts.envelope.sender.address);
      break;
    case Field::envelope_recipient:
      values.push_back(facts.envelope.recipient.address);
      break;
    case Field::thread_task:
      if (facts.thread != nullptr) values.push_back(to_string(facts.thread->number));
      break;
    case Field::variable: {
      const auto regex = *Regex::compile(test.extraction->pattern, {test.extraction->ignore_case});
      for (const auto field : test.extraction->fields) {
        const auto text = field == Field::subject ? m.subject : m.text;
        if (const auto place = regex.find_group(text); place && place->second > 0) {
          values.push_back(text.substr(place->first, place->second));
          break;
        }
      }
      break;
    }
    default:
      break;
  }
  if (test.part != Part::whole) {
    std::vector<std::string> parts;
    for (const auto& value : values) {
      const auto at = value.rfind('@');
      const auto local = at == std::string::npos ? value : value.substr(0, at);
      const auto plus = local.find('+');
      if (test.part == Part::local_part) parts.push_back(local);
      else if (test.part == Part::user) parts.push_back(plus == std::string::npos ? local : local.substr(0, plus));
      else if (test.part == Part::domain && at != std::string::npos) parts.push_back(value.substr(at + 1));
      else if (test.part == Part::detail && plus != std::string::npos) parts.push_back(local.substr(plus + 1));
      else if (test.index != 0) parts.emplace_back();
    }
    values = parts;
  }
  if (test.index != 0) {
    const auto n = static_cast<int>(values.size());
    const int at = test.index > 0 ? test.index - 1 : n + test.index;
    if (at < 0 || at >= n) return {};
    return {values[static_cast<std::size_t>(at)]};
  }
  return values;
}

/// By trying everything, as one writes it on a whiteboard.
bool like(std::string_view text, std::string_view glob) {
  if (glob.empty()) return text.empty();
  if (glob[0] == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip)
      if (like(text.substr(skip), glob.substr(1))) return true;
    return false;
  }
  if (text.empty()) return false;
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) ++length;
  if (glob[0] == '?') return like(text.substr(length), glob.substr(1));
  return text[0] == glob[0] && like(text.substr(1), glob.substr(1));
}

bool text_fits(const Test& test, const std::string& value, const std::string& text) {
  const auto hay = test.exactly ? value : trimmed(normal(value));
  auto needle = test.exactly ? text : normal(text);
  if (test.op == Operator::like) return like(hay, test.exactly ? needle : trimmed(needle));
  if (test.exactly) {
    return test.op == Operator::is            ? hay == needle
           : test.op == Operator::starts_with ? hay.starts_with(needle)
           : test.op == Operator::ends_with   ? hay.ends_with(needle)
                                              : hay.find(needle) != std::string::npos;
  }
  switch (test.op) {
    case Operator::contains:
      return hay.find(needle) != std::string::npos;
    case Operator::is:
      return hay == trimmed(needle);
    case Operator::starts_with:
      return hay.starts_with(needle.starts_with(' ') ? needle.substr(1) : needle);
    default:
      return hay.ends_with(needle.ends_with(' ') ? needle.substr(0, needle.size() - 1) : needle);
  }
}

std::size_t occurrences(const std::string& hay, const std::string& needle) {
  std::size_t count = 0;
  for (auto at = hay.find(needle); at != std::string::npos && !needle.empty();
       at = hay.find(needle, at + needle.size()))
    ++count;
  return count;
}

bool compare(std::int64_t value, Operator op, std::int64_t number) {
  switch (op) {
    case Operator::less:
      return value < number;
    case Operator::less_equal:
      return value <= number;
    case Operator::greater:
      return value > number;
    case Operator::greater_equal:
      return value >= number;
    default:
      return value == number;
  }
}

bool naive_test(const Test& test, const Facts& facts) {
  const auto any_number = [&](std::int64_t value) {
    for (const auto number : test.numbers)
      if (compare(value, test.op, number)) return true;
    return false;
  };
  switch (test.field) {
    case Field::size:
      return any_number(static_cast<std::int64_t>(facts.message.size));
    case Field::hour:
      return any_number(facts.hour);
    case Field::weekday:
      return any_number(facts.weekday);
    case Field::channel:
      return any_number(static_cast<std::int64_t>(facts.envelope.channel));
    case Field::day:
      return any_number(facts.day);
    case Field::month:
      return any_number(facts.month);
    case Field::thread:
      return any_number(facts.thread == nullptr ? 0 : static_cast<std::int64_t>(facts.thread->state));
    case Field::open_tasks:
      return any_number(facts.sender == nullptr ? 0 : facts.sender->open_tasks);
    case Field::earlier_messages:
      return any_number(facts.sender == nullptr ? 0 : facts.sender->earlier_messages);
    case Field::first_contact:
      return facts.sender == nullptr || facts.sender->earlier_messages == 0;
    case Field::business_hours:
      return facts.weekday <= 5 && facts.hour >= 8 && facts.hour < 17;
    case Field::finding:
      for (const auto& finding : facts.findings)
        if (compare(static_cast<std::int64_t>(finding.kind), Operator::is, test.numbers.at(0)) ||
            (test.numbers.size() > 1 && any_number(static_cast<std::int64_t>(finding.kind))))
          return true;
      return false;
    case Field::keywords:
      for (const auto& text : test.texts)
        for (const auto& keyword : facts.keywords)
          if (fold_case(text) == keyword) return true;
      return false;
    default:
      break;
  }
  auto values = values_of(test, facts);
  if (test.op == Operator::extract) return !values.empty() && !trimmed(values[0]).empty();
  if (test.count) {
    std::int64_t count = 0;
    for (const auto& value : values) {
      if (test.op == Operator::exists) {
        ++count;
      } else if (test.op == Operator::matches) {
        const auto regex = *Regex::compile(test.texts[0], {test.ignore_case});
        for (std::size_t at = 0; at <= value.size();) {
          const auto place = regex.find(value, at);
          if (!place) break;
          ++count;
          at = place->first + std::max<std::size_t>(1, place->second);
        }
      } else if (test.op == Operator::contains) {
        for (const auto& text : test.texts)
          count += static_cast<std::int64_t>(occurrences(trimmed(normal(value)), trimmed(normal(text))));
      } else {
        bool fits = false;
        for (const auto& text : test.texts) fits = fits || text_fits(test, value, text);
        count += fits ? 1 : 0;
      }
    }
    return compare(count, test.count->op, test.count->number);
  }
  if (test.op == Operator::exists) {
    for (const auto& value : values)
      if (test.field == Field::header || !trimmed(value).empty()) return true;
    return false;
  }
  if (is_ordering(test.op)) {
    for (const auto& value : values) {
      if (!test.numeric) {
        const int order = trimmed(normal(value)).compare(trimmed(normal(test.texts[0])));
        if (compare(order, test.op, 0)) return true;
        continue;
      }
      const auto digits = trimmed(value);
      if (digits.empty() || digits[0] < '0' || digits[0] > '9') continue;
      if (compare(static_cast<std::int64_t>(std::strtod(digits.c_str(), nullptr) * 10), test.op,
                  static_cast<std::int64_t>(std::strtod(test.texts[0].c_str(), nullptr) * 10)))
        return true;
    }
    return false;
  }
  if (test.op == Operator::matches) {
    const auto regex = *Regex::compile(test.texts[0], {test.ignore_case});
    for (const auto& value : values)
      if (regex.matches(value)) return true;
    return false;
  }
  if (values.empty() && !test.exactly) values.emplace_back();
  for (const auto& value : values)
    for (const auto& text : test.texts)
      if (text_fits(test, value, text)) return true;
  return false;
}

bool naive(const Condition& condition, const Facts& facts) {
  switch (condition.kind) {
    case Condition::Kind::always:
      return true;
    case Condition::Kind::test:
      return naive_test(condition.test, facts);
    case Condition::Kind::none:
      return !naive(condition.parts[0], facts);
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
    auto& mail = m.make_mail();
    for (auto* const list : {&mail.to, &mail.cc, &mail.reply_to})
      for (auto n = random_() % 3; n > 0; --n) list->push_back({"", address()});
    for (auto n = random_() % 3; n > 0; --n) mail.headers.push_back({pick({"X-One", "x-one", "X-Two"}), words(3)});
    for (auto n = random_() % 3; n > 0; --n)
      m.attachments.push_back({words(1) + ".pdf", pick({"image/png", "application/pdf"}), 1, "", false, ""});
    if (random_() % 3 == 0) mail.headers.push_back({"X-Score", pick({"5", "7.5 points", "none", "12", ""})});
    m.size = random_() % 5 * 1024;
    return m;
  }
  std::optional<Task> thread() {
    if (random_() % 2 == 0) return std::nullopt;
    Task task{.tenant = kTenant, .number = TaskNumber{static_cast<std::int64_t>(1 + random_() % 3)}};
    task.state = static_cast<TaskState>(1 + random_() % 6);
    return task;
  }
  std::optional<SenderHistory> sender() {
    if (random_() % 2 == 0) return std::nullopt;
    return SenderHistory{static_cast<std::int64_t>(random_() % 3), static_cast<std::int64_t>(random_() % 3)};
  }
  Envelope envelope() {
    Envelope envelope{.tenant = kTenant};
    envelope.channel = static_cast<Channel>(1 + random_() % 4);
    if (random_() % 3 != 0) envelope.recipient = mail_contact(address());
    if (random_() % 3 != 0) envelope.sender = mail_contact(address());
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
  std::string word() {
    return pick({"a", "ab", "abc", "b", "Leak", "\u00DCbung", "u\u0308bung", "stra\u00DFe", "STRASSE", "102",
                 "\u0906\u0917", "x.y"});
  }
  std::string words(std::uint64_t most) {
    std::string text;
    for (auto n = random_() % (most + 1); n > 0; --n) text += word() + pick({" ", "", "  ", "\r\n", "\t", ", "});
    return text;
  }
  std::string address() { return pick({"a", "b", "AB", "a+b", "b+Leak"}) + "@" + pick({"x.org", "y.org"}); }

  std::string text_value() {
    switch (random_() % 4) {
      case 0:
        return "'" + address() + "'";
      case 1:
        return "'" + word() + " " + word() + "'";
      default:
        return "'" + word() + "'";
    }
  }
  std::string any_field() {
    return pick({"subject",
                 "body",
                 "subject",
                 "body",
                 "from",
                 "from name",
                 "to",
                 "cc",
                 "any recipient",
                 "header[X-One]",
                 "header[x-two]",
                 "attachment name",
                 "attachment type",
                 "reply to",
                 "envelope sender",
                 "envelope recipient",
                 "domain of from",
                 "user of to",
                 "detail of any recipient",
                 "local part of envelope sender",
                 "to[1]",
                 "to[-1]",
                 "any recipient[2]",
                 "header[X-One][2]",
                 "domain of to[2]"});
  }
  /// What came with the larger language.
  std::string new_test() {
    switch (random_() % 14) {
      case 0:
        return "count(" + any_field() + ") " + pick({">", ">=", "=", "<", "is not"}) + " " +
               std::to_string(random_() % 4);
      case 1:
        return "count(" + any_field() + " contains " + text_value() + ") " + pick({">", "=", "<="}) + " " +
               std::to_string(random_() % 4);
      case 2:
        return "count(body matches /" + pick({"a+", "[0-9]", "leak", "x*"}) + "/i) > " + std::to_string(random_() % 4);
      case 3:
        return any_field() + pick({" exists", " does not exist"});
      case 4:
        return any_field() + " like '" + pick({"*", "?", "", "a"}) + word() + pick({"*", "?", "", "*b*", "* ?"}) + "'";
      case 5:
        return any_field() +
               pick({" is exactly ", " contains exactly ", " starts with exactly ", " ends with exactly "}) +
               text_value();
      case 6:
        return any_field() + " like exactly ['" + word() + "*', '*" + word() + "']";
      case 7:
        return "header[X-Score] " + pick({"<", "<=", ">", ">="}) + " " + pick({"5", "7", "7.5", "'none'", "'8'"});
      case 8:
        return "thread " + pick({"is none", "in [open, new]", "is not closed", "is resolved"});
      case 9:
        return pick({"open tasks", "earlier messages"}) + pick({" > 0", " is 2", " < 1", " in [0, 2]"});
      case 10:
        return pick(
            {"first contact", "business hours", "outside business hours", "thread task is T-1", "thread task exists"});
      case 11:
        return pick({"day < 15", "month in [1, 6]", "day is 31", "month > 6"});
      case 12:
        return "v = /" + pick({"a+(b)?", "([0-9]+)", "leak", "(x)|a", "b.*a"}) + "/" + pick({"", "i"}) +
               pick({"", " in body", " in subject or body"});
      default:
        return "(w = /(" + pick({"[a-z]+", "[0-9]+", "ab?"}) + ")/i and w " +
               pick({"is ", "contains ", "starts with "}) + text_value() + ")";
    }
  }
  std::string test() {
    if (random_() % 3 == 0) return new_test();
    switch (random_() % 12) {
      case 0:
        return "size " + pick({"<", "<=", ">", ">=", "is", "!="}) + " " + std::to_string(random_() % 4) + " KB";
      case 1:
        return "hour " + pick({"<", "<=", ">", ">=", "is"}) + " " + std::to_string(random_() % 24);
      case 2:
        return "weekday " + pick({"in [sat, sun]", "is mon", "> 3", "not in [1, 2, 3]"});
      case 3:
        return "finding " + pick({"is bounce", "in [auto_reply, bounce, duplicate]", "is not mailing_list"});
      case 4:
        return "channel " + pick({"is lmtp", "in [smtp, http]", "is not import"});
      case 5:
        return "keywords " + pick({"contains 'urgent'", "in ['leak', 'fire']", "does not contain 'leak'"});
      default:
        break;
    }
    const auto field = any_field();
    switch (random_() % 8) {
      case 0:
        return field + " matches /" +
               pick({"a+b", "^ab", "[0-9]{3}", "LEAK", "leak.*102", "(leak|abc) ", "\\bLeak\\b", "stra..?e", "abc$",
                     "leak\\s+[0-9]"}) +
               "/" + pick({"", "i"});
      case 1:
        return field + " is " + (random_() % 3 == 0 ? "''" : text_value());
      case 2:
        return field + " starts with " + text_value();
      case 3:
        return field + " ends with " + text_value();
      case 4:
        return field + " in [" + text_value() + ", " + text_value() + "]";
      case 5:
        return field + " does not contain " + text_value();
      default:
        return field + " contains " + text_value();
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
      Facts facts{message, envelope, findings, keywords, generator.below(24), 1 + generator.below(7)};
      facts.day = 1 + generator.below(31);
      facts.month = 1 + generator.below(12);
      const auto thread = generator.thread();
      const auto sender = generator.sender();
      facts.thread = thread ? &*thread : nullptr;
      facts.sender = sender ? &*sender : nullptr;
      program.begin(run, facts);
      for (std::uint32_t number = 0; number < conditions.size(); ++number) {
        const bool wanted = naive(conditions[number], facts);
        ASSERT_EQ(run.holds(number), wanted)
            << texts[number] << "\nsubject '" << message.subject << "'\ntext '" << message.text << "'";
        for (const auto& part : program.parts(run, number))
          for (const auto& word : part.words) {
            ASSERT_TRUE(part.held);
            if (word.field == "subject") {
              ASSERT_LE(word.offset + word.length, message.subject.size());
            }
            if (word.field == "body") {
              ASSERT_LE(word.offset + word.length, message.text.size());
            }
          }
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
  const Envelope envelope{.tenant = kTenant};
  const Facts facts{message, envelope, {}, {}, 10, 1};
  program.begin(run, facts);
  return run.holds(0) ? program.why(run, 0) : "not: " + std::string(program.why_not(run, 0));
}

TEST(Program, SaysWhyWithTheWordsOfTheMessage) {
  Message message;
  message.subject = "Water Leak  in Room 102";
  message.text = "Dear colleagues, since this morning there is water on the floor of room 102, please come at once.";
  EXPECT_EQ(why("subject contains 'leak in'", message), "subject contains 'leak in' (\"Water Leak in Room 102\")");
  EXPECT_EQ(why("body contains 'water'", message),
            "body contains 'water' (\"...e this morning there is water on the floor of room 10...\")");
  EXPECT_EQ(why("subject contains 'x' or subject matches /room [0-9]+/i and size < 1 MB", message),
            "subject matches /room [0-9]+/i (\"Water Leak in Room 102\") and size < 1 MB");
  EXPECT_EQ(why("not subject contains 'x'", message), "not subject contains 'x'");
  EXPECT_EQ(why("subject contains 'water' and (body contains 'fire' or body contains 'smoke')", message),
            "not: (body contains 'fire' or body contains 'smoke')");
  message.subject = "\u00DCberschwemmung in der STRA\u00DFE";
  EXPECT_EQ(why("subject ends with 'strasse'", message),
            "subject ends with 'strasse' (\"\u00DCberschwemmung in der STRA\u00DFE\")");
  message.subject = "\uFF37ater";  // a full-width W: three bytes become one
  EXPECT_EQ(why("subject is 'water'", message), "subject is 'water' (\"\uFF37ater\")");
}

}  // namespace
}  // namespace orgo::rules
