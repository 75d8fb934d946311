#include "service/gateway/core/session.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace orgo::gateway {

// An id is "random.milliseconds.token hash.signature", all but the time in hex.
Sessions::Sessions(std::string key) : key_(key.empty() ? random_hex(32) : std::move(key)) {}

std::string Sessions::sign(std::string_view text) const {
  return to_hex(hmac_sha256(key_, "session\n" + std::string(text)));
}

std::string Sessions::begin(const Sha256& token_hash, TimePoint now) {
  auto id = random_hex(16) + "." + std::to_string(to_ms(now + kLifetime)) + "." + to_hex(token_hash);
  const auto signature = sign(id);
  return id + "." + signature;
}

std::optional<Sessions::Read> Sessions::read(std::string_view id) const {
  if (id.size() > 300) return std::nullopt;
  const auto last = id.rfind('.');
  if (last == std::string_view::npos || !same_secret(sign(id.substr(0, last)), id.substr(last + 1)))
    return std::nullopt;
  // It is ours, so its form is as begin() made it.
  const auto pieces = split(id, '.');
  Read out;
  std::int64_t ms = 0;
  std::from_chars(pieces.at(1).data(), pieces.at(1).data() + pieces.at(1).size(), ms);
  out.ends_at = from_ms(ms);
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  for (std::size_t i = 0; i < out.token_hash.size(); ++i)
    out.token_hash.at(i) =
        static_cast<unsigned char>(digit(pieces.at(2).at(2 * i)) << 4U | digit(pieces.at(2).at(2 * i + 1)));
  return out;
}

std::optional<Sha256> Sessions::find(std::string_view id, TimePoint now) {
  const auto read_id = read(id);
  if (!read_id || read_id->ends_at <= now) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (ended_.contains(sha256(id))) return std::nullopt;
  return read_id->token_hash;
}

void Sessions::end(std::string_view id) {
  const auto read_id = read(id);
  if (!read_id) return;
  const std::lock_guard lock(mutex_);
  ended_[sha256(id)] = read_id->ends_at;
  if (ended_.size() > kEndedMax)
    ended_.erase(std::min_element(ended_.begin(), ended_.end(),
                                  [](const auto& a, const auto& b) { return a.second < b.second; }));
}

namespace {

std::string cookie(std::string_view value, bool tls, Millis lifetime) {
  std::string out = std::string(kSessionCookie) + "=" + std::string(value) +
                    "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" +
                    std::to_string(std::chrono::duration_cast<std::chrono::seconds>(lifetime).count());
  if (tls) out += "; Secure";
  return out;
}

}  // namespace

std::string session_cookie(std::string_view id, bool tls) {
  return cookie(id, tls, Sessions::kLifetime);
}
std::string ended_session_cookie(bool tls) {
  return cookie("", tls, Millis{0});
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
