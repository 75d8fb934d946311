#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/unicode.h"
#include "base/yaml.h"
#include "core/rules/automaton.h"
#include "core/rules/condition.h"
#include "core/rules/literal_set.h"
#include "core/rules/program.h"
#include "core/rules/rule_file.h"

using namespace orgo;
using namespace orgo::rules;

namespace {

void expect(bool holds) {
  if (!holds) __builtin_trap();
}

Message message_of(std::string_view text) {
  Message message;
  message.subject = text.substr(0, text.size() / 3);
  message.text = text.substr(text.size() / 3);
  message.from = Address{std::string(text.substr(0, 8)), "a@b.org"};
  message.make_mail().headers = {{"X-A", std::string(text.substr(text.size() / 2))}};
  message.attachments = {{std::string(text.substr(0, 12)), "text/plain", 1, "", false, ""}};
  message.size = text.size();
  return message;
}

/// A rule file: errors have places in the file and can be shown.
void rule_file(std::string_view text) {
  const std::vector<SourceFile> files{{"f.yaml", std::string(text)}};
  std::vector<Diagnostic> errors;
  const auto read = read_rule_files(files, errors);
  expect(errors.size() <= 102);
  for (const auto& error : errors) {
    expect(error.line >= 0 && error.column >= 0 && error.length >= 1 && !error.message.empty());
    expect(!to_string(error, text).empty());
  }
  for (const auto& rule : read.rules) expect(!rule.name.empty());
}

/// A condition and a message, which may stand in any relation: no crash, explanations for both outcomes, and "not"
/// turns the outcome around.
void condition(std::string_view text, std::string_view mail) {
  std::vector<ConditionError> errors;
  const auto parsed = parse_condition(text, errors);
  expect(parsed.has_value() == errors.empty());
  for (const auto& error : errors) expect(error.offset <= text.size() && error.length >= 1);
  if (!parsed) return;
  Condition opposite;
  opposite.kind = Condition::Kind::none;
  opposite.length = text.size();
  opposite.parts.push_back(*parsed);
  Program program;
  program.add(*parsed, text);
  program.add(opposite, text);
  program.build();
  const auto message = message_of(mail);
  const Envelope envelope{.tenant = kTrialTenant, .recipient = mail_contact("c@d.org")};
  const std::vector<Finding> findings{{FindingKind::bounce, "why"}};
  const std::vector<std::string> keywords{"urgent"};
  const Facts facts{message, envelope, findings, keywords, 9, 3};
  Program::Run run;
  program.begin(run, facts);
  const bool holds = run.holds(0);
  expect(holds != run.holds(1));
  for (const auto& part : program.parts(run, 0))
    for (const auto& word : part.words) {
      expect(part.held);
      if (word.field == "subject") expect(word.offset + word.length <= message.subject.size());
      if (word.field == "body") expect(word.offset + word.length <= message.text.size());
    }
  Program::Run again;
  program.begin(again, facts);
  expect(again.holds(0) == holds);
  if (holds) {
    expect(program.why(run, 0).size() <= 1024);
  } else {
    (void)program.why_not(run, 0);
  }
}

/// Patterns by line, the last line is the text: the automaton finds what a plain search finds.
void search(std::string_view text) {
  const auto cut = text.rfind('\n');
  if (cut == std::string_view::npos) return;
  std::string hay = fold_case(text.substr(cut + 1));
  for (auto& c : hay)
    if (c >= '\t' && c <= '\r') c = '_';
  std::string patterns = fold_case(text.substr(0, cut));
  Automaton automaton;
  std::vector<std::pair<std::string, std::uint32_t>> added;
  for (std::size_t at = 0; at <= patterns.size() && added.size() < 50;) {
    const auto end = std::min(patterns.find('\n', at), patterns.size());
    auto pattern = patterns.substr(at, end - at);
    at = end + 1;
    // Runs of white space are the business of other tests.
    bool plain = !pattern.empty();
    for (const char c : pattern) plain = plain && c != ' ' && !(c >= '\t' && c <= '\r');
    if (plain) added.emplace_back(pattern, automaton.add(pattern));
  }
  automaton.build();
  Found found;
  found.reset(automaton.pattern_count());
  automaton.scan(hay, found, [](std::uint32_t) {});
  LiteralSet literals;
  std::vector<std::uint32_t> numbers;
  for (const auto& [pattern, number] : added) numbers.push_back(literals.add(pattern));
  literals.build();
  FoldedText folded;
  folded.set(hay);
  Found same;
  same.reset(literals.size());
  literals.scan(folded, same, [&](std::uint32_t, std::size_t at, std::size_t length) {
    expect(at + length <= folded.text().size());
  });
  for (std::size_t i = 0; i < added.size(); ++i)
    expect(same.has(numbers[i]) == (folded.text().find(added[i].first) != std::string_view::npos));
  for (const auto& [pattern, number] : added) expect(found.has(number) == (hay.find(pattern) != std::string::npos));
}

void unicode(std::string_view text) {
  const auto folded = fold_case(text);
  expect(is_valid_utf8(folded));
  std::string words;
  fold_words(text, words);
  expect(is_valid_utf8(words));
  expect(count_characters(text) <= text.size());
  for (std::size_t most = 0; most < text.size(); most += 7) expect(cut_utf8(text, most).size() <= most);
  if (is_ascii(text)) expect(is_valid_utf8(text));
}

}  // namespace

/// The rule language: files, conditions against messages, and the search below them. The first byte chooses.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      rule_file(text);
      break;
    case 1: {
      const auto cut = text.find('\0');
      condition(text.substr(0, cut), cut == std::string_view::npos ? text : text.substr(cut + 1));
      break;
    }
    case 2:
      search(text);
      break;
    default:
      unicode(text);
  }
  return 0;
}
