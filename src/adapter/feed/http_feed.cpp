#include "adapter/feed/http_feed.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "adapter/http_client/http_client.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

FeedAnswer failed(std::string why, Millis retry_after = {}) {
  FeedAnswer answer;
  answer.why = std::move(why);
  answer.retry_after = retry_after;
  return answer;
}

/// Retry-After in seconds (RFC 9110, 10.2.3); its form with a date is rare, and our own pauses are good enough then.
Millis retry_after(const std::string& text) {
  constexpr std::int64_t kMost = 86'400;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc::result_out_of_range && !text.starts_with('-')) seconds = kMost;
  else if (error != std::errc{} || seconds < 0) return {};
  return end == text.data() + text.size() ? Millis{std::min(seconds, kMost) * 1'000} : Millis{};
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Without what stands before the host and behind the path: these are passwords as often as not.
std::string shown(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url.substr(0, 200));
  const auto host = url.substr(scheme + 3);
  const auto sign = host.substr(0, host.find('/')).rfind('@');
  return std::string(url.substr(0, scheme + 3)) +
         std::string((sign == std::string_view::npos ? host : host.substr(sign + 1)).substr(0, 200));
}

/// libcurl's words, without the URL in front.
std::string cause(const Error& error, const std::string& url) {
  const auto prefix = "calling " + url + ": ";
  return error.message.starts_with(prefix) ? error.message.substr(prefix.size()) : error.message;
}

}  // namespace

FeedAnswer HttpFeed::fetch(const FeedRequest& request) {
  const auto until = std::chrono::steady_clock::now() + options_.timeout;
  std::string url = request.url;
  for (int hop = 0;; ++hop) {
    const auto left = std::chrono::duration_cast<Millis>(until - std::chrono::steady_clock::now());
    if (stopped_ || left <= Millis{0}) return failed("no time was left to ask for it");
    const bool with_tls = ascii_istarts_with(url, "https://");
    HttpClientRequest call;
    call.url = url;
    call.timeout = left;
    call.answer_max = options_.bytes_max;
    call.ca_file = options_.ca_file;
    call.cancelled = [this] { return stopped_.load(); };
    call.may_dial = [&](const sockaddr& address) {
      const auto within = [&](const Network& network) { return network.contains(address); };
      return (with_tls && is_public_address(address)) ||
             std::any_of(options_.allow_networks.begin(), options_.allow_networks.end(), within);
    };
    call.headers = {{"Accept", "text/calendar, */*;q=0.1"}, {"User-Agent", "Orgo"}};
    if (!request.etag.empty()) call.headers.emplace_back("If-None-Match", request.etag);
    if (!request.last_modified.empty()) call.headers.emplace_back("If-Modified-Since", request.last_modified);
    auto answer = http_call(call);
    if (!answer) {
      if (answer.error().code == Errc::not_permitted)
        return failed(
            with_tls
                ? shown(url) +
                      " lies outside the public internet; if it is yours, allow its network by feeds.allow_networks"
                : shown(url) +
                      " is asked for without TLS; take https, or allow its network, if it is yours, by "
                      "feeds.allow_networks");
      if (answer.error().code == Errc::resource_exhausted)
        return failed("it is larger than " + std::to_string(options_.bytes_max) + " bytes (feeds.size)");
      return failed(cause(answer.error(), url));
    }
    if (is_redirect(answer->status) && !answer->redirect_url.empty()) {
      if (hop >= options_.redirects_max)
        return failed("more than " + std::to_string(options_.redirects_max) + " redirects");
      if (with_tls && !ORGO_PLANT(feed_may_leave_tls) && !ascii_istarts_with(answer->redirect_url, "https://"))
        return failed("it redirects from https to " + shown(answer->redirect_url));
      url = answer->redirect_url;
      continue;
    }
    FeedAnswer made;
    if (answer->status == 304 && (!request.etag.empty() || !request.last_modified.empty())) {
      made.kind = FeedAnswer::Kind::unchanged;
      return made;
    }
    if (answer->status != 200)
      return failed("the server answers HTTP " + std::to_string(answer->status),
                    retry_after(answer->header("retry-after")));
    made.kind = FeedAnswer::Kind::fresh;
    made.text = std::move(answer->body);
    made.etag = answer->header("etag");
    made.last_modified = answer->header("last-modified");
    return made;
  }
}

}  // namespace orgo
