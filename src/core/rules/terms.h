#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/rules/condition.h"

namespace orgo::rules {

/// One test or its opposite, in a form that can be compared with others. Texts are folded as matching folds them.
struct Literal {
  bool negated = false;
  bool opaque = false;  ///< only equal to itself: a regular expression, or a test that is not looked into
  Field field = Field::subject;
  std::string header;  ///< of Field::header, lower case
  Operator op = Operator::is;
  std::string text;   ///< one value; of an opaque literal: the words of the condition
  std::string words;  ///< as written, for people
  friend bool operator==(const Literal& a, const Literal& b) {
    return a.negated == b.negated && a.opaque == b.opaque && a.field == b.field && a.header == b.header &&
           a.op == b.op && a.text == b.text;
  }
};

/// Literals that all hold, and the numbers that are still possible for hour, weekday, channel and size.
struct Term {
  std::vector<Literal> literals;
  std::uint64_t hours = (1U << 24U) - 1;  ///< bit h
  std::uint64_t weekdays = 0xFE;          ///< bits 1 to 7
  std::uint64_t channels = ~std::uint64_t{0};
  std::int64_t size_least = 0;
  std::int64_t size_most = INT64_MAX;
};

/// The condition as alternatives of which one has to hold ("disjunctive normal form"). nullopt: it would take more than
/// `most`, and nothing can be said. Sizes that are left out (`size != 5`) are taken as any: the answers of the
/// functions below stay on the safe side ("can hold", "does not imply").
std::optional<std::vector<Term>> terms_of(const Condition& condition, std::string_view text, std::size_t most = 256);

/// Whatever makes `a` hold makes `b` hold. False when that can't be shown.
bool implies(const Literal& a, const Literal& b);
bool implies(const Term& a, const Term& b);

/// Why no message fulfils the term, in words; nullopt: one may.
std::optional<std::string> contradiction(const Term& term);

}  // namespace orgo::rules
