#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "core/message/message.h"
#include "core/task/task.h"

namespace orgo {

/// One of those who asked for a task or for what was merged into it, and which mail an answer to them answers.
struct AnswerThread {
  std::string to;     ///< where the answer goes
  MessageId message;  ///< theirs
  std::string as;     ///< the address of ours that they wrote it to; empty: not known
  friend bool operator==(const AnswerThread&, const AnswerThread&) = default;
};

/// What somebody wants done with the words that they wrote in Orgo about a task. It stands in a field of the message's
/// own header, so that it is stored and survives with it; it counts only behind Channel::answer, since strangers may
/// write any field.
struct AnswerOrder {
  TaskNumber task;                ///< 0: it opens a new one, as somebody told it by phone or at the counter
  std::string actor;              ///< "user:anna", for the history
  bool internal = false;          ///< a note for colleagues, which goes to nobody
  std::optional<TaskState> then;  ///< the state that the task is moved to besides; nullopt: what the settings say
  std::string request{};  ///< a hash of what was asked for, to know the same request under one key; empty: not known
  /// Of the task that whoever wrote it had before their eyes: on another one nothing of it is done. nullopt: on any.
  std::optional<std::int64_t> version{};
  /// Each of these gets a mail of their own, which names none of the others; who else gets it stands in To and Cc of
  /// the message, and reads it in the thread of the first. Empty: To is the requester, and it is their thread.
  std::vector<AnswerThread> threads{};
  // Of a new task; empty: what the rules say.
  std::string team{};
  std::string assignee{};
  std::optional<Priority> priority{};
};

inline constexpr std::string_view kAnswerField = "X-Orgo-Answer";

/// The value of the field: JSON on one line.
std::string answer_order_text(const AnswerOrder& order);
/// nullopt: there is none, or it is no order.
std::optional<AnswerOrder> read_answer_order(const Message& message);

}  // namespace orgo
