#include "core/rules/literal_set.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

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

}  // namespace

std::uint32_t LiteralSet::add(std::string_view folded, Anchors anchors, const Tail& tail) {
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
  return put(text, anchors, false, tail);
}

std::uint32_t LiteralSet::put(std::string_view text, Anchors anchors, bool words, const Tail& tail) {
  std::uint32_t tail_number = 0;
  if (!tail.empty()) {
    const auto [same, fresh] = tail_numbers_.try_emplace(tail, static_cast<std::uint32_t>(tails_.size()));
    if (fresh) tails_.push_back(tail);
    tail_number = same->second;
  }
  std::string key(text);
  if (words) key += '\x03';
  else (key += anchors.start ? '\x01' : '\x02') += (anchors.end ? "\x01" : "\x02") + std::to_string(tail_number);
  const auto [known, fresh] = numbers_.try_emplace(std::move(key), static_cast<std::uint32_t>(literals_.size()));
  if (!fresh) return known->second;
  literals_.push_back({static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(text.size()), tail_number,
                       anchors, words, false});
  bytes_ += text;
  return known->second;
}

std::vector<std::uint32_t> LiteralSet::add_all(const LiteralSet& other) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(other.literals_.size());
  for (const auto& literal : other.literals_)
    numbers.push_back(put(other.text_of(literal), literal.anchors, literal.words, other.tails_[literal.tail]));
  return numbers;
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
  return put(text, {}, true, {});
}

/// The form in which grams are chosen: as in FoldedText::words(), with the spaces that are known to stand around it.
std::string LiteralSet::framed(const Literal& literal) const {
  const auto text = text_of(literal);
  if (literal.words) return " " + std::string(text) + " ";
  FoldedText normal;
  normal.set(text);
  std::string out(normal.words(), normal.text().size());
  if (text.starts_with(' ')) out.insert(out.begin(), ' ');
  if (text.size() > 1 && text.ends_with(' ')) out += ' ';
  if (literal.anchors.start) out.insert(out.begin(), ' ');
  if (literal.anchors.end) out += ' ';
  return out;
}

void LiteralSet::build() {
  std::unordered_map<std::uint32_t, std::uint32_t> uses;
  std::vector<std::string> frames;
  frames.reserve(literals_.size());
  for (const auto& literal : literals_) {
    frames.push_back(framed(literal));
    for (std::size_t at = 0; at + 4 <= frames.back().size(); ++at) ++uses[gram_of(frames.back().data() + at)];
  }
  std::array<std::vector<Chosen>, 2> chosen;
  for (std::uint32_t number = 0; number < literals_.size(); ++number) {
    auto& literal = literals_[number];
    const std::string_view frame = frames[number];
    literal.hard = true;
    for (std::size_t tier = 0; tier < tiers_.size() && literal.hard; ++tier) {
      const auto width = tiers_[tier].filter.width();
      int best = std::numeric_limits<int>::min();
      std::size_t best_at = 0;
      for (std::size_t at = 0; at + width <= frame.size(); ++at) {
        const auto gram = frame.substr(at, width);
        if (std::count(gram.begin(), gram.end(), ' ') > static_cast<std::ptrdiff_t>(width) - 2) continue;
        // Between words there may be more than one character that is none: only grams with spaces at their ends.
        if (literal.words && gram.substr(1, width - 2).find(' ') != std::string_view::npos) continue;
        int score = 0;
        for (const char c : gram) score += 2 * rarity(c);
        for (const auto part : {at, at + width - 4})
          score -= 3 * static_cast<int>(std::bit_width(uses[gram_of(frame.data() + part)]));
        if (score > best) {
          best = score;
          best_at = at;
        }
      }
      if (best == std::numeric_limits<int>::min()) continue;
      literal.hard = false;
      auto& [key, member, exact] = chosen[tier].emplace_back();
      key = tiers_[tier].filter.key_of(frame.data() + best_at);
      member.literal = number;
      look_around(literal, frame, best_at, width, member);
      exact.offset = static_cast<std::int32_t>(best_at) - (literal.words || literal.anchors.start ? 1 : 0);
      exact.start = literal.start;
      exact.length = literal.length;
      exact.anchors = literal.anchors;
      exact.tail = literal.tail;
      exact.words = literal.words;
    }
  }
  for (std::size_t tier = 0; tier < tiers_.size(); ++tier) fill(tiers_[tier], std::move(chosen[tier]));
  for (std::uint32_t number = 0; number < literals_.size(); ++number) {
    const auto& literal = literals_[number];
    if (literal.words) continue;
    const auto put = [&](Automaton& automaton, Numbers& numbers) {
      const auto pattern = automaton.add(text_of(literal), literal.anchors);
      if (pattern >= numbers.size()) numbers.resize(pattern + 1);
      numbers[pattern].push_back(number);
    };
    if (literal.hard) put(hard_, hard_numbers_);
    put(all_, all_numbers_);
  }
  hard_.build();
  all_.build();
  // It may live as long as the program, once for each tenant.
  literals_.shrink_to_fit();
  members_.shrink_to_fit();
  exact_.shrink_to_fit();
  bytes_.shrink_to_fit();
  numbers_ = decltype(numbers_)();  // gives its memory back, which clear() would not
  tail_numbers_.clear();
}

