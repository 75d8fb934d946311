#include "adapter/broker/hint_text.h"

#include <charconv>

#include "adapter/broker/probe.h"
#include "base/log.h"

namespace orgo {
namespace {

bool read_number(std::string_view text, std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0;
}

}  // namespace

std::string hint_text(const WorkKey& key) {
  return std::to_string(key.tenant.value) + " " + std::to_string(key.reference);
}

std::optional<WorkKey> read_hint(std::string_view text, WorkKind kind) {
  WorkKey key{.tenant = TenantId{0}, .kind = kind, .reference = 0};
  const auto space = text.find(' ');
  if (space == std::string_view::npos || !read_number(text.substr(0, space), key.tenant.value) ||
      !read_number(text.substr(space + 1), key.reference))
    return std::nullopt;
  return key;
}

void tell_unreadable(std::string_view line, std::size_t count) {
  HintsProbe::instance().unreadable.add(static_cast<double>(count));
  log::warn("hints.unreadable", {{"line", line}, {"entries", count}});
}

}  // namespace orgo
