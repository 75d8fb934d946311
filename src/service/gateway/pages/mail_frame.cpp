#include "base/planted.h"
#include "service/gateway/content/view_budget.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/pages/mail_parts.h"
#include "service/gateway/pages/message_pages.h"

// The HTML of a stranger, three locks deep: sanitised (core/mail/show/sanitise_html.h); in a frame whose sandbox has no
// scripts, forms, plug-ins or navigation of the page around it; under a policy of its own that loads nothing but our
// pictures.

namespace orgo::gateway::page {
namespace {

constexpr std::string_view kSandbox = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";

/// What the sanitiser adds must stay visible whatever the mail's own styles say.
constexpr std::string_view kFrameStyle =
    "html{color-scheme:light;background:#fff;color:#1c2430}"
    "body{margin:.75rem;font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto "
    "Sans',sans-serif;overflow-wrap:anywhere}"
    "img{max-width:100%;height:auto}table{max-width:100%}blockquote{margin:.5rem 0 .5rem "
    ".5rem;padding-left:.75rem;border-left:3px solid #d9dee5}"
    "a[data-host]::after{content:' [' attr(data-host) ']';color:#5b6675;font-size:11px}a:has(img)::after{content:none}"
    ".orgo-warning{display:inline!important;font:700 14px/1.4 "
    "sans-serif!important;color:#fff!important;background:#b3261e!important;"
    "padding:0 .3rem;border-radius:.2rem;text-indent:0!important;letter-spacing:0!important}"
    ".orgo-picture{display:inline-block;padding:.1rem .4rem;border:1px dashed "
    "#a3aebc;border-radius:.3rem;color:#5b6675;font-size:13px}"
    ".orgo-fold{margin:.75rem 0}.orgo-fold>summary{cursor:pointer;color:#0b5fa5;font-size:13px}";

}  // namespace

void write_frame(Html& html, const MailView& view, MessageId id, bool remote) {
  const auto name = to_string(id);
  const auto safe = safe_html(view, "", remote, false);
  if (safe.deceptive_links > 0)
    html.raw("<p class=\"alert\" role=\"alert\">")
        .number(static_cast<std::int64_t>(safe.deceptive_links))
        .text(safe.deceptive_links == 1 ? " of its links leads elsewhere than it says; it is marked."
                                        : " of its links lead elsewhere than they say; they are marked.")
        .raw("</p>\n");
  html.raw("<p class=\"soft tools\">");
  if (safe.remote_blocked > 0) {
    html.number(static_cast<std::int64_t>(safe.remote_blocked))
        .text(safe.remote_blocked == 1 ? " picture" : " pictures");
    html.raw(" of other servers not loaded. <a")
        .attribute("href", "/messages/" + name + "?remote=1")
        .raw(">Show them</a> (then those servers learn that you read it). ");
  } else if (remote) {
    html.raw("Pictures of other servers are shown. <a").attribute("href", "/messages/" + name).raw(">Hide them</a>. ");
  }
  html.raw("<a")
      .attribute("href", "/messages/" + name + "?view=text")
      .raw(">Show as text</a></p>\n<iframe class=\"mail\" title=\"The mail as it was sent\"");
  html.attribute("sandbox", kSandbox).attribute("src", "/messages/" + name + "/html" + (remote ? "?remote=1" : ""));
  html.raw(" referrerpolicy=\"no-referrer\"></iframe>\n");
}

Result<HttpResponse> MessagePages::html(const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  ORGO_TRY(bytes, ports_.messages.read_bytes(call.caller->tenant, id));
  const bool remote = parameter(call, "remote") == "1";
  const auto view = mail_view(bytes);
  ORGO_CHECK(ViewBudget(call.request).check());
  const auto safe = safe_html(view, "/messages/" + to_string(id) + "/attachments/", remote, true);
  HttpResponse response;
  response.headers = {
      {"Content-Type", "text/html; charset=utf-8"},
      {"Content-Security-Policy", std::string("default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:") +
                                      (remote || ORGO_PLANT(frame_loads_remote) ? " https: http:" : "") +
                                      "; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox " +
                                      std::string(kSandbox)},
      {"X-Frame-Options", "SAMEORIGIN"},
      {"Referrer-Policy", "no-referrer"}};
  response.body = "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>Mail</title><style>";
  response.body += kFrameStyle;
  response.body += "</style></head><body dir=\"auto\">\n";
  response.body += safe.html;
  if (!safe.whole) response.body += "<p>The mail is longer; the download has all of it.</p>";
  response.body += "\n</body></html>\n";
  return response;
}

}  // namespace orgo::gateway::page
