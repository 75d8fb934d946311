#include "core/rules/literal_set.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/unicode.h"

namespace orgo::rules {
namespace {

/// About how rare a byte is in mails, in bits: the rarer the four bytes, the fewer comparisons.
int rarity(char c) {
  constexpr std::string_view kCommon = "etaoinsrhldcumfpgwybvkxjqz";
  if (c == ' ') return 1;
  if (static_cast<unsigned char>(c) >= 0x80) return 5;
  if (c >= '0' && c <= '9') return 6;
  const auto place = kCommon.find(c);
  return place == std::string_view::npos ? 8 : 3 + static_cast<int>(place) / 5;
}

std::uint32_t gram_at(std::string_view text, std::size_t at) {
  std::uint32_t gram = 0;
  std::memcpy(&gram, text.data() + at, 4);
  return gram;
}

}  // namespace

std::size_t LiteralSet::candidates_plain(const char* words, std::size_t from, std::size_t size, std::uint32_t* places) const {
  std::size_t count = 0;
  for (std::size_t at = from; at < size; ++at) {
    std::uint32_t gram = 0;
    std::memcpy(&gram, words + at, 4);
    const auto bit = slot(gram);
    // Written without a branch: one in a few places passes.
    places[count] = static_cast<std::uint32_t>(at);
    count += (filter_[bit >> 5U] >> (bit & 31U)) & 1U;
  }
  return count;
}

#if defined(__x86_64__)
/// Eight places at a time: their grams are spread over the lanes, hashed, and their bits gathered from the filter.
__attribute__((target("avx2"))) std::size_t LiteralSet::candidates_avx2(const char* words, std::size_t size, std::uint32_t* places) const {
  const auto spread = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
  const auto factor = _mm256_set1_epi32(static_cast<int>(kFactor));
  const auto shift = _mm_cvtsi32_si128(static_cast<int>(shift_));
  const auto low = _mm256_set1_epi32(31);
  const auto* filter = reinterpret_cast<const int*>(filter_.data());
  std::size_t count = 0;
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    const auto bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(words + at)));
    const auto bits = _mm256_srl_epi32(_mm256_mullo_epi32(_mm256_shuffle_epi8(bytes, spread), factor), shift);
    const auto gathered = _mm256_i32gather_epi32(filter, _mm256_srli_epi32(bits, 5), 4);
    // The wanted bit becomes the sign.
    const auto signs = _mm256_sllv_epi32(gathered, _mm256_andnot_si256(bits, low));
    auto mask = static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(signs)));
    for (; mask != 0; mask &= mask - 1) places[count++] = static_cast<std::uint32_t>(at + static_cast<unsigned>(std::countr_zero(mask)));
  }
  std::array<std::uint32_t, 8> rest{};
  const auto more = candidates_plain(words, at, size, rest.data());
  std::copy_n(rest.begin(), more, places + count);
  return count + more;
}
#endif

std::size_t LiteralSet::candidates(const char* words, std::size_t size, std::uint32_t* places) const {
#if defined(__x86_64__)
  static const bool fast = __builtin_cpu_supports("avx2") != 0;
  if (fast) return candidates_avx2(words, size, places);
#endif
  return candidates_plain(words, 0, size, places);
}

std::uint32_t LiteralSet::add(std::string_view folded, Anchors anchors) {
  FoldedText normal;
  normal.set(folded);
  // Its spaces at the ends count, unless they are at the end of the value, too; of a run one is left.
  std::string text(normal.text());
  const auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  if (!folded.empty() && !text.empty()) {
    if (!anchors.start && space(folded.front())) text.insert(text.begin(), ' ');
    if (!anchors.end && space(folded.back())) text += ' ';
  } else if (text.empty() && !folded.empty() && !(anchors.start && anchors.end)) {
    text = " ";
  }
  const auto key = text + (anchors.start ? "\x01" : "\x02") + (anchors.end ? "\x01" : "\x02");
  const auto [known, fresh] = numbers_.try_emplace(key, static_cast<std::uint32_t>(literals_.size()));
  if (fresh) literals_.push_back({std::move(text), anchors, false, false});
  return known->second;
}

