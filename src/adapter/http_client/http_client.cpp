#include "adapter/http_client/http_client.h"

#include <curl/curl.h>

#include <memory>

#include "base/text.h"

namespace orgo {
namespace {

struct CurlClosed {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct ListFreed {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Answer {
  std::string body;
  std::size_t max = 0;
};

std::size_t take(char* data, std::size_t, std::size_t size, void* target) {
  auto& answer = *static_cast<Answer*>(target);
  if (answer.body.size() + size > answer.max) return 0;  // ends the call with CURLE_WRITE_ERROR
  answer.body.append(data, size);
  return size;
}

struct Headers {
  std::vector<std::pair<std::string, std::string>> list;
  std::size_t bytes = 0;
};

std::size_t take_header(char* data, std::size_t, std::size_t size, void* target) {
  constexpr std::size_t kBytesMax = 64U << 10U;
  auto& headers = *static_cast<Headers*>(target);
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) headers = {};  // of the last answer only: 100 and 103 come before it
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || (headers.bytes += size) > kBytesMax) return size;
  headers.list.emplace_back(ascii_lower(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1))));
  return size;
}

struct Dial {
  const std::function<bool(const sockaddr&)>& allowed;
  bool forbidden = false;  ///< the last address was
};

curl_socket_t open_socket(void* data, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& dial = *static_cast<Dial*>(data);
  dial.forbidden = !dial.allowed(address->addr);
  return dial.forbidden ? CURL_SOCKET_BAD
                        : socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int progress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return (*static_cast<const std::function<bool()>*>(data))() ? 1 : 0;
}

Error error_of(CURLcode code, const std::string& url, const char* detail) {
  const auto text = "calling " + url + ": " + (detail[0] != '\0' ? detail : curl_easy_strerror(code));
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {Errc::invalid_input, text};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return {Errc::unavailable, text};
    case CURLE_WRITE_ERROR:
      return {Errc::resource_exhausted, text + " (the answer is too large)"};
    default:
      return {Errc::deadline_exceeded, text};
  }
}

}  // namespace

Result<HttpClientResponse> http_call(const HttpClientRequest& request) {
  static const auto initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialised != CURLE_OK) return failure(Errc::unavailable, "libcurl does not start");
  // A handle of its own for each thread keeps connections open between calls without any lock.
  static thread_local const std::unique_ptr<CURL, CurlClosed> handle(curl_easy_init());
  CURL* curl = handle.get();
  if (curl == nullptr) return failure(Errc::unavailable, "libcurl gives no handle");
  curl_easy_reset(curl);

  std::unique_ptr<curl_slist, ListFreed> headers;
  const auto add = [&](const std::string& line) { headers.reset(curl_slist_append(headers.release(), line.c_str())); };
  for (const auto& [name, value] : request.headers) add(name + ": " + value);
  add("Expect:");  // no waiting for 100-continue

  char detail[CURL_ERROR_SIZE] = "";
  Answer answer{{}, request.answer_max};
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min<Millis>(request.timeout, Millis{5000}).count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
  Headers received;
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &received);
  if (!request.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, request.ca_file.c_str());
  Dial dial{request.may_dial};
  if (request.may_dial) {
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);  // one that is open already was never judged
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &dial);
  }
  if (request.cancelled) {
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<std::function<bool()>*>(&request.cancelled));
  }

  const auto code = curl_easy_perform(curl);
  if (code != CURLE_OK && dial.forbidden)
    return failure(Errc::not_permitted, "calling " + request.url + ": its address may not be called from here");
  if (code != CURLE_OK) return tl::unexpected(error_of(code, request.url, detail));
  HttpClientResponse response;
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  char* type = nullptr;
  if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type) == CURLE_OK && type != nullptr)
    response.content_type = type;
  char* redirect = nullptr;
  if (curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &redirect) == CURLE_OK && redirect != nullptr)
    response.redirect_url = redirect;
  response.headers = std::move(received.list);
  response.body = std::move(answer.body);
  return response;
}

}  // namespace orgo
