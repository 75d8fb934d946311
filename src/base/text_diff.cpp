#include "base/text_diff.h"

#include <algorithm>
#include <vector>

namespace orgo {
namespace {

constexpr int kContext = 3;
constexpr int kEditsMax = 2'000;

enum class Kind : char { same = ' ', removed = '-', added = '+' };
struct Step {
  Kind kind;
  std::string_view line;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto length = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

using Lines = std::vector<std::string_view>;

/// Myers: furthest points on the diagonals for each number of edits, kept to walk the way back.
void shortest_edits(const Lines& a, std::size_t a_from, std::size_t a_end, const Lines& b, std::size_t b_from,
                    std::size_t b_end, std::vector<Step>& steps) {
  const int n = static_cast<int>(a_end - a_from), m = static_cast<int>(b_end - b_from);
  const int most = std::min(n + m, kEditsMax);
  std::vector<std::vector<int>> rounds;
  std::vector<int> furthest(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](std::vector<int>& points, int diagonal) -> int& {
    return points[static_cast<std::size_t>(diagonal + most + 1)];
  };
  int edits = 0;
  bool found = n == 0 && m == 0;
  for (; edits <= most && !found; ++edits) {
    rounds.emplace_back(furthest.begin() + (most + 1 - edits - 1), furthest.begin() + (most + 1 + edits + 2));
    for (int k = -edits; k <= edits && !found; k += 2) {
      int x = k == -edits || (k != edits && at(furthest, k - 1) < at(furthest, k + 1)) ? at(furthest, k + 1)
                                                                                       : at(furthest, k - 1) + 1;
      int y = x - k;
      while (x < n && y < m && a[a_from + static_cast<std::size_t>(x)] == b[b_from + static_cast<std::size_t>(y)])
        ++x, ++y;
      at(furthest, k) = x;
      found = x >= n && y >= m;
    }
    if (found) break;
  }
  if (!found) {
    for (auto i = a_from; i < a_end; ++i) steps.push_back({Kind::removed, a[i]});
    for (auto i = b_from; i < b_end; ++i) steps.push_back({Kind::added, b[i]});
    return;
  }
  std::vector<Step> back;
  int x = n, y = m;
  for (int d = edits; x > 0 || y > 0; --d) {
    const auto before = [&](int k) { return rounds[static_cast<std::size_t>(d)][static_cast<std::size_t>(k + d + 1)]; };
    const int k = x - y;
    const bool down = d > 0 && (k == -d || (k != d && before(k - 1) < before(k + 1)));
    const int from_x = d == 0 ? 0 : down ? before(k + 1) : before(k - 1);
    const int from_y = d == 0 ? 0 : from_x - (down ? k + 1 : k - 1);
    const int meet_x = d == 0 ? 0 : down ? from_x : from_x + 1;
    while (x > meet_x && y > (d == 0 ? 0 : meet_x - k))
      --x, --y, back.push_back({Kind::same, a[a_from + static_cast<std::size_t>(x)]});
    if (d == 0) break;
    if (down) back.push_back({Kind::added, b[b_from + static_cast<std::size_t>(from_y)]});
    else back.push_back({Kind::removed, a[a_from + static_cast<std::size_t>(from_x)]});
    x = from_x;
    y = from_y;
  }
  steps.insert(steps.end(), back.rbegin(), back.rend());
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view before_name,
                         std::string_view after_name) {
  if (before == after) return {};
  const auto a = lines_of(before), b = lines_of(after);
  std::size_t front = 0;
  while (front < a.size() && front < b.size() && a[front] == b[front]) ++front;
  std::size_t back = 0;
  while (back < a.size() - front && back < b.size() - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  std::vector<Step> steps;
  for (std::size_t i = 0; i < front; ++i) steps.push_back({Kind::same, a[i]});
  shortest_edits(a, front, a.size() - back, b, front, b.size() - back, steps);
  for (std::size_t i = a.size() - back; i < a.size(); ++i) steps.push_back({Kind::same, a[i]});

  std::string out;
  out.append("--- ").append(before_name).append("\n+++ ").append(after_name).append("\n");
  std::size_t line_a = 1, line_b = 1;  // of steps[at]
  for (std::size_t at = 0; at < steps.size();) {
    if (steps[at].kind == Kind::same) {
      ++at, ++line_a, ++line_b;
      continue;
    }
    // A hunk: back to its context, on until six lines in a row are the same.
    const std::size_t lead = std::min<std::size_t>(kContext, std::min(line_a, line_b) - 1);
    const std::size_t begin = at - lead;
    std::size_t end = at, quiet = 0;
    for (auto i = at; i < steps.size() && quiet < 2 * kContext; ++i) {
      quiet = steps[i].kind == Kind::same ? quiet + 1 : 0;
      if (quiet == 0) end = i + 1;
    }
    end = std::min(end + kContext, steps.size());
    std::size_t count_a = 0, count_b = 0;
    for (auto i = begin; i < end; ++i) {
      count_a += steps[i].kind != Kind::added ? 1 : 0;
      count_b += steps[i].kind != Kind::removed ? 1 : 0;
    }
    const auto range = [](std::size_t start, std::size_t count) {
      return std::to_string(count == 0 ? start - 1 : start) + (count == 1 ? "" : "," + std::to_string(count));
    };
    out += "@@ -" + range(line_a - lead, count_a) + " +" + range(line_b - lead, count_b) + " @@\n";
    for (auto i = begin; i < end; ++i) {
      out += static_cast<char>(steps[i].kind);
      out += steps[i].line;
      if (!steps[i].line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
    }
    line_a += count_a - lead;
    line_b += count_b - lead;
    at = end;
  }
  return out;
}

}  // namespace orgo
