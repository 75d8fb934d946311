#include "service/gateway/pages/page_face.h"

#include "service/gateway/pages/page_parts.h"

namespace orgo::gateway::page {

HttpResponse error_page(const Call& call, const Problem& problem) {
  Html html;
  begin_page(html, reason_phrase(problem.status), call.caller);
  html.raw("<h1>")
      .text(reason_phrase(problem.status))
      .raw("</h1>\n<p class=\"alert\" role=\"alert\">")
      .text(problem.detail);
  html.raw("</p>\n<p><a href=\"/\">To the tasks</a></p>\n");
  if (problem.status >= 500) html.raw("<p class=\"soft\">Trace id: ").text(call.trace_id()).raw("</p>\n");
  end_page(html);
  auto response = html_response(html, problem.status);
  if (problem.status == 429 || problem.status == 503) response.headers.push_back({"Retry-After", "5"});
  return response;
}

HttpResponse to_login(const Call& call) {
  if (call.request.method != "GET" && call.request.method != "HEAD") return redirect("/login");
  // A link in a mail is a cross-site step, on which a browser keeps a strict cookie back. One step of our own brings
  // it.
  if (call.request.header("Sec-Fetch-Site") == "cross-site") {
    Html html;
    html.raw(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Orgo</title><meta "
        "http-equiv=\"refresh\"");
    html.attribute("content", "0;url=" + safe_next(call.request.target))
        .raw("></head><body><a")
        .attribute("href", safe_next(call.request.target));
    html.raw(">Go on</a></body></html>\n");
    return html_response(html);
  }
  const auto next = safe_next(call.request.target);
  return redirect(next == "/" ? "/login" : "/login?next=" + percent_encoded(next));
}

}  // namespace orgo::gateway::page
