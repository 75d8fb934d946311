#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "port/clock.h"
#include "port/task_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/cursor.h"
#include "service/gateway/core/route.h"
#include "service/policy/policy_book.h"
#include "service/search/task_search.h"
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
    TaskSearch* search;  ///< null: there is no index
  };
  explicit TaskRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  std::vector<Route> command_routes();
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> search(const Call& call, const TaskListRequest& request, std::string_view text);
  /// Of a list that came out empty: a name that is nobody's, and that no task bears, was mistyped. One that was
  /// declared once still lists, however few the tasks are.
  Status check_name(TenantId tenant, std::string_view name, bool of_team);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> events(const Call& call);
  Result<HttpResponse> clocks(const Call& call);
  Result<HttpResponse> run(const Call& call, const commands::Command& command);

  /// The route of one command.
  struct Bound {
    TaskRoutes& routes;
    const commands::Command& command;
    Result<HttpResponse> run(const Call& call) { return routes.run(call, command); }
  };

  Ports ports_;
  std::deque<Bound> bound_;
  std::deque<std::string> written_;  ///< paths and schemas that routes point at
};

}  // namespace orgo::gateway
