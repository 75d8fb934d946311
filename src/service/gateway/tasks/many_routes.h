#pragma once
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "core/task/command.h"
#include "port/clock.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/policy/policy_book.h"
#include "service/tasks/task_service.h"

namespace orgo::gateway {

/// The commands on several tasks in one request, POST /api/v1/tasks/{command}: each task has its own outcome.
class ManyRoutes final : public Feature {
 public:
  struct Ports {
    TaskService& commands;
    Clock& clock;
    PolicyOf policies;
  };
  explicit ManyRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> run(const Call& call, const commands::Command& command);

  /// The route of one command.
  struct Bound {
    ManyRoutes& routes;
    const commands::Command& command;
    Result<HttpResponse> run(const Call& call) { return routes.run(call, command); }
  };

  Ports ports_;
  std::deque<Bound> bound_;
  std::deque<std::string> written_;  ///< paths, schemas and summaries that routes point at
};

}  // namespace orgo::gateway
