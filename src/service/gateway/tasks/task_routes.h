#pragma once
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "port/clock.h"
#include "port/task_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/cursor.h"
#include "service/gateway/core/route.h"
#include "service/policy/policy_book.h"
#include "service/tasks/task_service.h"

namespace orgo::gateway {

/// Tasks: lists, one of them, its history and promises, and the commands on it.
class TaskRoutes final : public Feature {
 public:
  struct Ports {
    TaskStore& tasks;
    TaskService& commands;
    const Cursors& cursors;
    Clock& clock;
    PolicyOf policies;
  };
  explicit TaskRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  std::vector<Route> command_routes();
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> events(const Call& call);
  Result<HttpResponse> clocks(const Call& call);
  Result<HttpResponse> assign(const Call& call);
  Result<HttpResponse> ack(const Call& call);
  Result<HttpResponse> resolve(const Call& call);
  Result<HttpResponse> close(const Call& call);
  Result<HttpResponse> reopen(const Call& call);
  Result<HttpResponse> state(const Call& call);
  Result<HttpResponse> comment(const Call& call);
  Result<HttpResponse> priority(const Call& call);
  Result<HttpResponse> tags(const Call& call);
  Result<HttpResponse> route(const Call& call);
  Result<HttpResponse> fields(const Call& call);
  Result<HttpResponse> due(const Call& call);
  template <typename Read, typename Do>
  Result<HttpResponse> command(const Call& call, Read read, Do act);

  Ports ports_;
};

}  // namespace orgo::gateway
