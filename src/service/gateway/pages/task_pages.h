#pragma once
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/time_zone.h"
#include "port/clock.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/signature_verifier.h"
#include "port/task_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/cursor.h"
#include "service/gateway/core/route.h"
#include "service/policy/policy_book.h"
#include "service/tasks/task_service.h"

namespace orgo::gateway::page {

/// The list of tasks, and one task with its buttons.
class TaskPages final : public Feature {
 public:
  struct Ports {
    TaskStore& tasks;
    MessageStore& messages;
    Outbox& outbox;
    TaskService& commands;
    const Cursors& cursors;
    Clock& clock;
    SignatureVerifier* signatures;  ///< null: signatures are not checked
    PolicyOf policies;
    std::function<Result<std::vector<std::string>>(TenantId)> names;  ///< of people, teams and rotas, to pick from
  };
  explicit TaskPages(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;

 private:
  struct Complaint;
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> post_command(const Call& call);
  Result<HttpResponse> render(const Call& call, TaskNumber number, const Complaint& complaint);

  Ports ports_;
};

}  // namespace orgo::gateway::page
