#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "port/clock.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/signature_verifier.h"
#include "port/task_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/pages/answer_card.h"
#include "service/policy/policy_book.h"

namespace orgo::gateway::page {

struct AnswersShown;

/// What the page of a task says besides the task, after one of its forms was sent.
struct TaskRemark {
  std::string complaint;     ///< what was wrong with the form; nothing was done
  std::string notice;        ///< what was done
  AnswerDraft draft;         ///< stands in the box again, so that it isn't lost
  std::string_view again{};  ///< an answer of the task, as in "m17", whose words stand in the box again
  int status = 200;
};

/// The page of one task, whichever feature's form it answers. Threads: any.
class TaskSheet {
 public:
  struct Ports {
    TaskStore& tasks;
    MessageStore& messages;
    Outbox& outbox;
    Clock& clock;
    SignatureVerifier* signatures;  ///< null: signatures are not checked
    PolicyOf policies;
    std::function<Result<std::vector<std::string>>(TenantId)> names;  ///< of people, teams and rotas, to pick from
    std::function<Result<std::vector<Customer>>(const Task&, const Policy&)> customers;  ///< whom an answer can go to
    std::size_t message_max;  ///< bytes of an answer with its files
  };
  explicit TaskSheet(Ports ports) : ports_(std::move(ports)) {}

  /// not_found: the caller's tenant has no such task.
  Result<HttpResponse> render(const Call& call, TaskNumber number, TaskRemark remark);

 private:
  void fill_again(const Call& call, TaskNumber number, std::span<const StoredSend> sends, TaskRemark& remark);
  Status write_messages(Html& html, const Call& call, const Task& task, const AnswersShown& how);

  Ports ports_;
};

}  // namespace orgo::gateway::page
