#include "adapter/webhook/http_webhook.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>

#include "adapter/webhook/address_rule.h"
#include "base/hash.h"
#include "base/planted.h"
#include "base/printable.h"
#include "base/text.h"
#include "core/delivery/compose.h"

namespace orgo {
namespace {

constexpr std::size_t kAnswerMax = 1U << 20;
constexpr long kConnectMost = 5'000;  // milliseconds

struct CurlClosed {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct ListFreed {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Call {
  bool allow_private = false;
  const std::vector<Network>* networks = nullptr;
  bool forbidden = false;    ///< every address of the name was private
  std::size_t answered = 0;  ///< bytes of the body
};

curl_socket_t open_socket(void* data, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& call = *static_cast<Call*>(data);
  const bool allowed = call.allow_private || is_public_address(address->addr) ||
                       std::any_of(call.networks->begin(), call.networks->end(),
                                   [&](const Network& one) { return one.contains(address->addr); });
  if (!allowed) {
    call.forbidden = true;
    return CURL_SOCKET_BAD;
  }
  call.forbidden = false;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t discard(char* /*bytes*/, std::size_t /*one*/, std::size_t size, void* data) {
  auto& call = *static_cast<Call*>(data);
  call.answered += size;
  return call.answered > kAnswerMax ? 0 : size;  // 0 ends the call; the status is known by then
}

/// The inverse of compose::base64 for a secret that the operator wrote; what is not base64 is left out.
std::string from_base64(std::string_view text) {
  std::string bytes;
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    int value = -1;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    else if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    else if (c >= '0' && c <= '9') value = c - '0' + 52;
    else if (c == '+' || c == '-') value = 62;
    else if (c == '/' || c == '_') value = 63;
    if (value < 0) continue;
    held = held << 6U | static_cast<unsigned>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(held >> static_cast<unsigned>(bits) & 0xffU));
  }
  return bytes;
}

std::string key_of(std::string_view secret) {
  constexpr std::string_view kPrefix = "whsec_";
  return secret.starts_with(kPrefix) ? from_base64(secret.substr(kPrefix.size())) : std::string(secret);
}

/// Asked by libcurl about every second.
int is_interrupted(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<const std::atomic<bool>*>(data) ? 1 : 0;
}

/// How long the receiver asks to be left alone (Retry-After, RFC 9110, section 10.2.3: seconds or a date). Read here,
/// since CURLINFO_RETRY_AFTER takes the day of "30 Nov 2026 07:00:00 GMT" for seconds.
std::optional<Millis> retry_after(CURL* curl) {
  curl_header* header = nullptr;
  if (curl_easy_header(curl, "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return std::nullopt;
  const std::string text(trim(header->value));
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t kMost = 7 * 86'400;
  if (error == std::errc::result_out_of_range && end == text.data() + text.size()) {
    seconds = text.starts_with('-') ? 0 : kMost;
  } else if (error != std::errc{} || end != text.data() + text.size()) {
    const auto date = curl_getdate(text.c_str(), nullptr);
    if (date < 0) return std::nullopt;
    seconds = static_cast<std::int64_t>(date) - static_cast<std::int64_t>(std::time(nullptr));
  }
  if (seconds <= 0) return std::nullopt;
  return Millis{std::min(seconds, kMost) * 1'000};
}

SendResult by_status(long status) {
  const auto detail = "HTTP " + std::to_string(status);
  if (status >= 200 && status < 300) return {SendResult::Kind::delivered, detail};
  if (status == 408 || status == 425 || (status == 429 && !ORGO_PLANT(too_many_requests_is_final)) || status >= 500)
    return {SendResult::Kind::temporary, detail};
  if (status >= 300 && status < 400)
    return {SendResult::Kind::permanent, detail + ": redirects are not followed; give the address that it leads to"};
  return {SendResult::Kind::permanent, detail};
}

}  // namespace

std::string sign_webhook(std::string_view key, std::string_view id, std::int64_t seconds, std::string_view body) {
  std::string signed_text(id);
  signed_text.append(".").append(std::to_string(seconds)).append(".").append(body);
  const auto digest = hmac_sha256(key, signed_text);
  return "v1," + compose::base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

HttpWebhook::HttpWebhook(HttpWebhookOptions options) : options_(std::move(options)) {}

void HttpWebhook::send_each(std::span<const Outgoing> webhooks, Deadline deadline, const Told& told) {
  bool going_on = true;
  for (std::size_t i = 0; i < webhooks.size() && going_on; ++i) going_on = told(i, post(webhooks[i], deadline));
}

SendResult HttpWebhook::post(const Outgoing& webhook, Deadline deadline) {
  if (webhook.recipient.kind != ContactKind::webhook || webhook.recipient.empty())
    return {SendResult::Kind::permanent, "'" + printable_line(to_string(webhook.recipient), 100) + "' is no URL"};
  static const auto initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, CurlClosed> handle(initialised == CURLE_OK ? curl_easy_init() : nullptr);
  CURL* curl = handle.get();
  if (curl == nullptr) return {SendResult::Kind::temporary, "libcurl gives no handle"};
  if (interrupted_) return {SendResult::Kind::temporary, "not tried, Orgo stops"};
  const auto left = std::chrono::duration_cast<Millis>(deadline - std::chrono::steady_clock::now());
  const auto time = std::min(left, options_.timeout);
  if (time <= Millis{0}) return {SendResult::Kind::temporary, "no time left to call it"};

  std::unique_ptr<curl_slist, ListFreed> headers;
  const auto add = [&](const std::string& line) { headers.reset(curl_slist_append(headers.release(), line.c_str())); };
  add("Content-Type: application/json");
  add("Expect:");  // no waiting for 100-continue
  add("webhook-id: " + webhook.id);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(webhook.at).time_since_epoch().count();
  add("webhook-timestamp: " + std::to_string(seconds));
  if (const auto key = key_of(webhook.secret); !key.empty())
    add("webhook-signature: " + sign_webhook(key, webhook.id, seconds, webhook.body));

  char words[CURL_ERROR_SIZE] = "";
  Call call{.allow_private = options_.allow_private, .networks = &options_.allow_networks};
  curl_easy_setopt(curl, CURLOPT_URL, webhook.recipient.address.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, webhook.body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(webhook.body.size()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "Orgo");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, discard);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &call);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &call);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::min(kConnectMost, static_cast<long>(time.count())));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(time.count()));
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // a name that is being looked up is waited for by nobody
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_interrupted);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &interrupted_);

  const auto code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && status != 0)) {
    auto result = by_status(status);
    if (result.kind == SendResult::Kind::temporary) result.retry_after = retry_after(curl);
    return result;
  }
  const std::string why = code == CURLE_ABORTED_BY_CALLBACK ? "Orgo stops"
                          : words[0] != '\0'                ? words
                                                            : curl_easy_strerror(code);
  if (call.forbidden)
    return {
        SendResult::Kind::permanent,
        "the address lies outside the public internet; allow its network by webhooks.allow_networks, or correct it"};
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) return {SendResult::Kind::permanent, why};
  long request_bytes = 0;
  curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &request_bytes);
  if (request_bytes == 0) return {SendResult::Kind::temporary, why};
  return {SendResult::Kind::unknown, "it was called and no answer came: " + why};
}

}  // namespace orgo
