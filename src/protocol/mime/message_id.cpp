// Message-ID, In-Reply-To and References (RFC 5322, section 3.6.4).
#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/work.h"
#include "protocol/mime/address.h"
#include "protocol/mime/address_scan.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/line_scan.h"

namespace orgo::mime {
namespace {

constexpr std::size_t kUnpackedMax = 65'536;  // bytes

/// Ids that a careless program put into an encoded word or wrote as for HTML; else empty.
std::string unpacked_ids(std::string_view value) {
  value = value.substr(0, kUnpackedMax);
  std::string out;
  if (value.find("=?") != std::string_view::npos) out = decode_header(value);
  if (has_entities(value)) out = without_entities(out.empty() ? value : out);
  return out;
}

/// What is written around an id in the place of "<>", one half of them, and marks that nobody sees.
std::string_view without_dress(std::string_view id) {
  for (auto before = id.size() + 1; before > id.size();) {
    before = id.size();
    id = trim(id);
    id.remove_prefix(invisible_prefix(id));
    if (id.size() >= 3 && invisible_prefix(id.substr(id.size() - 3)) == 3) id.remove_suffix(3);
    if (id.starts_with('<')) id.remove_prefix(1);
    if (id.ends_with('>')) id.remove_suffix(1);
    constexpr std::string_view kOpening = "[({\"'`", kClosing = "])}\"'`";
    const auto pair = id.size() > 2 ? kOpening.find(id.front()) : std::string_view::npos;
    if (pair != std::string_view::npos && id.back() == kClosing[pair] && id.find('@') != std::string_view::npos &&
        (id.front() != '"' || id.find("\"@") == std::string_view::npos))
      id = id.substr(1, id.size() - 2);
  }
  return id;
}

/// "Message from Ann <ann@kim.example> of Monday <id@x.example>": words before the first brackets and between them and
/// the next ones make those a person's address. From there on, else all of it.
std::string_view behind_persons(std::string_view value) {
  const auto has_word = [](std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    });
  };
  const auto names_person = [](std::string_view text) {
    constexpr auto kFrom = std::to_array<std::string_view>(
        {"from", "by", "von", "de", "da", "di", "van", "från", "fra", "od", "от", "від", "dal", "del", "du"});
    for (const auto word : split(text, ' '))
      if (std::any_of(kFrom.begin(), kFrom.end(), [&](auto from) { return ascii_iequals(word, from); })) return true;
    return false;
  };
  for (;;) {
    const auto open = value.find('<');
    const auto close = open == std::string_view::npos ? open : value.find('>', open);
    const auto next = close == std::string_view::npos ? close : value.find('<', close);
    if (next == std::string_view::npos || value.find('>', next) == std::string_view::npos) return value;
    const auto before = value.substr(0, open), between = value.substr(close + 1, next - close - 1);
    if (!has_word(before) || !has_word(between) || (names_person(between) && !names_person(before))) return value;
    value.remove_prefix(close + 1);
  }
}

}  // namespace

std::string first_message_id(std::string_view value) {
  const auto unpacked = unpacked_ids(value);
  if (!unpacked.empty()) value = unpacked;
  if (!value.starts_with('<')) value = behind_persons(value);
  const auto open = value.find('<');
  const auto close = open == std::string_view::npos ? open : value.find('>', open + 1);
  if (close != std::string_view::npos && close > open + 1) {
    count_work(close);
    const auto id = value.substr(open + 1, close - open - 1);
    if (id.front() != '<' && std::none_of(id.begin(), id.end(), [](char c) { return is_space(c) || c == '<'; }) &&
        invisible_prefix(id) == 0)
      return std::string(id);
  }
  auto ids = parse_message_ids(value, 1);
  return ids.empty() ? std::string() : std::move(ids.front());
}

std::vector<std::string> parse_message_ids(std::string_view value, std::size_t ids_max) {
  count_work(value.size());
  const auto unpacked = unpacked_ids(value);
  if (!unpacked.empty()) value = unpacked;
  std::vector<std::string_view> views;
  // The first one and the last ones: threading needs the root and the near ancestors.
  std::size_t over = 0;  // ring: where the next one goes when there are too many
  const auto add = [&](std::string_view id) {
    id = without_dress(id);
    if (id.empty() || ids_max == 0) return;
    if (views.size() < ids_max) {
      views.push_back(id);
    } else if (ids_max > 1) {
      views[1 + over] = id;
      over = (over + 1) % (ids_max - 1);
    }
  };
  bool any = false;
  for (std::size_t at = 0; at < value.size();) {
    const auto open = value.find('<', at);
    if (open == std::string_view::npos) break;
    const auto close = value.find('>', open + 1);
    any = true;
    // "<a@b <c@d>": the first was never closed.
    for (const auto id : split(value.substr(open + 1, close == std::string_view::npos ? close : close - open - 1), '<'))
      add(id);
    if (close == std::string_view::npos) break;
    at = close + 1;
  }
  if (!any) {
    for (std::size_t at = 0; at < value.size();) {
      while (at < value.size() && is_space(value[at])) ++at;
      auto end = at;
      while (end < value.size() && !is_space(value[end])) ++end;
      // In-Reply-To of old mailers is prose: "Your message of Monday".
      if (value.substr(at, end - at).find('@') != std::string_view::npos || end - at == trim(value).size())
        add(value.substr(at, end - at));
      at = end;
    }
  }
  if (over != 0 && views.size() == ids_max)
    std::rotate(views.begin() + 1, views.begin() + 1 + static_cast<std::ptrdiff_t>(over), views.end());
  std::vector<std::string> ids;
  ids.reserve(views.size());
  for (const auto view : views) {
    auto id = without_spaces(view);
    if (id.starts_with('<')) id.erase(0, 1);
    if (!id.empty()) ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace orgo::mime
