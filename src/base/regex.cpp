#include "base/regex.h"

#include <re2/re2.h>

namespace orgo {
namespace {

constexpr std::size_t kPatternBytesMax = 4096;
constexpr std::int64_t kProgramBytesMax = 1 << 19;

}  // namespace

Result<Regex> Regex::compile(std::string_view pattern, Options options) {
  if (pattern.size() > kPatternBytesMax)
    return failure(Errc::invalid_input, "longer than " + std::to_string(kPatternBytesMax) + " bytes");
  RE2::Options settings;
  settings.set_log_errors(false);
  settings.set_case_sensitive(!options.ignore_case);
  settings.set_max_mem(kProgramBytesMax);
  auto compiled = std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), settings);
  if (!compiled->ok()) {
    std::string what = compiled->error();
    if (compiled->error_code() == RE2::ErrorPatternTooLarge) what = "too large when compiled; repeat counts multiply";
    return failure(Errc::invalid_input, std::move(what));
  }
  return Regex(std::move(compiled));
}

Regex::Regex(std::unique_ptr<RE2> compiled) : compiled_(std::move(compiled)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

bool Regex::matches(std::string_view text) const {
  return compiled_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

std::optional<std::pair<std::size_t, std::size_t>> Regex::find(std::string_view text) const {
  re2::StringPiece found;
  if (!compiled_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), RE2::UNANCHORED, &found, 1))
    return std::nullopt;
  return std::pair{static_cast<std::size_t>(found.data() - text.data()), found.size()};
}

}  // namespace orgo
