#pragma once
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "core/changes/send.h"
#include "core/task/task.h"

namespace orgo {

/// The mail to the requester that their matter is done (template "task_resolved"), when a person resolves or closes
/// what was open; nullopt: nobody did, or nobody can be told. It is an automatic answer, so that the brake and the list
/// of suppressed addresses hold for it as for all of them, but for one: who is told twice a day that their matter is
/// done has been told so by persons, so that no loop of programs ends there.
std::optional<Send> word_at_resolving(const Task& before, const Task& after, std::string_view actor, TimePoint now);
/// To each who asked, about the mail that opened their own task; `origin_of` tells that of a part, 0: it is not known.
std::vector<Send> words_at_resolving(const Task& before, const Task& after,
                                     const std::function<MessageId(TaskNumber)>& origin_of, std::string_view actor,
                                     TimePoint now);
/// Is it such a word? No mail led to it; an answer by a rule that uses the same template has one behind it.
bool is_word_at_resolving(const Send& send);

}  // namespace orgo
