#include <vector>

#include "base/planted.h"
#include "base/text.h"
#include "service/gateway/core/dispatcher.h"

namespace orgo::gateway {
namespace {

/// Everything is denied that the pages don't use; there is no script at all.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

const std::vector<HttpHeader>& all() {
  static const std::vector<HttpHeader> headers{{"Cache-Control", "no-store"},
                                               {"Content-Security-Policy", kContentSecurityPolicy},
                                               {"X-Content-Type-Options", "nosniff"},
                                               {"X-Frame-Options", "DENY"},
                                               {"Referrer-Policy", "same-origin"},
                                               {"Cross-Origin-Resource-Policy", "same-origin"},
                                               {"Cross-Origin-Opener-Policy", "same-origin"}};
  return headers;
}

bool has(const HttpResponse& response, std::string_view name) {
  for (const auto& header : response.headers)
    if (ascii_iequals(header.name, name)) return true;
  return false;
}

}  // namespace

void secure(HttpResponse& response) {
  bool own = false;  // does the handler say one of them otherwise?
  for (const auto& header : all()) own = own || has(response, header.name);
  if (!own) {
    response.shared = all();
    return;
  }
  if (ORGO_PLANT(own_header_drops_the_others)) return;
  const auto said = response.headers.size();
  response.headers.reserve(said + all().size());
  for (const auto& header : all())
    if (!has(response, header.name)) response.headers.push_back(header);
}

}  // namespace orgo::gateway
