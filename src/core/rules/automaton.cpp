#include "core/rules/automaton.h"

#include <algorithm>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo::rules {

bool Automaton::is_separator(unsigned char c) const {
  if (c >= 0x80) return false;
  return mode_ == Mode::words ? !is_word_character(c) : is_space(static_cast<char>(c));
}

std::string_view Automaton::trimmed(std::string_view text) const {
  if (mode_ == Mode::words) return text;  // its beginning and end are separators, and a run of them is one
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::uint32_t Automaton::child(std::uint32_t node, std::uint16_t cls) {
  for (auto at = draft_[node].first_child; at != kNone; at = draft_[at].sibling)
    if (draft_[at].cls == cls) return at;
  const auto fresh = static_cast<std::uint32_t>(draft_.size());
  draft_.push_back({cls, kNone, draft_[node].first_child, kNone});
  draft_[node].first_child = fresh;
  return fresh;
}

std::uint32_t Automaton::add(std::string_view folded, Anchors anchors) {
  if (draft_.empty()) draft_.emplace_back();
  if (mode_ == Mode::words) anchors = {true, true};
  std::uint32_t node = 0;
  std::uint16_t last = kOther;
  const auto go = [&](std::uint16_t cls) {
    if (cls == kSpace && last == kSpace) return;
    node = child(node, cls);
    last = cls;
  };
  if (anchors.start) {
    while (!folded.empty() && is_separator(static_cast<unsigned char>(folded.front()))) folded.remove_prefix(1);
    go(begin_class());
  }
  if (anchors.end)
    while (!folded.empty() && is_separator(static_cast<unsigned char>(folded.back()))) folded.remove_suffix(1);
  for (const char c : folded) {
    const auto byte = static_cast<unsigned char>(ascii_lower(c));
    // A byte's class in the draft is its own value; build() gives the small numbers.
    go(is_separator(byte) ? kSpace : static_cast<std::uint16_t>(kFirstByte + byte));
  }
  if (anchors.end) go(end_class());
  if (draft_[node].pattern == kNone) draft_[node].pattern = patterns_++;
  return draft_[node].pattern;
}

void Automaton::build(std::size_t table_entries_max) {
  if (patterns_ == 0) return;
  // Classes: only bytes that occur in a pattern get one of their own.
  std::array<std::uint16_t, kFirstByte + 256> small{};
  small[kSpace] = kSpace;
  small[kBegin] = kBegin;
  small[kEnd] = kEnd;
  class_count_ = kFirstByte;
  for (const auto& node : draft_)
    if (node.cls >= kFirstByte && small[node.cls] == 0) small[node.cls] = static_cast<std::uint16_t>(class_count_++);
  for (unsigned byte = 0; byte < 256; ++byte) {
    const auto lower = static_cast<unsigned char>(ascii_lower(static_cast<char>(byte)));
    classes_[byte] = is_separator(lower) ? kSpace : small[static_cast<std::size_t>(kFirstByte) + lower];
  }

  // States in the order of their depth, so that the fail state of each has a smaller number.
  const auto states = static_cast<std::uint32_t>(draft_.size());
  std::vector<std::uint32_t> order{0};
  std::vector<std::uint32_t> number(states, 0);
  order.reserve(states);
  fail_.assign(states, 0);
  match_.assign(states, kNone);
  next_match_.assign(states, kNone);
  pattern_.assign(states, kNone);
  after_space_.assign(states, false);
  edge_start_.assign(states + 1, 0);
  edges_.clear();
  edges_.reserve(states);
  for (std::uint32_t state = 0; state < states; ++state) {
    const auto node = order[state];
    number[node] = state;
    pattern_[state] = draft_[node].pattern;
    after_space_[state] = state != 0 && draft_[node].cls == kSpace;
    edge_start_[state] = static_cast<std::uint32_t>(edges_.size());
    for (auto at = draft_[node].first_child; at != kNone; at = draft_[at].sibling) {
      edges_.push_back({small[draft_[at].cls], static_cast<std::uint32_t>(order.size())});
      order.push_back(at);
    }
  }
  edge_start_[states] = static_cast<std::uint32_t>(edges_.size());
  draft_.clear();
  draft_.shrink_to_fit();

  rows_ = static_cast<std::uint32_t>(std::clamp<std::size_t>(table_entries_max / class_count_, 1, states));
  // The states of depth 0 and 1 always have rows: scan() leans on it at the begin class.
  if (edge_start_[1] + 1 > rows_) rows_ = std::min(states, edge_start_[1] + 1);
  table_.assign(static_cast<std::size_t>(rows_) * class_count_, 0);

  match_[0] = kNone;  // the empty pattern has anchors, so the root never matches
  for (std::uint32_t state = 0; state < states; ++state) {
    if (state != 0) {
      match_[state] = pattern_[state] != kNone ? state : match_[fail_[state]];
      if (pattern_[state] != kNone) next_match_[state] = match_[fail_[state]];
    }
    for (auto at = edge_start_[state]; at < edge_start_[state + 1]; ++at) {
      const auto& here = edges_[at];
      fail_[here.target] = state == 0 ? 0 : step(fail_[state], here.cls);
    }
    if (state >= rows_) continue;
    auto* row = &table_[static_cast<std::size_t>(state) * class_count_];
    if (state != 0) {  // what its longest suffix would do, unless it has an edge itself
      const auto* suffix = &table_[static_cast<std::size_t>(fail_[state]) * class_count_];
      std::copy(suffix, suffix + class_count_, row);
      if (after_space_[state]) row[kSpace] = state;
    }
    for (auto at = edge_start_[state]; at < edge_start_[state + 1]; ++at) row[edges_[at].cls] = edges_[at].target;
  }
  // Now that all is known: numbers of states become row starts, or are marked.
  for (auto& entry : table_) entry = entry >= rows_ || match_[entry] != kNone ? entry | kSpecial : entry * class_count_;
}

std::uint32_t Automaton::edge(std::uint32_t state, std::uint16_t cls) const {
  for (auto at = edge_start_[state]; at < edge_start_[state + 1]; ++at)
    if (edges_[at].cls == cls) return edges_[at].target;
  return kNone;
}

std::uint32_t Automaton::step(std::uint32_t state, std::uint16_t cls) const {
  if (cls == kSpace && after_space_[state]) return state;
  for (;; state = fail_[state]) {
    if (const auto target = edge(state, cls); target != kNone) return target;
    if (state == 0) return 0;
  }
}

std::size_t Automaton::memory() const {
  return table_.size() * sizeof(table_[0]) + edges_.size() * sizeof(Edge) +
         pattern_.size() * (5 * sizeof(std::uint32_t)) + after_space_.size() / 8;
}

}  // namespace orgo::rules
