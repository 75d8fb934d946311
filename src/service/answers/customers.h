#pragma once
#include <string>
#include <vector>

#include "core/policy/policy.h"
#include "core/task/task.h"
#include "port/message_store.h"
#include "port/task_store.h"

namespace orgo {

/// One of those who asked for a task: whom an answer may go to, and what it answers then.
struct Customer {
  std::string asked;       ///< their address
  std::string address;     ///< where they want answers: answer_address()
  MessageId word;          ///< their newest mail, else what opened their task; 0: there is none
  std::string written_to;  ///< the address of ours that they wrote it to; empty: not known
};

/// Whose word is newest stands first: without more being said an answer is theirs. Empty: nobody is known by mail.
/// Looks at the newest 50 mails of the task and its parts. Threads: any. Errors of the stores.
Result<std::vector<Customer>> customers_of(TaskStore& tasks, MessageStore& messages, const Task& task,
                                           const Policy& policy);

/// Those of `all` whose addresses are named; nothing is named: the first. invalid_input: somebody who has not asked.
Result<std::vector<Customer>> chosen_among(std::vector<Customer> all, const std::vector<std::string>& named,
                                           TaskNumber task);

}  // namespace orgo
