#include "adapter/sql/rows.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "adapter/sql/late_tables.h"
#include "base/text.h"

namespace orgo::sql {
namespace {

std::int64_t number_in(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

// Tags and chains are short and are never searched, so they are lines of text: far cheaper than JSON on the hot path.
std::string tags_to_text(const std::vector<std::string>& tags) {
  return join(tags, "\n");
}

std::vector<std::string> tags_from_text(std::string_view text) {
  std::vector<std::string> tags;
  if (text.empty()) return tags;
  for (const auto tag : split(text, '\n')) tags.emplace_back(tag);
  return tags;
}

// A line for each, its four parts separated by U+001F: values have no control characters.
std::string fields_to_text(const std::vector<TaskField>& fields) {
  std::string text;
  for (const auto& field : fields) {
    if (!text.empty()) text += '\n';
    text.append(field.name)
        .append("\x1F")
        .append(field.label)
        .append("\x1F")
        .append(field.value)
        .append("\x1F")
        .append(field.problem);
  }
  return text;
}

std::vector<TaskField> fields_from_text(std::string_view text) {
  std::vector<TaskField> fields;
  if (text.empty()) return fields;
  for (const auto line : split(text, '\n')) {
    const auto parts = split(line, '\x1F');
    const auto part = [&](std::size_t i) { return i < parts.size() ? std::string(parts[i]) : std::string(); };
    fields.push_back({part(0), part(1), part(2), part(3)});
  }
  return fields;
}

// A line for each tie, with what it is as its first letter; nearly all tasks have none.
std::string ties_to_text(const TaskTies& ties) {
  std::string text;
  const auto add = [&](char kind, TaskNumber number, std::string_view more = {}) {
    if (!text.empty()) text += '\n';
    text.append(1, kind).append(std::to_string(number.value)).append(more.empty() ? "" : " ").append(more);
  };
  if (ties.into) add('i', ties.into);
  for (const auto& link : ties.links) add('l', link.id());
  for (const auto number : ties.merged) add('m', number);
  for (const auto& person : ties.people)
    if (person.address.find('\n') == std::string::npos) add('p', person.of, person.address);
  return text;
}

TaskTies ties_from_text(std::string_view text) {
  TaskTies ties;
  if (text.empty()) return ties;
  for (const auto line : split(text, '\n')) {
    if (line.empty()) continue;
    const TaskNumber number{number_in(line.substr(1))};
    const auto space = line.find(' ');
    if (line[0] == 'i') ties.into = number;
    if (line[0] == 'l') ties.links.push_back(number);
    if (line[0] == 'm') ties.merged.push_back(number);
    if (line[0] == 'p' && space != std::string_view::npos)
      ties.people.push_back({number, std::string(line.substr(space + 1))});
  }
  return ties;
}

/// Whose step it is and what it does stand behind whom it tells, each thing as a letter and its text behind a
/// separator.
void append_more(std::string& text, const EscalationStep& step) {
  const auto add = [&](char kind, std::string_view value) {
    if (value.find_first_of("\n\x1F") == std::string_view::npos) text.append("\x1F").append(1, kind).append(value);
  };
  if (!step.rule.empty()) add('r', step.rule);
  if (!step.effects) return;
  const auto& effects = *step.effects;
  if (effects.priority) add('p', std::to_string(static_cast<int>(*effects.priority)));
  if (!effects.assign.empty()) add('a', effects.assign);
  for (const auto& tag : effects.tags) add('t', tag);
  for (const auto& url : effects.webhooks) add('w', url);
  for (const auto& name : effects.replies) add('m', name);
  if (!effects.note.empty()) add('n', effects.note);
  if (!effects.answer_to.empty()) add('e', effects.answer_to);
}

void read_more(std::span<const std::string_view> texts, EscalationStep& step) {
  StepEffects effects;
  for (const auto text : texts) {
    if (text.empty()) continue;
    const std::string value(text.substr(1));
    switch (text[0]) {
      case 'r':
        step.rule = value;
        break;
      case 'p':
        effects.priority = static_cast<Priority>(std::clamp<std::int64_t>(number_in(value), 1, 4));
        break;
      case 'a':
        effects.assign = value;
        break;
      case 't':
        effects.tags.push_back(value);
        break;
      case 'w':
        effects.webhooks.push_back(value);
        break;
      case 'm':
        effects.replies.push_back(value);
        break;
      case 'n':
        effects.note = value;
        break;
      case 'e':
        effects.answer_to = value;
        break;
      default:
        break;  // of a newer version
    }
  }
  if (effects != StepEffects{}) step.effects = std::move(effects);
}

std::string escalation_to_text(const Escalation& escalation) {
  if (escalation.steps.empty()) return {};
  std::string text = std::to_string(escalation.level);
  if (const auto& pace = escalation.pace; pace.from != TimePoint{}) {
    text += '@' + std::to_string(to_ms(pace.from)) + '@' + std::to_string(pace.after.count());
    if (pace.open_after != pace.after) text += '@' + std::to_string(pace.open_after.count());
  }
  text += ' ' + std::to_string(to_ms(escalation.started_at));
  if (!escalation.calendar.empty()) text += ' ' + escalation.calendar;
  for (const auto& step : escalation.steps) {
    text += '\n';
    text += std::to_string(step.after.count());
    if (step.business) text += 'b';
    if (step.unless_answered) text += 'u';
    if (!step.tells) text += 'q';
    text += ' ';
    text += step.to;
    append_more(text, step);
  }
  return text;
}

Escalation escalation_from_text(std::string_view text) {
  Escalation escalation;
  if (text.empty()) return escalation;
  const auto lines = split(text, '\n');
  const auto space = lines[0].find(' ');
  const auto level = split(lines[0].substr(0, space), '@');
  escalation.level = static_cast<int>(number_in(level[0]));
  if (level.size() >= 3)
    escalation.pace = {from_ms(number_in(level[1])), Millis{number_in(level[2])}, Millis{number_in(level.back())}};
  if (space != std::string_view::npos) {
    const auto rest = lines[0].substr(space + 1);
    escalation.started_at = from_ms(number_in(rest));
    if (const auto name = rest.find(' '); name != std::string_view::npos) escalation.calendar = rest.substr(name + 1);
  }
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto gap = lines[i].find(' ');
    const auto time = lines[i].substr(0, gap);
    const auto rest = split(gap == std::string_view::npos ? std::string_view() : lines[i].substr(gap + 1), '\x1F');
    EscalationStep step;
    step.after = Millis{number_in(time)};
    step.to = rest[0];
    step.business = time.find('b') != std::string_view::npos;
    step.unless_answered = time.find('u') != std::string_view::npos;
    step.tells = time.find('q') == std::string_view::npos;
    read_more(std::span(rest).subspan(1), step);
    escalation.steps.push_back(std::move(step));
  }
  return escalation;
}

Task task_from_row(Query& row, TenantId tenant) {
  Task task{.tenant = tenant};
  task.number = {row.integer(0)};
  task.version = row.integer(1);
  task.state = static_cast<TaskState>(row.integer(2));
  task.priority = static_cast<Priority>(row.integer(3));
  task.title = row.string(4);
  task.requester = parse_contact(row.string(5));
  task.team = row.string(6);
  task.assignee = row.string(7);
  task.tags = tags_from_text(row.text(8));
  if (!row.is_null(9)) task.due_at = from_ms(row.integer(9));
  task.escalation = escalation_from_text(row.text(10));
  task.origin = {row.integer(11)};
  task.created_at = from_ms(row.integer(12));
  task.updated_at = from_ms(row.integer(13));
  task.sla = task_sla_from_text(row.text(14));
  task.type = row.string(15);
  task.fields = fields_from_text(row.text(16));
  if (!row.is_null(17)) task.pending_until = from_ms(row.integer(17));
  task.ties = ties_from_text(row.text(18));
  return task;
}

Result<std::int64_t> insert_event(Transaction& tx, TenantId tenant, const Event& event, Subject subject, SendId send) {
  ORGO_TRY(sequence, tx.next(tenant, Counter::event));
  ORGO_CHECK(tx.late().add(late_events(), tenant.value, sequence, tenant.value, sequence, to_ms(event.at),
                           static_cast<int>(event.kind), static_cast<int>(subject.kind()), subject.id(),
                           event.message.value, send.value, event.actor, event.data));
  return sequence;
}

Result<std::vector<std::string>> owners_to_release(Connection& connection, const char* sql, const LeaseOwner& owner,
                                                   LeasesOf which) {
  std::vector<std::string> names;
  Query query(connection, sql);
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return names;
    if (belongs_to(query.text(0), owner, which)) names.push_back(query.string(0));
  }
}

Sha256 digest_from(std::string_view blob) {
  Sha256 digest{};
  std::copy_n(blob.begin(), std::min(blob.size(), digest.size()), digest.begin());
  return digest;
}

}  // namespace orgo::sql
