#pragma once
#include <memory>
#include <vector>

#include "port/http_handler.h"
#include "service/gateway/core/route.h"
#include "service/gateway/core/token_secret.h"
#include "service/gateway/services.h"

namespace orgo::gateway {

/// The API, the probes and the pages as one function from request to response: all features (features.h) behind one
/// dispatcher (core/dispatcher.h). Threads: any.
class Gateway final : public HttpHandler {
 public:
  Gateway(Services services, Settings settings);
  ~Gateway() override;

  HttpResponse handle(const HttpRequest& request) override;
  [[nodiscard]] Pace pace(const HttpRequest& request) const override;
  Admission admit(const HttpRequest& head) override;
  HttpResponse refusal(int status, std::string_view detail) override;

  /// From now on /readyz says 503, so that balancers send no more; everything else goes on until the edge stops.
  void drain();

  /// All routes of all features, in the order of the list in features.cpp.
  [[nodiscard]] const std::vector<Route>& routes() const;
  /// What their answers look like.
  [[nodiscard]] const std::vector<Schema>& schemas() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace orgo::gateway
