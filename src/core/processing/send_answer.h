#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/answer/answer_order.h"
#include "core/processing/draft.h"
#include "core/task/task.h"

namespace orgo {

/// An answer of ours to a customer on its way out.
struct OutgoingAnswer {
  std::vector<Contact> to;              ///< the first is a customer, who else is in no thread gets a copy; not empty
  std::string actor;                    ///< whose it is, for the history
  TimePoint due_at{};                   ///< not before; until then it can be taken back
  bool by_mail = false;                 ///< written as a mail, and not in Orgo
  std::vector<AnswerThread> threads{};  ///< AnswerOrder::threads
};

/// The words of the draft's message go to the customer: a send for each, from the address that they wrote to, as an
/// answer to their last mail; the event that says so. A new task is open from then on. Who has the task is told, unless
/// it is theirs.
void send_answer(Draft& draft, Task& task, OutgoingAnswer answer);

/// The first action of one of ours: what is new is open from then on, and the history says so.
void open_if_new(Draft& draft, Task& task, const std::string& actor);

/// Moves the task besides, as a command would; an answer that may not move it goes out all the same. nullopt: it stays.
void move_by_answer(Draft& draft, Task& task, std::optional<TaskState> wanted, const std::string& actor);

}  // namespace orgo
