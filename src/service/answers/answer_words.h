#pragma once
#include <string>
#include <string_view>

#include "core/policy/policy.h"
#include "service/answers/answer_request.h"

namespace orgo {

/// Of what the customer wrote at most so much is quoted, in bytes.
inline constexpr std::size_t kQuoteMax = 20'000;

/// The words that the template of the request begins with, then its own. invalid_input: there is no such template, or
/// nothing is said.
Result<std::string> words_of(const AnswerRequest& request, const Task& task, const Policy& policy);

/// "> " before each line.
std::string as_quote(std::string_view text);

}  // namespace orgo
