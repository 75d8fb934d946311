#include "service/gateway/page/pages.h"

namespace orgo::gateway::page {
namespace {

Result<HttpResponse> style(House&, const Call&) {
  HttpResponse response;
  response.headers = {{"Content-Type", "text/css; charset=utf-8"}, {"Cache-Control", "public, max-age=300"}};
  response.body = kStyle;
  return response;
}

Result<HttpResponse> icon(House&, const Call&) {
  HttpResponse response;
  response.headers = {{"Content-Type", "image/svg+xml"}, {"Cache-Control", "public, max-age=86400"}};
  response.body = kIcon;
  return response;
}

}  // namespace

Result<HttpResponse> show_message(House& house, const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  const auto tenant = call.caller->tenant;
  ORGO_TRY(story, house.traces.story(tenant, id));
  const auto now = house.services.clock.now();
  Html html;
  begin_page(html, "Message " + to_string(id), call.caller);
  html.raw("<p><a href=\"/\">All tasks</a></p>\n<h1>Message ").text(to_string(id)).raw("</h1>\n");
  const auto traced = story.decision ? traced_rules(story.decision->trace) : std::vector<TracedRule>{};
  const auto wanted = parameter(call, "rule");
  const TracedRule* chosen = nullptr;
  for (const auto& rule : traced)
    if (!wanted.empty() && rule.name == wanted) chosen = &rule;
  if (!wanted.empty() && chosen == nullptr)
    html.raw("<p class=\"alert\" role=\"alert\">This decision has no such rule in its trace.</p>\n");
  if (chosen != nullptr)
    html.raw("<p class=\"soft\">Marked: the words by which the rule ").name(chosen->name).raw(" holds.</p>\n");
  const auto bytes = house.services.messages.read_bytes(tenant, id);
  write_mail(html, house, story.message, bytes, now, within(kCheckTime), parameter(call, "view") != "text",
             parameter(call, "remote") == "1", chosen);
  html.raw("<p>");
  if (story.task) {
    const auto task = to_string(story.task->number);
    html.raw("<a").attribute("href", "/tasks/" + task).raw(">").text(task).raw("</a> ");
  }
  html.raw("<a").attribute("href", "/messages/" + to_string(id) + "/raw").raw(" download>Download as .eml</a></p>\n");
  if (story.parsed) {
    rules::Facts facts{*story.parsed, story.message.envelope, {}, {}};
    if (bytes) facts.raw = *bytes;
    write_rules(html, traced, chosen, facts, "/messages/" + to_string(id));
  }
  html.raw("<h2>The whole story</h2>\n<pre class=\"card story\">").text(to_text(story)).raw("</pre>\n");
  end_page(html);
  return html_response(html);
}

Result<HttpResponse> download_message(House& house, const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  ORGO_TRY(bytes, house.services.messages.read_bytes(call.caller->tenant, id));
  HttpResponse response;
  // Not text/html and not shown in place, whatever is inside: a mail is a stranger's file.
  response.headers.push_back({"Content-Type", "message/rfc822"});
  response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + to_string(id) + ".eml\""});
  response.body = std::move(bytes);
  return response;
}

}  // namespace orgo::gateway::page

namespace orgo::gateway {

std::vector<Route> page_routes() {
  const auto show = [](std::string_view pattern, Permission permission, Handler handler, std::string_view summary) {
    return Route{.method = "GET",
                 .pattern = pattern,
                 .surface = Surface::page,
                 .permission = permission,
                 .handler = handler,
                 .summary = summary,
                 .answer = "text/html"};
  };
  return {
      show("/", Permission::read_tasks, page::show_task_list, "The tasks."),
      show("/tasks/{id}", Permission::read_tasks, page::show_task, "One task."),
      {.method = "POST",
       .pattern = "/tasks/{id}/{command}",
       .surface = Surface::page,
       .permission = Permission::change_tasks,
       .handler = page::post_task_command,
       .summary = "A button of the page of a task.",
       .answer = "text/html",
       .success = 303},
      show("/messages/{id}", Permission::read_messages, page::show_message, "One message and its story."),
      show("/messages/{id}/html", Permission::read_messages, page::show_message_html,
           "The HTML of a message, made safe, for a frame."),
      show("/messages/{id}/attachments/{index}", Permission::read_messages, serve_attachment, "One attachment."),
      show("/messages/{id}/raw", Permission::read_messages, page::download_message, "The bytes of a message."),
      {.method = "GET",
       .pattern = "/login",
       .surface = Surface::page,
       .permission = {},
       .handler = page::show_login,
       .summary = "Asks for a token.",
       .answer = "text/html"},
      {.method = "POST",
       .pattern = "/login",
       .surface = Surface::page,
       .permission = {},
       .handler = page::post_login,
       .summary = "Begins a session.",
       .answer = "text/html",
       .success = 303},
      {.method = "POST",
       .pattern = "/logout",
       .surface = Surface::page,
       .permission = {},
       .handler = page::post_logout,
       .summary = "Ends the session.",
       .answer = "text/html",
       .success = 303},
      {.method = "GET",
       .pattern = "/style.css",
       .surface = Surface::page,
       .permission = {},
       .handler = page::style,
       .summary = "The style.",
       .answer = "text/css"},
      {.method = "GET",
       .pattern = "/favicon.svg",
       .surface = Surface::page,
       .permission = {},
       .handler = page::icon,
       .summary = "The icon.",
       .answer = "image/svg+xml"},
  };
}

}  // namespace orgo::gateway
