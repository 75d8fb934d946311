#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/delivery/answer_file.h"
#include "core/delivery/compose_answer.h"
#include "core/people/person.h"
#include "core/task/task.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/people_store.h"
#include "port/task_store.h"
#include "service/answers/decision_bell.h"
#include "service/policy/policy_book.h"

namespace orgo {

/// What somebody wants said about a task.
struct AnswerRequest {
  TenantId tenant;
  TaskNumber task;
  std::string login;          ///< who writes: their account, or the name of a token that is nobody's
  std::string text;           ///< UTF-8; may be empty when there are files or a template
  bool internal = false;      ///< a note for colleagues, which goes to nobody
  std::string template_name;  ///< of the rule file: its words stand first; empty: none
  bool quote = false;         ///< what the customer wrote last stands below, with ">"
  std::vector<std::string> cc;
  std::vector<AnswerFile> files;
  std::optional<TaskState> then;  ///< moves the task besides; nullopt: what the settings say
  /// Chosen by the caller: the same answer under the same key is one answer, however often it is asked for. Empty: each
  /// request is another.
  std::string key;
  /// That the person saw; another one is a conflict, but for an answer that was accepted under its key already.
  std::optional<std::int64_t> version;
};

struct AnswerAccepted {
  MessageId message;
  bool duplicate = false;              ///< it was accepted before
  bool decided = false;                ///< the task has it already
  std::optional<TimePoint> leaves_at;  ///< until then it can be taken back; nullopt: a note
};

/// What somebody told by phone or at the counter.
struct TakenDown {
  TenantId tenant;
  std::string login;  ///< who takes it down
  std::string title;
  std::string text;
  std::string requester;  ///< their mail address; empty: they have none, or did not say
  std::string requester_name;
  std::string team, assignee;  ///< as Names has them; empty: as the rules say
  std::optional<Priority> priority;
  std::vector<AnswerFile> files;
  std::string key;  ///< as AnswerRequest::key
};

struct TaskAccepted {
  MessageId message;
  bool duplicate = false;
  std::optional<TaskNumber> task;  ///< nullopt: not decided yet
};

struct AnswerRecalled {
  MessageId message;
  std::string text;  ///< for whoever wants to write it again, better
};

/// Answers of people to customers. Threads: any. Errors beside those of the stores: not_found (the task), invalid_input
/// (nothing to say, nobody who could be answered, no such template, an address that is none), conflict (nothing is sent
/// to that address any more; the task was changed since `version`; the answer has left).
class AnswerService {
 public:
  static constexpr std::size_t kTextMax = 256 * 1024;  ///< bytes
  static constexpr std::size_t kCcMax = 50;
  static constexpr std::size_t kFilesMax = 50;

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

  /// Takes back the newest answer of the task that has not gone out, or the one in `message`; all its copies or none.
  Result<AnswerRecalled> recall(TenantId tenant, TaskNumber task, MessageId message, std::string_view actor);

 private:
  Result<std::string> words(const AnswerRequest& request, const Task& task, const Policy& policy);
  Status check_recipient(const Task& task, const Policy& policy);
  Result<std::string> quoted(const Task& task);
  Result<Accepted> submit(const Envelope& envelope, const WrittenAnswer& answer);
  /// Its decision, as soon as there is one; nullopt: none within the time that somebody waits for it.
  std::optional<MessageDecision> decision_of(TenantId tenant, MessageId message);
  Result<WrittenAnswer> written(const AnswerRequest& request, const Task& task, const Policy& policy);
  Result<std::optional<MessageId>> given_before(const AnswerRequest& request, const WrittenAnswer& answer);

  Ports ports_;
};

}  // namespace orgo
