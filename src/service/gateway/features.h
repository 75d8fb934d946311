#pragma once
#include <atomic>
#include <memory>
#include <vector>

#include "core/workplace/names.h"
#include "service/answers/answer_service.h"
#include "service/gateway/core/callers.h"
#include "service/gateway/core/cursor.h"
#include "service/gateway/core/route.h"
#include "service/gateway/pages/task_sheet.h"
#include "service/gateway/queue/restored_sends.h"
#include "service/gateway/services.h"
#include "service/people/login_service.h"
#include "service/people/people_service.h"
#include "service/people/sessions.h"
#include "service/tasks/task_service.h"
#include "service/trace/trace_service.h"
#include "service/work/ledger_repair.h"

namespace orgo::gateway {

/// The features of a gateway and what several of them share. Each is made from its own ports and sees nothing else; the
/// one list of all stands in features.cpp.
class Features {
 public:
  Features(Services services, Settings settings);

  /// Of all features, in the order of the list.
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }
  [[nodiscard]] const std::vector<Schema>& schemas() const { return schemas_; }
  Callers& callers() { return callers_; }
  Sessions& sessions() { return sessions_; }
  Clock& clock() { return services_.clock; }
  void drain() { draining_ = true; }

 private:
  /// The people of a tenant and the teams of its rules, for commands and pick lists.
  Result<Named> resolve(TenantId tenant, std::string_view name, bool receives, TimePoint now);
  Result<std::vector<std::string>> names(TenantId tenant);
  std::string told_at(const Task& task);
  Result<std::string> team_at(TenantId tenant, std::string_view address);

  template <typename T>
  void add(typename T::Ports ports);

  Services services_;
  Settings settings_;
  Callers callers_;
  Cursors cursors_;
  Sessions sessions_;
  PasswordWork passwords_;
  PeopleService people_;
  LoginService logins_;
  TaskService tasks_;
  AnswerService answers_;
  TraceService traces_;
  LedgerRepair repair_;
  RestoredSends restored_;
  page::TaskSheet sheet_;
  std::atomic<bool> draining_{false};
  std::vector<std::unique_ptr<Feature>> features_;
  std::vector<Route> routes_;
  std::vector<Schema> schemas_;
};

}  // namespace orgo::gateway
