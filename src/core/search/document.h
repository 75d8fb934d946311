#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "core/message/message.h"
#include "core/search/query.h"
#include "core/task/task.h"

namespace orgo::search {

inline constexpr std::size_t kMessageTextMax = 100 * 1024;  ///< bytes of one message's words
inline constexpr std::size_t kTaskTextMax = 1024 * 1024;    ///< bytes of all of them of one task
inline constexpr std::size_t kFieldMax = 64 * 1024;         ///< bytes of any other field

/// A task as it can be found: what people read of it, and what is asked of it by conditions.
struct Document {
  TenantId tenant;
  TaskNumber number;
  std::array<std::string, kFields.size()> texts;  ///< by Field; pieces stand on lines of their own
  TaskState state = TaskState::fresh;
  std::string team, assignee;
  TimePoint created_at{};
  bool cut = false;  ///< it had more words than are kept

  [[nodiscard]] const std::string& text(Field field) const { return texts[static_cast<std::size_t>(field)]; }
  friend bool operator==(const Document&, const Document&) = default;
};

/// Number, title, tags, who asked, the values of its fields.
Document document_of(const Task& task);
/// What one of its messages says for the first time: quotes of earlier ones are left out, since those are found
/// themselves.
void add_message(Document& document, const Message& message);
/// A note of its history.
void add_note(Document& document, std::string_view text);

}  // namespace orgo::search
