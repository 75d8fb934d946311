#include "base/regex.h"

#include <array>

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>

namespace orgo {
namespace {

constexpr std::size_t kPatternBytesMax = 4096;

}  // namespace

Result<Regex> Regex::compile(std::string_view pattern, Options options) {
  if (pattern.size() > kPatternBytesMax)
    return failure(Errc::invalid_input, "longer than " + std::to_string(kPatternBytesMax) + " bytes");
  RE2::Options settings;
  settings.set_log_errors(false);
  settings.set_case_sensitive(!options.ignore_case);
  settings.set_max_mem(static_cast<std::int64_t>(options.memory));
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

bool Regex::matches_at(std::string_view text, std::size_t at) const {
  return compiled_->Match(re2::StringPiece(text.data(), text.size()), at, text.size(), RE2::ANCHOR_START, nullptr, 0);
}

std::optional<std::pair<std::size_t, std::size_t>> Regex::find(std::string_view text, std::size_t from) const {
  re2::StringPiece found;
  if (!compiled_->Match(re2::StringPiece(text.data(), text.size()), from, text.size(), RE2::UNANCHORED, &found, 1))
    return std::nullopt;
  return std::pair{static_cast<std::size_t>(found.data() - text.data()), found.size()};
}

std::optional<std::pair<std::size_t, std::size_t>> Regex::find_group(std::string_view text) const {
  std::array<re2::StringPiece, 2> found;
  const int groups = compiled_->NumberOfCapturingGroups() > 0 ? 2 : 1;
  if (!compiled_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), RE2::UNANCHORED, found.data(),
                        groups))
    return std::nullopt;
  const auto& piece = groups == 2 && found[1].data() != nullptr ? found[1] : found[0];
  return std::pair{static_cast<std::size_t>(piece.data() - text.data()), piece.size()};
}

std::string Regex::quote(std::string_view text) {
  return RE2::QuoteMeta(re2::StringPiece(text.data(), text.size()));
}

struct RegexSet::Compiled {
  explicit Compiled(const RE2::Options& options) : set(options, RE2::UNANCHORED) {}
  RE2::Set set;
};

RegexSet::RegexSet() = default;
RegexSet::RegexSet(RegexSet&&) noexcept = default;
RegexSet& RegexSet::operator=(RegexSet&&) noexcept = default;
RegexSet::~RegexSet() = default;

std::size_t RegexSet::add(std::string_view pattern, bool ignore_case) {
  patterns_.push_back((ignore_case ? "(?i)" : "") + std::string(pattern));
  return size_++;
}

bool RegexSet::compile(std::size_t memory) {
  RE2::Options settings;
  settings.set_log_errors(false);
  settings.set_max_mem(static_cast<std::int64_t>(memory));
  auto made = std::make_unique<Compiled>(settings);
  for (const auto& pattern : patterns_)
    if (made->set.Add(re2::StringPiece(pattern.data(), pattern.size()), nullptr) < 0) return false;  // it is wrong
  if (!made->set.Compile()) return false;
  compiled_ = std::move(made);
  patterns_.clear();
  patterns_.shrink_to_fit();
  return true;
}

bool RegexSet::matches(std::string_view text, std::vector<int>& numbers) const {
  if (!compiled_) return false;
  RE2::Set::ErrorInfo problem{};
  std::vector<int> found;
  if (!compiled_->set.Match(re2::StringPiece(text.data(), text.size()), &found, &problem))
    return problem.kind == RE2::Set::kNoError;
  numbers.insert(numbers.end(), found.begin(), found.end());
  return true;
}

std::optional<std::string_view> Regex::first_group(std::string_view text) const {
  std::array<re2::StringPiece, 9> found;
  const int groups = std::min(compiled_->NumberOfCapturingGroups(), 8);
  if (!compiled_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), RE2::UNANCHORED, found.data(),
                        groups + 1))
    return std::nullopt;
  for (int group = groups == 0 ? 0 : 1; group <= groups; ++group)
    if (const auto& part = found[static_cast<std::size_t>(group)]; part.data() != nullptr)
      return text.substr(static_cast<std::size_t>(part.data() - text.data()), part.size());
  return text.substr(0, 0);
}

}  // namespace orgo
