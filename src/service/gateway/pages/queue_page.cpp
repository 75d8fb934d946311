#include "service/gateway/pages/page_parts.h"
#include "service/gateway/pages/queue_pages.h"

namespace orgo::gateway::page {
namespace {

constexpr int kShownMost = 200;
constexpr int kBrakedMost = 50;

void write_task_link(Html& html, const StoredSend& send) {
  if (const auto task = send.send.subject.task())
    html.raw("<a").attribute("href", "/tasks/" + std::to_string(task.value)).raw(">").text(to_string(task)).raw("</a>");
}

void write_row(Html& html, const StoredSend& send, TimePoint now) {
  html.raw("<tr><td class=\"keep inline\">").text(to_string(send.id)).raw("</td><td class=\"keep inline\">");
  html.text(to_string(send.send.kind)).raw("</td><td class=\"inline who\">");
  html.address(to_string(send.send.recipient)).raw("</td><td class=\"keep inline\">");
  write_task_link(html, send);
  html.raw("</td><td class=\"keep inline soft\">").age(send.created_at, now).raw("</td><td class=\"inline\">");
  html.raw("<form method=\"post\" action=\"/queue\"><input type=\"hidden\" name=\"send\"");
  html.attribute("value", to_string(send.id));
  html.raw("><button name=\"word\" value=\"release\">Send</button></form></td></tr>\n");
}

/// "3 are held", "More than 200 are held"
void write_count(Html& html, std::size_t shown, bool more) {
  html.raw("<p><strong>").text(more ? "More than " : "").number(static_cast<std::int64_t>(shown));
  html.text(shown == 1 && !more ? " is held." : " are held.").raw("</strong> ");
}

void write_restored(Html& html, const std::vector<StoredSend>& held, bool more, TimePoint now) {
  write_count(html, held.size(), more);
  html.raw(
      "A backup was put back, or the data folder is a copy. What waited in it may have gone out long ago, so it is "
      "held until you decide. What came since goes out as ever.</p>\n<table class=\"tasks\"><caption>Held since "
      "then</caption>\n<thead><tr><th scope=\"col\">Number</th><th scope=\"col\">What</th><th "
      "scope=\"col\">To</th><th scope=\"col\">Task</th><th scope=\"col\">Made</th><th scope=\"col\">Decide</th>"
      "</tr></thead>\n<tbody>\n");
  for (const auto& send : held) write_row(html, send, now);
  html.raw("</tbody></table>\n");
  if (more) html.raw("<p class=\"soft\">These are the first 200. There are more.</p>\n");
  // Each asks back: what has gone out can't be called back, nor what was dropped.
  html.raw(
      "<form method=\"post\" action=\"/queue\" class=\"card\">\n<h2>All of them</h2>\n<details class=\"fold\">"
      "<summary>Send all</summary>\n<p>All of these mails go out now, to everybody they are for.</p>\n<p><button "
      "class=\"main\" name=\"word\" value=\"release\">Yes, send all of them</button></p></details>\n</form>\n"
      "<form method=\"post\" action=\"/queue\" class=\"card\">\n<details class=\"fold\"><summary>Drop all</summary>\n"
      "<label for=\"reason\">Why none of them goes out</label>\n<input id=\"reason\" name=\"reason\" required "
      "maxlength=\"500\" autocomplete=\"off\">\n<p><button name=\"word\" value=\"drop\">Yes, drop all of them</button>"
      "</p></details>\n</form>\n");
}

void write_braked(Html& html, const std::vector<StoredSend>& held, bool more, const TimeZone& zone) {
  write_count(html, held.size(), more);
  html.raw(
      "The brake against loops holds these. They go by themselves as soon as there is room; nothing is to be "
      "done, unless a rule or a sender is not meant to tell so much.</p>\n<table class=\"tasks\"><caption>Held by the "
      "brake</caption>\n<thead><tr><th scope=\"col\">Number</th><th scope=\"col\">To</th><th scope=\"col\">Task</th>"
      "<th scope=\"col\">Why</th><th scope=\"col\">Looked at again</th></tr></thead>\n<tbody>\n");
  for (const auto& send : held) {
    html.raw("<tr><td class=\"inline\">").text(to_string(send.id)).raw("</td><td class=\"inline who\">");
    html.address(to_string(send.send.recipient)).raw("</td><td class=\"inline\">");
    write_task_link(html, send);
    html.raw("</td><td class=\"inline\">").name(send.detail).raw("</td><td class=\"keep inline soft\">");
    html.instant(send.send.due_at, zone).raw("</td></tr>\n");
  }
  html.raw("</tbody></table>\n");
  if (more) html.raw("<p class=\"soft\">These are the first 50. There are more.</p>\n");
}

/// Cuts one that is too many; true: there was one.
bool cut_to(std::vector<StoredSend>& sends, int most) {
  const bool more = sends.size() > static_cast<std::size_t>(most);
  if (more) sends.pop_back();
  return more;
}

}  // namespace

Result<HttpResponse> QueuePages::render(const Call& call, std::string_view complaint, int status) {
  const auto tenant = call.caller->tenant;
  ORGO_TRY(restored, ports_.outbox.restored_sends(tenant, SendId{}, kShownMost + 1));
  ORGO_TRY(braked, ports_.outbox.held_sends(tenant, SendId{}, kBrakedMost + 1));
  const bool more_restored = cut_to(restored, kShownMost), more_braked = cut_to(braked, kBrakedMost);
  Html html;
  begin_page(html, "Queue", call.caller);
  html.raw("<h1>Queue</h1>\n");
  if (!complaint.empty()) html.raw("<p class=\"alert\" role=\"alert\">").text(complaint).raw("</p>\n");
  if (restored.empty() && braked.empty()) html.raw("<p>Nothing is held: what waits goes out by itself.</p>\n");
  if (!restored.empty()) write_restored(html, restored, more_restored, ports_.clock.now());
  if (!braked.empty()) {
    ORGO_TRY(policy, ports_.policies(tenant));
    write_braked(html, braked, more_braked, zone_of(*call.caller, policy->zone()));
  }
  end_page(html);
  return html_response(html, status);
}

Result<HttpResponse> QueuePages::show(const Call& call) {
  return render(call, {}, 200);
}

Result<HttpResponse> QueuePages::decide(const Call& call) {
  ORGO_TRY(form, form_of(call));
  const auto word = field(form, "word");
  if (word != "release" && word != "drop") return failure(Errc::invalid_input, "say release or drop");
  const auto actor = call.caller->actor();
  const RestoredSends::Decision decision{
      .word = word == "release" ? RestoredSends::Word::release : RestoredSends::Word::drop,
      .reason = field(form, "reason"),
      .actor = actor};
  const auto done = [&]() -> Result<int> {
    const auto name = field(form, "send");
    if (name.empty()) return ports_.sends.decide_all(call.caller->tenant, decision);
    const auto id = parse_id<SendTag>(name);
    if (!id) return failure(Errc::invalid_input, "that is not a send");
    return ports_.sends.decide(call.caller->tenant, {*id}, decision);
  }();
  if (done) return redirect("/queue");
  if (done.error().code != Errc::invalid_input && done.error().code != Errc::conflict)
    return tl::unexpected(done.error());
  return render(call, "That does not do: " + done.error().message + ".",
                done.error().code == Errc::conflict ? 409 : 400);
}

std::vector<Route> QueuePages::routes() {
  return {
      shown("/queue", Permission::manage_queue, to<&QueuePages::show>(this),
            "What a restore or the brake against loops holds."),
      sent("/queue", Permission::manage_queue, to<&QueuePages::decide>(this),
           "Releases or drops what a restore holds: one, or all."),
  };
}

}  // namespace orgo::gateway::page
