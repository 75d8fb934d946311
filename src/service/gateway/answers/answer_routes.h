#pragma once
#include <utility>
#include <vector>

#include "port/task_store.h"
#include "service/answers/answer_service.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/tasks/task_service.h"

namespace orgo::gateway {

/// Answers to customers and notes for colleagues, taking an answer back, and tasks without a mail.
class AnswerRoutes final : public Feature {
 public:
  struct Ports {
    AnswerService& answers;
    TaskService& commands;  ///< who is meant by a name
    TaskStore& tasks;
    std::size_t message_max;  ///< bytes of an answer with its files
  };
  explicit AnswerRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> reply(const Call& call);
  Result<HttpResponse> recall(const Call& call);
  Result<HttpResponse> open(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