void LiteralSet::fill(Tier& tier, std::vector<Chosen> chosen) {
  if (chosen.empty()) return;
  std::stable_sort(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  tier.filter.reset(chosen.size());
  std::size_t keys = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) keys += i == 0 || chosen[i].key != chosen[i - 1].key ? 1U : 0U;
  const auto places = std::bit_ceil(keys * 2 + 2);
  tier.group_shift = 32U - static_cast<unsigned>(std::bit_width(places) - 1);
  tier.groups.assign(places, {});
  for (std::size_t i = 0; i < chosen.size();) {
    const auto key = chosen[i].key;
    Group made{key, static_cast<std::uint32_t>(members_.size()), 0};
    for (; i < chosen.size() && chosen[i].key == key; ++i, ++made.count) {
      members_.push_back(chosen[i].member);
      exact_.push_back(chosen[i].exact);
    }
    tier.filter.add(key);
    auto place = tier.home_of(key);
    while (tier.groups[place].count != 0) place = (place + 1) & static_cast<std::uint32_t>(places - 1);
    tier.groups[place] = made;
  }
}

void LiteralSet::look_around(const Literal& literal, std::string_view frame, std::size_t at, std::size_t width,
                             Member& member) {
  auto begin = at;
  auto end = at + width;
  // Behind a space between two words of a keyword there may be more of what is no word.
  const auto may_go = [&](std::size_t last) { return !literal.words || frame[last] != ' '; };
  while (end - begin < 8 && end < frame.size() && may_go(end - 1)) ++end;
  while (end - begin < 8 && begin > 0 && may_go(begin)) --begin;
  std::memcpy(&member.around, frame.data() + begin, end - begin);
  std::memset(&member.mask, 0xFF, end - begin);
  member.delta = static_cast<std::int32_t>(begin) - static_cast<std::int32_t>(at);
}

std::size_t LiteralSet::match(const Exact& member, const FoldedText& text, std::ptrdiff_t gram_at, std::size_t& at,
                              std::ptrdiff_t& budget) const {
  const auto size = static_cast<std::ptrdiff_t>(text.text().size());
  const char* const wanted = bytes_.data() + member.start;
  const auto length = static_cast<std::ptrdiff_t>(member.length);
  if (!member.words) {
    const auto start = gram_at - member.offset;
    if (start < 0 || start + length > size || (member.anchors.start && start != 0) ||
        (member.anchors.end && start + length != size))
      return 0;
    if (std::memcmp(text.text().data() + start, wanted, member.length) != 0) return 0;
    if (member.tail != 0 && text.is_plain()) {
      // Behind the text stand spaces, as many as kMargin.
      const char* behind = text.text().data() + start + length;
      for (const auto& set : tails_[member.tail])
        if (!set.has(*behind++)) return 0;
    }
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
  // From the gram to both sides; where one space is wanted, any number will do.
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
  std::size_t bytes = 0;
  for (const auto& tier : tiers_) bytes += tier.filter.memory() + tier.groups.size() * sizeof(Group);
  return bytes + members_.size() * (sizeof(Member) + sizeof(Exact)) + bytes_.size() + hard_.memory() + all_.memory();
}

}  // namespace orgo::rules
