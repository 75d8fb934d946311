#include "core/search/document.h"

#include "base/unicode.h"
#include "core/mail/read/split_text.h"

namespace orgo::search {
namespace {

void add(Document& document, Field field, std::string_view text, std::size_t most = kFieldMax) {
  auto& all = document.texts[static_cast<std::size_t>(field)];
  if (text.empty()) return;
  const auto limit = field == Field::text ? kTaskTextMax : kFieldMax;
  const auto room = std::min(most, all.size() < limit ? limit - all.size() : 0);
  const auto kept = cut_utf8(text, room);
  document.cut = document.cut || kept.size() < text.size();
  if (kept.empty()) return;
  all.append(kept).append("\n");
}

/// The same address in each mail of a long task says nothing new.
void add_address(Document& document, Field field, const Address& address) {
  auto line = address.name;
  if (!line.empty() && !address.address.empty()) line += ' ';
  line += address.address;
  if (document.text(field).find(line + "\n") == std::string::npos) add(document, field, line);
}

}  // namespace

Document document_of(const Task& task) {
  Document document{.tenant = task.tenant,
                    .number = task.number,
                    .state = task.state,
                    .team = task.team,
                    .assignee = task.assignee,
                    .created_at = task.created_at};
  add(document, Field::number, to_string(task.number));
  add(document, Field::subject, task.title);
  if (!task.requester.empty()) add(document, Field::from, to_string(task.requester));
  for (const auto& person : task.ties.people) add(document, Field::from, person.address);
  for (const auto& tag : task.tags) add(document, Field::tag, tag);
  for (const auto& field : task.fields) add(document, Field::text, field.value);
  return document;
}

void add_message(Document& document, const Message& message) {
  if (message.from) add_address(document, Field::from, *message.from);
  for (const auto& address : message.as_mail().to) add_address(document, Field::to, address);
  for (const auto& address : message.as_mail().cc) add_address(document, Field::to, address);
  if (document.text(Field::subject).find(message.subject + "\n") == std::string::npos)
    add(document, Field::subject, message.subject);
  for (const auto& attachment : message.attachments) add(document, Field::file, attachment.filename);
  add(document, Field::text, new_text(message), kMessageTextMax);
}

void add_note(Document& document, std::string_view text) {
  if (document.text(Field::text).find(text) == std::string::npos) add(document, Field::text, text, kMessageTextMax);
}

}  // namespace orgo::search
