#include "service/gateway/pages/page_parts.h"

#include <algorithm>
#include <array>
#include "core/changes/actor.h"

#include "base/json.h"
#include "base/json_words.h"
#include "service/gateway/core/json_body.h"

namespace orgo::gateway::page {
namespace {

std::string_view verb_of_send(EventKind kind) {
  switch (kind) {
    case EventKind::send_queued:
      return "Mail queued";
    case EventKind::send_delivered:
      return "Mail delivered";
    case EventKind::send_deferred:
      return "Mail deferred";
    case EventKind::send_failed:
      return "Mail failed";
    case EventKind::send_refused:
      return "Mail not sent";
    case EventKind::send_bounced:
      return "Mail bounced";
    case EventKind::send_delayed:
      return "Mail delayed on the way";
    case EventKind::send_complained:
      return "Complaint about our mail";
    case EventKind::send_retried:
      return "Mail sent again";
    case EventKind::send_released:
      return "Mail released after a restore";
    case EventKind::send_dropped:
      return "Mail not sent after a restore";
    default:
      return to_string(kind);
  }
}

std::string_view verb_of_more(EventKind kind) {
  switch (kind) {
    case EventKind::task_pending:
      return "Pending date changed";
    case EventKind::task_linked:
      return "Linked with";
    case EventKind::task_unlinked:
      return "Link taken away";
    case EventKind::task_merged:
      return "Merged";
    case EventKind::task_split:
      return "Message split off";
    case EventKind::task_unmerged:
      return "Merge undone";
    default:
      return verb_of_send(kind);
  }
}

std::string_view verb_of(EventKind kind) {
  switch (kind) {
    case EventKind::message_accepted:
      return "Message accepted";
    case EventKind::message_decided:
      return "Message decided";
    case EventKind::message_repeated:
      return "Came once more, taken for the same";
    case EventKind::task_opened:
      return "Task opened";
    case EventKind::task_replied:
      return "Reply came in";
    case EventKind::task_assigned:
      return "Assigned";
    case EventKind::task_state:
      return "State changed";
    case EventKind::task_priority:
      return "Priority changed";
    case EventKind::task_commented:
      return "Comment";
    case EventKind::task_tagged:
      return "Tags changed";
    case EventKind::task_due:
      return "Deadline changed";
    case EventKind::task_reopened:
      return "Reopened";
    case EventKind::task_routed:
      return "Routed";
    case EventKind::task_field:
      return "Field changed";
    case EventKind::task_sla:
      return "Service level changed";
    case EventKind::task_clock:
      return "The clock was ahead";
    case EventKind::task_answered:
      return "Answered";
    case EventKind::task_recalled:
      return "Answer taken back";
    case EventKind::task_overdue:
      return "Deadline has passed";
    case EventKind::escalation_fired:
      return "Escalated";
    case EventKind::sla_warned:
      return "Promise nearly broken";
    case EventKind::sla_breached:
      return "Promise broken";
    case EventKind::suppression_added:
      return "Address suppressed";
    case EventKind::suppression_removed:
      return "Address no longer suppressed";
    case EventKind::tenant_added:
      return "Tenant added";
    case EventKind::tenant_changed:
      return "Tenant changed";
    case EventKind::tenant_suspended:
      return "Tenant suspended";
    case EventKind::tenant_resumed:
      return "Tenant resumed";
    default:
      return verb_of_more(kind);
  }
}

/// What a colleague wrote, that went to no customer, is no reply of theirs.
std::string_view verb_of(const Event& event, const json::object& fields) {
  const auto* const reached = fields.if_contains("to_customer");
  if (event.kind == EventKind::task_replied && reached != nullptr && reached->is_bool() && !reached->as_bool())
    return "A colleague wrote";
  return verb_of(event.kind);
}

/// Beside "from" and "to": what of an event's data is worth a place in a history; the message's page has the rest.
bool worth_showing(EventKind kind, std::string_view key, const json::value& value) {
  if (value.is_structured() || value.is_null()) return false;
  if (kind == EventKind::task_opened) return key == "rule";
  if (kind == EventKind::message_decided) return key == "reason";
  if (kind == EventKind::task_replied) return key != "to_customer";
  return key != "taken";  // of a try: what may be taken back has its button
}

/// What one wants who looks for a mail on its way, and nobody else: ids, codes, and what servers say to each other.
bool is_technical(EventKind kind, std::string_view key) {
  constexpr std::array<std::string_view, 11> kKeys{"channel",   "attempt",     "message_id", "answer",
                                                   "content",   "status",      "about",      "next",
                                                   "permanent", "reported_by", "cause"};
  return verb_of_send(kind) != to_string(kind) && std::ranges::find(kKeys, key) != kKeys.end() &&
         !(key == "cause" && kind != EventKind::send_deferred);
}

std::string shown(const json::value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (!value.is_array()) return json::serialize(value);
  std::string list;  // of those whom an answer went to
  for (const auto& one : value.as_array()) list.append(list.empty() ? "" : ", ").append(shown(one));
  return list;
}

void write_field(Html& html, std::string_view name, const json::value& value) {
  if (name == "files" && value.is_int64()) {
    html.raw(" with ").number(value.as_int64()).text(value.as_int64() == 1 ? " file" : " files");
    return;
  }
  html.raw(", <span class=\"soft\">").text(name_in_words(name)).raw(":</span> ");
  const bool is_task = (name == "task" || name == "into" || name == "related") && value.is_string() &&
                       parse_id<TaskTag>(shown(value)).has_value();
  if (is_task) html.raw("<a").attribute("href", "/tasks/" + shown(value)).raw(">");
  html.name(shown(value));
  if (is_task) html.raw("</a>");
}

void write_details(Html& html, EventKind kind, const json::object& fields) {
  html.raw("<details class=\"fold\"><summary>Details</summary>");
  for (const auto& [key, value] : fields) {
    const std::string_view name(key.data(), key.size());
    if (is_technical(kind, name) && worth_showing(kind, name, value)) write_field(html, name, value);
  }
  html.raw("</details>");
}

}  // namespace

void begin_page(Html& html, std::string_view title, const std::optional<Caller>& caller) {
  html.raw(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
  html.text(title).raw(
      " - Orgo</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n"
      "<link rel=\"icon\" type=\"image/svg+xml\" href=\"/favicon.svg\">\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#content\">To the content</a>\n<header class=\"bar\"><a class=\"brand\" "
      "href=\"/\">Orgo</a>");
  if (caller) {
    if (may(caller->role, Permission::manage_people))
      html.raw("<nav><a href=\"/people\">People</a> <a href=\"/queue\">Queue</a></nav>");
    html.raw("<form method=\"post\" action=\"/logout\"><a class=\"who\" href=\"/account\">").name(caller->name);
    html.raw(" (").text(to_string(caller->role)).raw(")</a><button>Log out</button></form>");
    html.raw("</header>\n<main id=\"content\">\n");
  } else {
    html.raw("</header>\n<main id=\"content\" class=\"narrow\">\n");
  }
}

void end_page(Html& html) {
  html.raw("</main>\n</body>\n</html>\n");
}

HttpResponse html_response(Html& html, int status) {
  HttpResponse response;
  response.status = status;
  response.headers.push_back({"Content-Type", "text/html; charset=utf-8"});
  response.body = html.take();
  return response;
}

HttpResponse redirect(std::string location) {
  HttpResponse response;
  response.status = 303;
  response.headers.push_back({"Location", std::move(location)});
  return response;
}

Result<Parameters> form_of(const Call& call) {
  if (media_type(call.request.header("Content-Type")) != "application/x-www-form-urlencoded")
    return failure(Errc::invalid_input, "this address takes forms of our own pages only");
  return parse_form(call.request.body);
}

std::string_view field(const Parameters& form, std::string_view name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string_view() : std::string_view(found->second);
}

TimeZone zone_of(const Caller& caller, TimeZone of_organization) {
  if (caller.zone.empty()) return of_organization;
  auto own = TimeZone::find(caller.zone);
  return own ? *std::move(own) : of_organization;
}

void write_priority(Html& html, Priority priority) {
  if (priority == Priority::urgent) html.raw("<span class=\"urgent\">urgent</span>");
  else if (priority == Priority::high) html.raw("<span class=\"high\">high</span>");
  else html.text(to_string(priority));
}

void write_event(Html& html, const StoredEvent& stored, TimePoint now) {
  const auto& event = stored.event;
  const auto data = parse_json(event.data);
  const json::object empty;
  const auto& fields = data && data->is_object() ? data->as_object() : empty;
  html.raw("<li><strong>").text(verb_of(event, fields)).raw("</strong>");
  const auto* comment = event.kind == EventKind::task_commented ? fields.if_contains("text") : nullptr;
  const auto* from = fields.if_contains("from");
  const auto* to = fields.if_contains("to");
  const auto words = [](const json::value& value) {
    return shown(value).empty() ? std::string("nobody") : shown(value);
  };
  if (from != nullptr && to != nullptr) {
    html.raw(" from ").name(words(*from)).raw(" to ").name(words(*to));
  } else if (to != nullptr) {
    html.raw(" to ").name(words(*to));
  } else if (from != nullptr) {
    html.raw(" from ").name(words(*from));
  }
  bool details = false;
  for (const auto& [key, value] : fields) {
    const std::string_view name(key.data(), key.size());
    if (&value == comment || &value == from || &value == to || !worth_showing(event.kind, name, value)) continue;
    if (is_technical(event.kind, name)) details = true;
    else write_field(html, name, value);
  }
  if (event.message) {
    const auto id = to_string(event.message);
    html.raw(" <a").attribute("href", "/messages/" + id).raw(">").text(id).raw("</a>");
  }
  html.raw(" <span class=\"soft\">");
  if (!event.actor.empty()) html.raw("by ").name(actor_name(event.actor)).raw(", ");
  html.age(event.at, now).raw("</span>");
  if (details) write_details(html, event.kind, fields);
  if (comment != nullptr) html.raw("<blockquote dir=\"auto\">").text(shown(*comment)).raw("</blockquote>");
  html.raw("</li>\n");
}

std::string safe_next(std::string_view next) {
  if (next.empty() || next.size() > 500 || next[0] != '/' || next.substr(0, 2) == "//" ||
      next.find('\\') != std::string_view::npos)
    return "/";
  for (const unsigned char c : next)
    if (c <= ' ' || c >= 0x7F) return "/";
  return std::string(next);
}

Route shown(std::string_view pattern, std::optional<Permission> permission, Handler handler, std::string_view summary,
            std::string_view answer) {
  return {.method = "GET",
          .pattern = pattern,
          .surface = Surface::page,
          .permission = permission,
          .handler = handler,
          .summary = summary,
          .answer = answer};
}

Route sent(std::string_view pattern, std::optional<Permission> permission, Handler handler, std::string_view summary,
           Body body) {
  return {.method = "POST",
          .pattern = pattern,
          .surface = Surface::page,
          .permission = permission,
          .handler = handler,
          .summary = summary,
          .body = body,
          .answer = "text/html",
          .success = 303};
}

}  // namespace orgo::gateway::page
