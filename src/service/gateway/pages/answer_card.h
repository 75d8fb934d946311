#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_zone.h"
#include "core/policy/policy.h"
#include "core/task/task.h"
#include "port/outbox.h"
#include "port/task_store.h"
#include "service/answers/customers.h"
#include "service/gateway/pages/html.h"

/// The box in which people answer on the page of a task, and the button that takes an answer back.
namespace orgo::gateway::page {

/// What stands in the box: what was typed and could not be sent, or what was taken back.
struct AnswerDraft {
  std::string text;
  std::string to;  ///< who of those who asked, or kEachOfThem; empty: who wrote last
  std::string cc;  ///< as typed
  std::string template_name;
  bool quote = false;
  std::string state;  ///< one of the words of the choice; empty: as the settings say
  std::string key;    ///< of the attempt before, when this is the same answer; empty: a new one
};

/// "The files are too large: together at most 34 KB can be sent.": `message_max` is in bytes, in base64.
std::string too_much_words(std::size_t message_max);
/// In place of an address: all who asked.
inline constexpr std::string_view kEachOfThem = "each";
/// "resolved", or "keep" where the settings leave the task as it is: what is chosen unless somebody chooses otherwise.
std::string_view usual_state(const Policy& policy);
/// The state that the choice moves the task to. invalid_input: it is none of the choice.
Result<std::optional<TaskState>> state_after(std::string_view choice, bool internal, const Task& task,
                                             const Policy& policy);
/// `customers`: whom it can go to, customers_of(); `message_max`: bytes of an answer with its files in base64.
void write_answer_card(Html& html, const Task& task, const std::vector<Customer>& customers, const Policy& policy,
                       const AnswerDraft& draft, std::size_t message_max);
/// An input for files, which stands behind all other fields of its form: of a form that is too large only those in
/// front of it are read.
void write_files(Html& html, std::size_t message_max);
/// For each answer that has surely not arrived: when it leaves or is tried again, and a button.
void write_leaving(Html& html, const Task& task, std::span<const StoredSend> sends,
                   std::span<const StoredEvent> history, std::string_view reader, const TimeZone& zone, TimePoint now);
/// "14:05:09"
std::string clock_text(TimePoint at, const TimeZone& zone);

}  // namespace orgo::gateway::page
