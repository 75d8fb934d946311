#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "core/message/message.h"
#include "core/task/task.h"

namespace orgo {

inline constexpr std::size_t kMailSubjectMax = 500;  ///< bytes of the subject of a mail of ours

/// Puts the marker "[T-12]" where every mail program keeps it: in front, behind a single "Re:". As it is without a
/// task.
std::string mark_subject(std::string subject, const Task* task);

/// The subject of the mail that is answered, on one line. When it is the title of the task but for the marker of
/// another one (a reply that came late opened this task), the title: two markers in one subject would be one too many.
std::string answered_subject(const Message& message, const Task* task);

/// The ids of References for an answer to `message`: its own references and it; at most 20, the root and the nearest.
std::vector<std::string> references_to(const Message& message);

}  // namespace orgo
