#include "service/gateway/pages/answer_card.h"

#include <algorithm>
#include <map>
#include <vector>
#include "core/changes/actor.h"

#include "base/hash.h"
#include "core/contact/mail_address.h"
#include "core/template/builtin_templates.h"
#include "service/answers/answer_copies.h"
#include "service/answers/answer_request.h"
#include "service/gateway/pages/mail_parts.h"

namespace orgo::gateway::page {
namespace {

constexpr std::string_view kKeep = "keep";
constexpr std::size_t kTemplatesMax = 200;  // to choose from

/// Of the rule file, without those that only say otherwise what Orgo tells by itself.
std::vector<std::string_view> templates_to_choose(const Policy& policy) {
  std::vector<std::string_view> names;
  for (const auto& [name, unused] : policy.rules->templates())
    if (builtin_template(name) == nullptr && names.size() < kTemplatesMax) names.push_back(name);
  return names;
}

/// Several asked, by tasks that were merged: whoever answers sees to whom it goes, and chooses.
void write_choice(Html& html, const std::vector<Customer>& customers, const AnswerDraft& draft) {
  html.raw("<p class=\"to\"><label for=\"answer-to\">To</label> <select id=\"answer-to\" name=\"to\">");
  const auto& chosen = draft.to.empty() ? customers.front().asked : draft.to;
  for (const auto& one : customers) {
    html.raw("<option").attribute("value", one.asked);
    if (is_same_address(one.asked, chosen) || is_same_address(one.address, chosen)) html.raw(" selected");
    html.raw(">").text(one.asked);
    if (!is_same_address(one.address, one.asked)) html.text(", who wants answers at " + one.address);
    if (&one == &customers.front()) html.raw(" (wrote last)");
    html.raw("</option>");
  }
  html.raw("<option").attribute("value", kEachOfThem);
  if (chosen == kEachOfThem) html.raw(" selected");
  html.raw(">each of them, in a mail of their own</option></select></p>\n");
}

void write_recipient(Html& html, const Task& task, const std::vector<Customer>& customers, const AnswerDraft& draft) {
  if (customers.size() > 1) return write_choice(html, customers, draft);
  if (!customers.empty()) {
    const auto& [asked, to, word, written_to] = customers.front();
    html.raw("<p class=\"to\">To ").address(to);
    if (!is_same_address(to, asked)) html.raw(", where ").address(asked).raw(" wants answers");
    html.raw("</p>\n");
    return;
  }
  html.raw("<p class=\"to\">");
  if (task.requester.empty()) html.raw("Nobody is known who could be answered by mail");
  else html.name(to_string(task.requester)).raw(" can not be answered by mail");
  html.raw("; a note stays with the task.</p>\n");
}

void write_templates(Html& html, const std::vector<std::string_view>& names, const AnswerDraft& draft) {
  if (names.empty()) return;
  html.raw(
      "<div><label for=\"answer-template\">Begins with the template</label><select id=\"answer-template\" "
      "name=\"template\"><option value=\"\">none</option>");
  for (const auto name : names) {
    html.raw("<option").attribute("value", name);
    if (name == draft.template_name) html.raw(" selected");
    html.raw(">").text(name).raw("</option>");
  }
  html.raw("</select></div>\n");
}

void write_states(Html& html, const Policy& policy, const AnswerDraft& draft) {
  const auto chosen = draft.state.empty() ? usual_state(policy) : std::string_view(draft.state);
  html.raw("<div><label for=\"answer-state\">The task is then</label><select id=\"answer-state\" name=\"state\">");
  for (const std::string_view state : {kKeep, std::string_view("open"), std::string_view("pending"),
                                       std::string_view("resolved"), std::string_view("closed")}) {
    html.raw("<option").attribute("value", state);
    if (state == chosen) html.raw(" selected");
    html.raw(">").text(state == kKeep ? "as it is" : state).raw("</option>");
  }
  html.raw("</select></div>\n");
}

/// All of one answer, as far as they matter here.
struct Leaving {
  TimePoint at{};
  bool tried = false;
};

/// Those that may be taken back: each waits, and has surely not arrived.
std::map<MessageId, Leaving> leaving(std::span<const StoredSend> sends, std::span<const StoredEvent> history) {
  std::vector<Event> events;
  for (const auto& one : history) events.push_back(one.event);
  const auto copies = copies_of(sends, events);
  std::map<MessageId, Leaving> found;
  for (const auto& copy : copies) {
    if (!may_be_recalled(copies, copy.send.content)) continue;
    auto& one = found[copy.send.content];
    one.at = std::max(one.at, copy.send.due_at);
    one.tried = one.tried || copy.attempts > 0;
  }
  return found;
}

/// Whose answer it is: "user:anna".
std::string_view author_of(std::span<const StoredEvent> history, MessageId message) {
  for (const auto& stored : history)
    if (stored.event.kind == EventKind::task_answered && stored.event.message == message) return stored.event.actor;
  return {};
}

/// In base64, with its line ends, 1.37 bytes carry one; the text wants room, too.
std::string files_max_in_words(std::size_t message_max) {
  return size_in_words(message_max / 100 * 72);
}

}  // namespace

std::string_view usual_state(const Policy& policy) {
  const auto& then = policy.settings.decide.answers.then;
  return then ? to_string(*then) : kKeep;
}

Result<std::optional<TaskState>> state_after(std::string_view choice, bool internal, const Task& task,
                                             const Policy& policy) {
  const auto usual = usual_state(policy);
  if (choice.empty()) choice = usual;
  if (choice == kKeep) {
    if (internal || usual == kKeep) return std::nullopt;
    return task.state == TaskState::fresh ? TaskState::open : task.state;
  }
  const auto state = parse_task_state(choice);
  if (!state || *state == TaskState::fresh) return failure(Errc::invalid_input, "There is no such state");
  // What an answer usually does to a task was only left standing; a note does not do it.
  if (internal && choice == usual) return std::nullopt;
  return state;
}

std::string too_much_words(std::size_t message_max) {
  return "The files are too large: together at most " + files_max_in_words(message_max) + " can be sent.";
}

void write_files(Html& html, std::size_t message_max) {
  html.raw("<div class=\"files\"><label for=\"answer-files\">Files (together at most ")
      .text(files_max_in_words(message_max));
  html.raw(")</label><input type=\"file\" id=\"answer-files\" name=\"files\" multiple></div>\n");
}

void write_answer_card(Html& html, const Task& task, const std::vector<Customer>& customers, const Policy& policy,
                       const AnswerDraft& draft, std::size_t message_max) {
  const bool answerable = !customers.empty();
  html.raw("<section class=\"card answer\" aria-labelledby=\"answer\">\n<h2 id=\"answer\">Answer</h2>\n");
  html.raw("<form method=\"post\" enctype=\"multipart/form-data\"");
  html.attribute("action", "/tasks/" + to_string(task.number) + "/reply");
  html.raw(">\n<input type=\"hidden\" name=\"version\"").attribute("value", std::to_string(task.version));
  html.raw("><input type=\"hidden\" name=\"key\"")
      .attribute("value", draft.key.empty() ? random_hex(16) : draft.key)
      .raw(">\n");
  write_recipient(html, task, customers, draft);
  html.raw("<label for=\"answer-text\">Text</label>\n<textarea id=\"answer-text\" name=\"text\"");
  html.attribute("maxlength", std::to_string(AnswerRequest::kTextMax));
  html.raw(">\n").text(draft.text).raw("</textarea>\n<div class=\"fields\">\n");
  if (answerable) {
    html.raw(
        "<div><label for=\"answer-cc\">Copy to (addresses with commas between)</label><input id=\"answer-cc\" "
        "name=\"cc\" maxlength=\"16384\" autocomplete=\"off\" inputmode=\"email\"");
    html.attribute("value", draft.cc).raw("></div>\n");
  }
  write_templates(html, templates_to_choose(policy), draft);
  write_states(html, policy, draft);
  html.raw("</div>\n");
  if (answerable) {
    html.raw("<p class=\"check\"><input type=\"checkbox\" id=\"answer-quote\" name=\"quote\" value=\"1\"");
    if (draft.quote) html.raw(" checked");
    html.raw("><label for=\"answer-quote\">With their last mail quoted below</label></p>\n");
    write_files(html, message_max);
    html.raw("<p class=\"buttons\"><button class=\"main\" name=\"as\" value=\"answer\">Send answer</button>\n");
    html.raw("<button name=\"as\" value=\"note\">Keep as note</button></p>\n");
    const auto undo = std::chrono::duration_cast<std::chrono::seconds>(policy.settings.decide.answers.undo).count();
    html.raw("<p class=\"soft\">A note is for colleagues only.");
    if (undo > 0) html.raw(" An answer can be taken back for ").number(undo).raw(" seconds.");
    html.raw("</p>\n");
  } else {
    write_files(html, message_max);
    html.raw("<p class=\"buttons\"><button class=\"main\" name=\"as\" value=\"note\">Keep as note</button></p>\n");
  }
  html.raw("</form>\n</section>\n");
}

void write_leaving(Html& html, const Task& task, std::span<const StoredSend> sends,
                   std::span<const StoredEvent> history, std::string_view reader, const TimeZone& zone, TimePoint now) {
  for (const auto& [message, copies] : leaving(sends, history)) {
    if (copies.at <= now) continue;
    const auto author = author_of(history, message);
    const bool own = author == "user:" + std::string(reader);
    html.raw("<form method=\"post\" class=\"notice\" role=\"status\"");
    html.attribute("action", "/tasks/" + to_string(task.number) + "/recall");
    html.raw("><input type=\"hidden\" name=\"message\"").attribute("value", to_string(message)).raw("><p>");
    if (own) html.raw("Your answer");
    else if (author.empty()) html.raw("An answer");
    else html.raw("The answer of ").name(actor_name(author));
    if (copies.tried) html.raw(" could not be delivered yet, and is tried again at <time");
    else html.raw(" leaves at <time");
    html.attribute("datetime", to_rfc3339(copies.at)).raw(">");
    html.text(clock_text(copies.at, zone)).raw("</time>.</p><button>Take it back</button></form>\n");
  }
}

std::string clock_text(TimePoint at, const TimeZone& zone) {
  return to_string(zone.to_local(at)).substr(11, 8);
}

}  // namespace orgo::gateway::page
