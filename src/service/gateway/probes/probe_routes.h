#pragma once
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "port/clock.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/gateway/probes/ready_check.h"

namespace orgo::gateway {

/// How the process does, for balancers, dashboards and Prometheus.
class ProbeRoutes final : public Feature {
 public:
  struct Ports {
    ReadyChecks ready_checks;
    const std::atomic<bool>& draining;
    Clock& clock;
    std::string version;
    bool public_metrics;  ///< /metrics without a token
  };
  explicit ProbeRoutes(Ports ports) : ports_(std::move(ports)), started_at_(ports_.clock.now()) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  struct Readiness;
  Result<HttpResponse> livez(const Call& call);
  Result<HttpResponse> readyz(const Call& call);
  Result<HttpResponse> health(const Call& call);
  Result<HttpResponse> metrics_text(const Call& call);
  [[nodiscard]] Readiness readiness() const;

  Ports ports_;
  TimePoint started_at_;
};

}  // namespace orgo::gateway
