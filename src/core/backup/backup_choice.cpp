#include "core/backup/backup_choice.h"

#include <algorithm>

#include "base/planted.h"

namespace orgo {
namespace {

constexpr std::string_view kShape = "0000-00-00T000000Z";
constexpr char kMostOfASecond = '9';

std::vector<KnownBackup> of_installation(std::span<const KnownBackup> known, std::string_view installation) {
  std::vector<KnownBackup> own;
  for (const auto& one : known)
    if (one.installation == installation || ORGO_PLANT(keeps_few_of_all)) own.push_back(one);
  std::ranges::sort(own, {}, &KnownBackup::sequence);
  return own;
}

}  // namespace

Result<std::string> backup_name(TimePoint now, std::span<const std::string> taken) {
  auto name = to_rfc3339(std::chrono::floor<std::chrono::seconds>(now));
  std::erase(name, ':');
  const auto is_taken = [&](const std::string& one) { return std::ranges::find(taken, one) != taken.end(); };
  if (!is_taken(name)) return name;
  for (char number = '2'; number <= kMostOfASecond; ++number)
    if (auto next = name + "-" + number; !is_taken(next)) return next;
  return failure(Errc::resource_exhausted, "there are nine backups of this second (" + name + ") already");
}

bool is_backup_name(std::string_view name) {
  if (name.size() == kShape.size() + 2) {
    if (name[kShape.size()] != '-' || name.back() < '2' || name.back() > kMostOfASecond) return false;
    name.remove_suffix(2);
  }
  return name.size() == kShape.size() && std::ranges::equal(name, kShape, [](char c, char shape) {
           return shape == '0' ? c >= '0' && c <= '9' : c == shape;
         });
}

std::int64_t next_sequence(std::span<const KnownBackup> known, std::string_view installation) {
  const auto own = of_installation(known, installation);
  return own.empty() ? 1 : own.back().sequence + 1;
}

Result<std::optional<KnownBackup>> newest(std::span<const KnownBackup> known) {
  if (known.empty()) return std::optional<KnownBackup>();
  const auto own = of_installation(known, known.front().installation);
  if (own.size() != known.size())
    return failure(Errc::invalid_input, "there are backups of several installations here: name one of them");
  return std::optional(own.back());
}

std::vector<std::string> surplus(std::span<const KnownBackup> known, std::string_view installation, std::size_t keep) {
  std::vector<std::string> names;
  const auto own = of_installation(known, installation);
  for (std::size_t i = 0; i + keep < own.size(); ++i) names.push_back(own[i].name);
  return names;
}

}  // namespace orgo
