#include "core/rules/regex_head.h"

#include <algorithm>

namespace orgo::rules {

RegexHead RegexHead::of(const ByteSet& set) {
  RegexHead head(2U);
  head.sets_[0] = set;
  return head;
}

RegexHead RegexHead::of(std::string_view text) {
  auto head = RegexHead(1U << std::min(text.size(), kDepth));
  for (std::size_t i = 0; i < std::min(text.size(), kDepth); ++i) head.sets_[i].add(text[i]);
  return head;
}

RegexHead RegexHead::anything() {
  RegexHead head((1U << (kDepth + 1)) - 1);
  head.sets_.fill(ByteSet::all());
  return head;
}

RegexHead RegexHead::then(const RegexHead& next) const {
  auto out = *this;
  out.lengths_ = lengths_ & (1U << kDepth);
  for (std::size_t length = 0; length < kDepth; ++length) {
    if (((lengths_ >> length) & 1U) == 0) continue;
    for (std::size_t i = length; i < kDepth; ++i) out.sets_[i] |= next.sets_[i - length];
    const auto moved = next.lengths_ << length;
    out.lengths_ |= (moved & ((1U << kDepth) - 1)) | (moved >> kDepth != 0 ? 1U << kDepth : 0U);
  }
  return out;
}

RegexHead RegexHead::or_else(const RegexHead& other) const {
  auto out = *this;
  for (std::size_t i = 0; i < kDepth; ++i) out.sets_[i] |= other.sets_[i];
  out.lengths_ |= other.lengths_;
  return out;
}

RegexHead RegexHead::repeated(int least) const {
  auto out = empty();
  // Behind kDepth characters nothing more is told, and each time that it is not empty takes one at least.
  for (std::size_t i = 0; i < kDepth; ++i) out = then(out).optional();
  for (int i = 0; i < std::min<int>(least, kDepth); ++i) out = then(out);
  return out;
}

Tail RegexHead::folded() const {
  Tail tail;
  const auto whole = then(anything());
  for (std::size_t i = 0; i < kDepth; ++i) {
    auto set = whole.sets_[i].folded();
    if (set == ByteSet::all().folded()) set = ByteSet::all();
    if (!tail.empty() && tail.back().has(' ') && set.has(' ')) break;
    tail.push_back(set);
  }
  while (!tail.empty() && tail.back().is_all()) tail.pop_back();
  return tail;
}

}  // namespace orgo::rules
