#include "service/gateway/session.h"

#include <algorithm>

#include "base/text.h"

namespace orgo::gateway {

std::string Sessions::begin(const Sha256& token_hash, TimePoint now) {
  auto id = random_hex(32);
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [now](const auto& entry) { return entry.second.ends_at <= now; });
  if (sessions_.size() >= kSessionsMax)
    sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) {
      return a.second.used_at < b.second.used_at;
    }));
  sessions_.emplace(sha256(id), Session{token_hash, now + kLifetime, now});
  return id;
}

std::optional<Sha256> Sessions::find(std::string_view id, TimePoint now) {
  if (id.size() != 64) return std::nullopt;
  const auto key = sha256(id);
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return std::nullopt;
  if (found->second.ends_at <= now) {
    sessions_.erase(found);
    return std::nullopt;
  }
  found->second.used_at = now;
  return found->second.token_hash;
}

void Sessions::end(std::string_view id) {
  const auto key = sha256(id);
  const std::lock_guard lock(mutex_);
  sessions_.erase(key);
}

std::string_view cookie_value(std::string_view header, std::string_view name) {
  for (const auto piece : split(header, ';')) {
    const auto pair = trim(piece);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
  }
  return {};
}

}  // namespace orgo::gateway
