#pragma once
#include <memory>

#include "port/http_handler.h"
#include "service/gateway/route.h"

namespace orgo::gateway {

/// The API, the probes and the pages as one function from request to response. Finds the route, asks who calls and
/// whether they may, runs the handler, and gives every error one form. Threads: any.
class Gateway final : public HttpHandler {
 public:
  Gateway(Services services, Settings settings);
  ~Gateway() override;

  HttpResponse handle(const HttpRequest& request) override;
  Admission admit(const HttpRequest& head) override;
  HttpResponse refusal(int status, std::string_view detail) override;

  /// From now on /readyz says 503, so that balancers send no more; everything else goes on until the edge stops.
  void drain();

 private:
  std::unique_ptr<House> house_;
};

/// The secret of a new token: "orgo_" and 256 random bits. Shown once, kept only as its hash.
std::string new_token_secret();
Sha256 token_hash(std::string_view secret);

}  // namespace orgo::gateway
