#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/delivery/compose_answer.h"
#include "core/people/person.h"
#include "core/task/task.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/people_store.h"
#include "port/task_store.h"
#include "service/answers/answer_request.h"
#include "service/answers/customers.h"
#include "service/answers/decision_bell.h"
#include "service/policy/policy_book.h"

namespace orgo {

struct AnswerAccepted {
  MessageId message;
  bool duplicate = false;  ///< it was accepted before
  bool decided = false;    ///< it is known what became of it; else the task's history will tell
  std::string refused{};   ///< why nothing of it was done, by the decision; empty: it was, or is not decided yet
  std::optional<TimePoint> leaves_at{};  ///< not before; nullopt: a note
  bool recallable = false;               ///< until then it can be taken back, as far as is known
  std::vector<std::string> to{};         ///< each gets it; empty: a note, or it was accepted before
};

struct TaskAccepted {
  MessageId message;
  bool duplicate = false;
  std::optional<TaskNumber> task{};  ///< nullopt: not decided yet
};

struct AnswerRecalled {
  MessageId message;
  std::string text;                     ///< for whoever wants to write it again, better
  std::optional<TaskState> state = {};  ///< that the task has again, since the answer had moved it; nullopt: it stays
};

/// Answers of people to customers. Threads: any. Errors beside those of the stores: not_found (the task), invalid_input
/// (nothing to say, nobody who could be answered, no such template, an address that is none or that no answer would
/// reach), conflict (nothing is sent to that address any more; the task was changed since `version`; something else was
/// asked for under that key; the answer has left or may have arrived).
class AnswerService {
 public:
  using Submit = std::function<Result<Accepted>(const Envelope& envelope, std::string bytes, Deadline deadline)>;
  struct Ports {
    TaskStore& tasks;
    MessageStore& messages;
    Outbox& outbox;
    ChangeStore& changes;
    PeopleStore& people;
    Clock& clock;
    PolicyOf policies;
    Submit submit;
    DecisionBell* decisions;  ///< null: nothing is decided here, so nobody waits for it
    std::size_t message_max;  ///< bytes of the whole message, files in base64
  };
  explicit AnswerService(Ports ports) : ports_(std::move(ports)) {}

  /// The answer is durable when this returns. It waits a moment for the decision where one is made in this process, so
  /// that who asks for the task next sees it there; else it is decided when a server runs that processes.
  Result<AnswerAccepted> reply(const AnswerRequest& request);

  /// A task without a mail. The rules are asked as for a mail of the requester, but for what is said here; nothing is
  /// answered by itself.
  Result<TaskAccepted> open(const TakenDown& taken);

  /// Takes back the newest answer of the task that surely has not arrived, or the one in `message`; all its copies or
  /// none, and the state that it has moved the task to, unless something else has moved it since. `version`: as
  /// AnswerRequest::version.
  Result<AnswerRecalled> recall(TenantId tenant, TaskNumber task, MessageId message, std::string_view actor,
                                std::optional<std::int64_t> version = std::nullopt);

  /// Whom an answer to the task can go to; to the first without more being said. See customers_of().
  Result<std::vector<Customer>> customers(const Task& task, const Policy& policy);

 private:
  Status check_recipient(const Task& task, const std::string& address, const Policy& policy);
  /// To whom it goes; nobody, of a note. invalid_input: several would get words that are about one of them.
  Result<std::vector<Customer>> recipients(const AnswerRequest& request, const Task& task, const Policy& policy);
  /// What it answers, for each of them.
  static void address(WrittenAnswer& answer, const std::vector<Customer>& chosen, const Task& task);
  std::string quoted(const Task& task, MessageId last_word);
  Result<Accepted> submit(const Envelope& envelope, const WrittenAnswer& answer);
  /// Could it be taken back right now?
  Result<bool> waits_still(const Task& task, MessageId answer);
  Result<AnswerRecalled> recall_once(const Task& task, MessageId message, std::string_view actor);
  /// Its decision, as soon as there is one; nullopt: none within the time that somebody waits for it.
  std::optional<MessageDecision> decision_of(TenantId tenant, MessageId message);
  /// Of what others' tasks were merged into, the words are about the part of whoever gets them.
  Result<Task> as_they_know_it(const Task& task, const std::vector<Customer>& chosen);
  Result<WrittenAnswer> written(const AnswerRequest& request, const Task& task, const Policy& policy);
  /// Where what somebody asks for under a key stands.
  struct Place {
    std::string id;                     ///< Message-ID; without a key, and behind what was refused, another one
    std::optional<StoredMessage> done;  ///< it was done before, or is not decided yet
  };
  /// conflict: something else than `hash` says was asked for by that message.
  Status check_same(TenantId tenant, MessageId message, const std::string& hash);
  /// Errors as of check_same().
  Result<Place> place_of(TenantId tenant, const std::string& whose, const std::string& key, const std::string& hash,
                         const PolicySettings& settings);

  Ports ports_;
};

}  // namespace orgo
