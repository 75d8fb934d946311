#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "port/task_store.h"
#include "service/answers/answer_service.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/multipart_form.h"
#include "service/gateway/core/route.h"
#include "service/gateway/pages/html.h"
#include "service/people/people_service.h"
#include "service/tasks/task_service.h"

namespace orgo::gateway::page {

/// The form in which people take down what somebody tells by phone or at the counter.
class NewTaskPages final : public Feature {
 public:
  struct Ports {
    AnswerService& answers;
    TaskService& commands;  ///< who is meant by a name
    PeopleService& people;
    TaskStore& tasks;
    std::function<Result<std::vector<std::string>>(TenantId)> names;  ///< of people, teams and rotas, to pick from
    std::size_t message_max;                                          ///< bytes of all with its files
  };
  explicit NewTaskPages(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;

 private:
  /// What stands in the form, and what is said above it.
  struct Sheet {
    Parameters fields;       ///< as typed
    std::string complaint;   ///< what was wrong; nothing was done
    std::string notice;      ///< what was done
    bool keeps_key = false;  ///< the same once more is the same task
    int status = 200;
  };
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> open(const Call& call);
  Result<HttpResponse> render(const Call& call, Sheet sheet);
  Result<TakenDown> taken_of(const Call& call, const MultipartForm& form);
  /// An address, also with a name; or the name of somebody who has an account and an address. Errors: invalid_input.
  Status take_requester(TenantId tenant, std::string_view typed, TakenDown& taken);
  Status write_known(Html& html, TenantId tenant);

  Ports ports_;
};

}  // namespace orgo::gateway::page
