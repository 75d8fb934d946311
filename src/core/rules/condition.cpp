#include "core/rules/condition.h"

#include "base/text.h"
#include "base/yaml.h"
#include "core/rules/condition_parser.h"

namespace orgo::rules {

std::optional<Condition> parse_condition(std::string_view text, std::vector<ConditionError>& errors,
                                         const ConditionLimits& limits, Variables& variables) {
  if (text.size() > limits.bytes_max) {
    errors.push_back({0, 1, "longer than " + format_bytes(limits.bytes_max), "split the rule, or use a keyword list"});
    return std::nullopt;
  }
  return ConditionParser(text, errors, limits, variables).parse();
}

std::optional<Condition> parse_condition(std::string_view text, std::vector<ConditionError>& errors,
                                         const ConditionLimits& limits) {
  Variables variables;
  return parse_condition(text, errors, limits, variables);
}

std::shared_ptr<const Extraction> parse_extraction(std::string_view name, std::string_view text,
                                                   std::vector<ConditionError>& errors) {
  Variables none;
  const ConditionLimits limits;
  return ConditionParser({}, errors, limits, none).only_extraction(std::string(name), text);
}

Result<Regex> compile_small(std::string_view pattern, bool ignore_case) {
  constexpr std::size_t kLittle = 48U << 10U;
  constexpr std::size_t kMuch = 512U << 10U;
  auto compiled = Regex::compile(pattern, {ignore_case, kLittle});
  return compiled ? std::move(compiled) : Regex::compile(pattern, {ignore_case, kMuch});
}

std::optional<std::int64_t> absence_of(const Condition& condition) {
  if (condition.kind == Condition::Kind::test && condition.test.field == Field::no_reply &&
      !condition.test.numbers.empty())
    return condition.test.numbers[0];
  if (condition.kind == Condition::Kind::all)
    for (const auto& part : condition.parts)
      if (const auto found = absence_of(part)) return found;
  return std::nullopt;
}

}  // namespace orgo::rules