std::optional<std::uint32_t> LiteralSet::add_words(std::string_view folded) {
  FoldedText normal;
  normal.set(folded);
  std::string text;  // words with one space between them
  bool plain = true;
  const auto whole = normal.text();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const char c = normal.words()[i];
    // A character that is a word by itself stands beside others without a space: not here.
    if (c == ' ' && static_cast<unsigned char>(whole[i]) >= 0x80) plain = false;
    if (c == ' ' && (text.empty() || text.back() == ' ')) continue;
    text += c;
  }
  if (!text.empty() && text.back() == ' ') text.pop_back();
  if (!plain || text.size() < 2) return std::nullopt;
  const auto word_of_one = [&](std::size_t i) {
    return (i == 0 || text[i - 1] == ' ') && (i + 1 == text.size() || text[i + 1] == ' ') && text[i] != ' ';
  };
  bool findable = false;
  for (std::size_t i = 0; i < text.size(); ++i) findable = findable || (text[i] != ' ' && !word_of_one(i));
  if (!findable) return std::nullopt;
  const auto [known, fresh] = numbers_.try_emplace(text + "\x03", static_cast<std::uint32_t>(literals_.size()));
  if (fresh) literals_.push_back({std::move(text), {}, true, false});
  return known->second;
}

/// The form in which four bytes are chosen: as in FoldedText::words(), with the spaces that are known to stand around it.
std::string LiteralSet::framed(const Literal& literal) {
  if (literal.words) return " " + literal.text + " ";
  FoldedText normal;
  normal.set(literal.text);
  std::string out(normal.words(), normal.text().size());
  if (literal.text.starts_with(' ') && !literal.text.empty()) out.insert(out.begin(), ' ');
  if (literal.text.size() > 1 && literal.text.ends_with(' ')) out += ' ';
  if (literal.anchors.start) out.insert(out.begin(), ' ');
  if (literal.anchors.end) out += ' ';
  return out;
}

