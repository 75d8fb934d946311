#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "port/task_store.h"
#include "service/answers/answer_service.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/multipart_form.h"
#include "service/gateway/core/route.h"
#include "service/gateway/pages/task_sheet.h"
#include "service/policy/policy_book.h"

namespace orgo::gateway::page {

/// The box on the page of a task in which people answer the customer or leave a note, and the button that takes an
/// answer back.
class AnswerPages final : public Feature {
 public:
  struct Ports {
    AnswerService& answers;
    TaskStore& tasks;
    PolicyOf policies;
    TaskSheet& sheet;
    std::size_t message_max;  ///< bytes of an answer with its files
  };
  explicit AnswerPages(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;

 private:
  Result<HttpResponse> reply(const Call& call);
  Result<HttpResponse> recall(const Call& call);
  Result<HttpResponse> too_much(const Call& call, TaskNumber number, const MultipartForm& form);
  /// What the form asks for; nothing of it is checked that AnswerService checks.
  Result<AnswerRequest> request_of(const Call& call, TaskNumber number, const MultipartForm& form);
  Result<HttpResponse> complain(const Call& call, const AnswerRequest& request, const MultipartForm& form,
                                const Error& error);

  Ports ports_;
};

}  // namespace orgo::gateway::page
