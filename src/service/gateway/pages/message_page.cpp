#include "service/gateway/pages/message_pages.h"

#include "service/gateway/content/view_budget.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/pages/mail_parts.h"
#include "service/gateway/pages/page_parts.h"

namespace orgo::gateway::page {
Result<HttpResponse> MessagePages::show(const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  const auto tenant = call.caller->tenant;
  ORGO_TRY(story, ports_.traces.story(tenant, id));
  const auto now = ports_.clock.now();
  Html html;
  begin_page(html, "Message " + to_string(id), call.caller);
  html.raw("<p><a href=\"/\">All tasks</a></p>\n<h1>Message ").text(to_string(id)).raw("</h1>\n");
  const auto traced = story.trace ? traced_rules(*story.trace) : std::vector<TracedRule>{};
  const auto wanted = parameter(call, "rule");
  const TracedRule* chosen = nullptr;
  for (const auto& rule : traced)
    if (!wanted.empty() && rule.name == wanted) chosen = &rule;
  if (!wanted.empty() && chosen == nullptr)
    html.raw("<p class=\"alert\" role=\"alert\">This decision has no such rule in its trace.</p>\n");
  if (chosen != nullptr)
    html.raw("<p class=\"soft\">Marked: the words by which the rule ").name(chosen->name).raw(" holds.</p>\n");
  const ViewBudget budget(call.request);
  ORGO_CHECK(budget.check());
  write_mail(html, story.message, story.view ? &*story.view : nullptr,
             {.now = now,
              .frame = parameter(call, "view") != "text",
              .remote = parameter(call, "remote") == "1",
              .marked = chosen});
  ORGO_CHECK(budget.check());
  html.raw("<p>");
  if (story.task) {
    const auto task = to_string(story.task->number);
    html.raw("<a").attribute("href", "/tasks/" + task).raw(">").text(task).raw("</a> · ");
  }
  html.raw("<a").attribute("href", "/messages/" + to_string(id) + "/raw").raw(" download>Download as .eml</a></p>\n");
  if (story.parsed) {
    rules::Facts facts{*story.parsed, story.message.envelope, {}, {}};
    std::string bytes;
    if (!traced.empty())
      if (auto read = ports_.messages.read_bytes(tenant, id)) bytes = *std::move(read);
    facts.raw = bytes;
    write_rules(html, traced, chosen, facts, "/messages/" + to_string(id));
  }
  html.raw("<h2>The whole story</h2>\n<pre class=\"card story\">").text(to_text(story)).raw("</pre>\n");
  end_page(html);
  return html_response(html);
}

Result<HttpResponse> MessagePages::download(const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  ORGO_TRY(bytes, ports_.messages.read_bytes(call.caller->tenant, id));
  HttpResponse response;
  // Not text/html and not shown in place, whatever is inside: a mail is a stranger's file.
  response.headers.push_back({"Content-Type", "message/rfc822"});
  response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + to_string(id) + ".eml\""});
  response.body = std::move(bytes);
  return response;
}

Result<HttpResponse> MessagePages::attachment(const Call& call) {
  return serve_attachment(ports_.messages, call);
}

std::vector<Route> MessagePages::routes() {
  const auto may_read = Permission::read_messages;
  return {
      shown("/messages/{id}", may_read, to<&MessagePages::show>(this), "One message and its story."),
      shown("/messages/{id}/html", may_read, to<&MessagePages::html>(this),
            "The HTML of a message, made safe, for a frame."),
      shown("/messages/{id}/attachments/{index}", may_read, to<&MessagePages::attachment>(this), "One attachment."),
      shown("/messages/{id}/raw", may_read, to<&MessagePages::download>(this), "The bytes of a message."),
  };
}

}  // namespace orgo::gateway::page
