#pragma once
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "port/clock.h"
#include "port/task_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/cursor.h"
#include "service/gateway/core/route.h"
#include "service/gateway/pages/task_sheet.h"
#include "service/policy/policy_book.h"
#include "service/search/task_search.h"
#include "service/tasks/run_many.h"
#include "service/tasks/task_service.h"

namespace orgo::gateway::page {

/// The list of tasks, with commands for several of them, and one task with its buttons.
class TaskPages final : public Feature {
 public:
  struct Ports {
    TaskStore& tasks;
    TaskService& commands;
    const Cursors& cursors;
    Clock& clock;
    PolicyOf policies;
    TaskSheet& sheet;
    std::function<Result<std::vector<std::string>>(TenantId)> names;  ///< of people, teams and rotas, to pick from
    TaskSearch* search;                                               ///< null: there is no index
  };
  explicit TaskPages(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;

 private:
  Result<HttpResponse> list(const Call& call) { return render_list(call, {}); }
  /// `outcomes`: of the tasks that were ticked on it before.
  Result<HttpResponse> render_list(const Call& call, std::span<const ManyOutcome> outcomes);
  Result<HttpResponse> post_many(const Call& call);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> post_command(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway::page