void LiteralSet::build() {
  lengths_.reserve(literals_.size());
  std::unordered_map<std::uint32_t, std::uint32_t> uses;
  std::vector<std::string> frames;
  frames.reserve(literals_.size());
  for (const auto& literal : literals_) {
    lengths_.push_back(static_cast<std::uint32_t>(literal.text.size()));
    frames.push_back(framed(literal));
    for (std::size_t at = 0; at + 4 <= frames.back().size(); ++at) ++uses[gram_at(frames.back(), at)];
  }
  std::vector<std::pair<std::uint32_t, Member>> chosen;
  for (std::uint32_t number = 0; number < literals_.size(); ++number) {
    auto& literal = literals_[number];
    const std::string_view frame = frames[number];
    int best = std::numeric_limits<int>::min();
    std::size_t best_at = 0;
    for (std::size_t at = 0; at + 4 <= frame.size(); ++at) {
      int score = 0;
      int letters = 0;
      for (std::size_t i = at; i < at + 4; ++i) {
        score += 2 * rarity(frame[i]);
        letters += frame[i] != ' ' ? 1 : 0;
      }
      if (letters < 2) continue;
      // Between words there may be more than one character that is none: only four bytes with spaces at their ends.
      if (literal.words && (frame[at + 1] == ' ' || frame[at + 2] == ' ')) continue;
      score -= 3 * static_cast<int>(std::bit_width(uses[gram_at(frame, at)]));
      if (score > best) {
        best = score;
        best_at = at;
      }
    }
    literal.hard = best == std::numeric_limits<int>::min();
    if (literal.hard) continue;
    Member member;
    member.literal = number;
    member.offset = static_cast<std::int32_t>(best_at) - (literal.words || literal.anchors.start ? 1 : 0);
    member.start = static_cast<std::uint32_t>(bytes_.size());
    member.length = static_cast<std::uint32_t>(literal.text.size());
    member.anchors = literal.anchors;
    member.words = literal.words;
    bytes_ += literal.text;
    chosen.emplace_back(gram_at(frame, best_at), member);
  }
  easy_ = !chosen.empty();
  std::stable_sort(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  // Some 64 bits for each literal while that stays within the nearest cache, and not less than 8.
  const auto bits = std::clamp<std::size_t>(std::bit_ceil(chosen.size() * 64), 1U << 10U, std::max<std::size_t>(1U << 18U, std::bit_ceil(chosen.size() * 8)));
  shift_ = 32U - static_cast<unsigned>(std::bit_width(bits) - 1);
  filter_.assign(bits / 32, 0);
  const auto places = std::bit_ceil(chosen.size() * 2 + 2);
  group_shift_ = 32U - static_cast<unsigned>(std::bit_width(places) - 1);
  groups_.assign(places, {});
  members_.reserve(chosen.size());
  for (std::size_t i = 0; i < chosen.size();) {
    const auto gram = chosen[i].first;
    Group made{gram, static_cast<std::uint32_t>(members_.size()), 0};
    for (; i < chosen.size() && chosen[i].first == gram; ++i, ++made.count) members_.push_back(chosen[i].second);
    filter_[slot(gram) >> 5U] |= std::uint32_t{1} << (slot(gram) & 31U);
    auto place = (gram * 0x85EBCA6BU) >> group_shift_;
    while (groups_[place].count != 0) place = (place + 1) & static_cast<std::uint32_t>(places - 1);
    groups_[place] = made;
  }
  for (std::uint32_t number = 0; number < literals_.size(); ++number) {
    const auto& literal = literals_[number];
    if (literal.words) continue;
    const auto put = [&](Automaton& automaton, std::vector<std::uint32_t>& numbers) {
      const auto pattern = automaton.add(literal.text, literal.anchors);
      if (pattern >= numbers.size()) numbers.resize(pattern + 1);
      numbers[pattern] = number;
    };
    if (literal.hard) put(hard_, hard_numbers_);
    put(all_, all_numbers_);
  }
  hard_.build();
  all_.build();
  literals_.shrink_to_fit();
  numbers_.clear();
  for (auto& literal : literals_) literal.text = {};
}

const LiteralSet::Group* LiteralSet::group(std::uint32_t gram) const {
  for (auto place = (gram * 0x85EBCA6BU) >> group_shift_; groups_[place].count != 0; place = (place + 1) & static_cast<std::uint32_t>(groups_.size() - 1))
    if (groups_[place].gram == gram) return &groups_[place];
  return nullptr;
}

std::size_t LiteralSet::match(const Member& member, const FoldedText& text, std::ptrdiff_t gram_at, std::size_t& at,
                              std::ptrdiff_t& budget) const {
  const auto size = static_cast<std::ptrdiff_t>(text.text().size());
  const char* const wanted = bytes_.data() + member.start;
  const auto length = static_cast<std::ptrdiff_t>(member.length);
  if (!member.words) {
    const auto start = gram_at - member.offset;
    if (start < 0 || start + length > size || (member.anchors.start && start != 0) || (member.anchors.end && start + length != size)) return 0;
    if (std::memcmp(text.text().data() + start, wanted, member.length) != 0) return 0;
    at = static_cast<std::size_t>(start);
    return member.length;
  }
  // A character that is a word by itself is no gap between two others.
  const auto is_gap = [&](std::ptrdiff_t from, std::ptrdiff_t to) {
    const auto whole = text.text().substr(0, static_cast<std::size_t>(to));
    for (auto k = static_cast<std::size_t>(from); k < whole.size();)
      if (stands_alone(decode_utf8(whole, k))) return false;
    return true;
  };
  // From the four bytes to both sides; where one space is wanted, any number will do.
  const char* const words = text.words();
  auto here = gram_at;
  std::ptrdiff_t i = member.offset;
  if (i < 0) {
    ++here;
    ++i;
  }
  auto begin = here;
  for (auto k = i - 1; k >= 0; --k) {
    if (wanted[k] == ' ') {
      if (begin <= 0 || words[begin - 1] != ' ') return 0;
      const auto before = begin;
      for (; begin > 0 && words[begin - 1] == ' '; --budget) --begin;
      if (!is_gap(begin, before)) return 0;
    } else if (begin <= 0 || words[begin - 1] != wanted[k]) {
      return 0;
    } else {
      --begin;
    }
  }
  if (words[begin - 1] != ' ') return 0;
  auto end = here;
  for (auto k = i; k < length; ++k) {
    if (wanted[k] == ' ') {
      if (end >= size || words[end] != ' ') return 0;
      const auto after = end;
      for (; end < size && words[end] == ' '; --budget) ++end;
      if (!is_gap(after, end)) return 0;
    } else if (end >= size || words[end] != wanted[k]) {
      return 0;
    } else {
      ++end;
    }
  }
  if (words[end] != ' ') return 0;
  at = static_cast<std::size_t>(begin);
  return static_cast<std::size_t>(end - begin);
}

std::size_t LiteralSet::memory() const {
  return filter_.size() * 4 + groups_.size() * sizeof(Group) + members_.size() * sizeof(Member) + bytes_.size() + hard_.memory() + all_.memory();
}

}  // namespace orgo::rules
