#include "service/gateway/pages/new_task_pages.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "base/hash.h"
#include "base/log.h"
#include "base/one_line.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "protocol/mime/address.h"
#include "service/gateway/pages/answer_card.h"
#include "service/gateway/pages/page_parts.h"

namespace orgo::gateway::page {
namespace {

constexpr std::size_t kNewKeyMax = 64;
constexpr std::size_t kKnownMax = 200;  // to pick from
constexpr int kKnownFromMax = 200;      // tasks whose requesters are known
constexpr auto kPriorities = std::to_array<std::string_view>({"normal", "low", "high", "urgent"});

/// One line to type in. `list`: id of what the browser offers below it; empty: nothing.
template <std::size_t N, std::size_t L, std::size_t M>
void write_input(Html& html, const char (&name)[N], const char (&label)[L], const char (&bytes_max)[M],
                 std::string_view list, const Parameters& fields) {
  html.raw("<div><label").attribute("for", std::string("new-") + name).raw(">").raw(label);
  html.raw("</label><input").attribute("id", std::string("new-") + name).attribute("name", name);
  html.attribute("maxlength", bytes_max).raw(" autocomplete=\"off\"");
  if (!list.empty()) html.attribute("list", list);
  if (std::string_view(name) == "title") html.raw(" required");
  html.attribute("value", field(fields, name)).raw("></div>\n");
}

void write_options(Html& html, std::string_view id, std::span<const std::string> values) {
  html.raw("<datalist").attribute("id", id).raw(">");
  for (const auto& value : values.first(std::min(values.size(), kKnownMax)))
    html.raw("<option").attribute("value", value).raw("></option>");
  html.raw("</datalist>\n");
}

/// "As the rules say" is empty.
void write_priority_choice(Html& html, std::string_view chosen) {
  html.raw(
      "<div><label for=\"new-priority\">Priority</label><select id=\"new-priority\" name=\"priority\"><option "
      "value=\"\">as the rules say</option>");
  for (const auto value : kPriorities) {
    html.raw("<option").attribute("value", value);
    if (value == chosen) html.raw(" selected");
    html.raw(">").text(value).raw("</option>");
  }
  html.raw("</select></div>\n");
}

}  // namespace

/// Whom people may mean: who works here, and who has asked lately.
Status NewTaskPages::write_known(Html& html, TenantId tenant) {
  std::vector<std::string> known;
  std::set<std::string> seen;
  ORGO_TRY(tasks, ports_.tasks.list({.tenant = tenant,
                                     .open = {},
                                     .state = {},
                                     .teams = {},
                                     .assignees = {},
                                     .before = {},
                                     .limit = kKnownFromMax}));
  for (const auto& task : tasks)
    if (task.requester.kind == ContactKind::mail && is_mail_address(task.requester.address) &&
        seen.insert(ascii_lower(task.requester.address)).second)
      known.push_back(task.requester.address);
  ORGO_TRY(people, ports_.people.all(tenant));
  for (const auto& person : people)
    if (!person.disabled && !person.address.empty() && seen.insert(ascii_lower(person.address)).second)
      known.push_back(person.name.empty() ? person.address : person.name + " <" + person.address + ">");
  write_options(html, "known", known);
  ORGO_TRY(names, ports_.names(tenant));
  write_options(html, "names", names);
  return {};
}

Result<HttpResponse> NewTaskPages::render(const Call& call, Sheet sheet) {
  const auto& fields = sheet.fields;
  const auto key = sheet.keeps_key ? std::string(field(fields, "key").substr(0, kNewKeyMax)) : random_hex(16);
  Html html;
  begin_page(html, "New task", call.caller);
  html.raw("<p><a href=\"/\">All tasks</a></p>\n");
  if (!sheet.complaint.empty()) html.raw("<p class=\"alert\" role=\"alert\">").text(sheet.complaint).raw("</p>\n");
  if (!sheet.notice.empty()) html.raw("<p class=\"notice\" role=\"status\">").text(sheet.notice).raw("</p>\n");
  html.raw(
      "<h1>New task</h1>\n<p class=\"soft\">What somebody told by phone or at the counter. Nothing is sent to "
      "them.</p>\n<form class=\"card new\" method=\"post\" enctype=\"multipart/form-data\" action=\"/tasks/new\">\n"
      "<input type=\"hidden\" name=\"key\"");
  html.attribute("value", key).raw(">\n");
  write_input(html, "title", "What it is about", "500", "", fields);
  html.raw("<label for=\"new-text\">What they said</label>\n<textarea id=\"new-text\" name=\"text\"");
  html.attribute("maxlength", std::to_string(AnswerRequest::kTextMax)).raw(">\n");
  html.text(with_plain_line_ends(field(fields, "text"))).raw("</textarea>\n<div class=\"fields\">\n");
  write_input(html, "requester", "Who asks: mail address, or a name that is known here", "254", "known", fields);
  write_input(html, "requester_name", "Their name", "200", "", fields);
  write_input(html, "team", "Team; empty: as the rules say", "254", "names", fields);
  write_input(html, "assignee", "Assigned to", "254", "names", fields);
  write_priority_choice(html, field(fields, "priority"));
  html.raw("</div>\n");
  ORGO_CHECK(write_known(html, call.caller->tenant));
  write_files(html, ports_.message_max);
  html.raw("<p class=\"buttons\"><button class=\"main\">Open task</button></p>\n</form>\n");
  end_page(html);
  auto response = html_response(html, sheet.status);
  if (sheet.status >= 503) response.headers.push_back({"Retry-After", "5"});
  return response;
}

Result<HttpResponse> NewTaskPages::show(const Call& call) {
  Sheet sheet;
  if (parameter(call, "kept") == "1")
    sheet.notice = "It is kept, and stands in the list of tasks as soon as it is processed.";
  return render(call, std::move(sheet));
}

Status NewTaskPages::take_requester(TenantId tenant, std::string_view typed, TakenDown& taken) {
  typed = trim(typed);
  if (typed.empty()) return {};
  if (typed.find('@') != std::string_view::npos) {
    const auto found = mime::parse_addresses(typed, {}, {2}).mailboxes;
    if (found.size() != 1 || !is_typed_address(found.front().address))
      return failure(Errc::invalid_input, "'" + one_line(typed, 100) +
                                              "' is not a mail address, as in petra@example.org; leave it out if "
                                              "there is none");
    taken.requester = found.front().address;
    if (taken.requester_name.empty()) taken.requester_name = found.front().name;
    return {};
  }
  ORGO_TRY(people, ports_.people.all(tenant));
  const auto meant = std::ranges::find_if(people, [&](const Person& one) {
    return !one.disabled && (ascii_iequals(one.login, typed) || ascii_iequals(one.name, typed));
  });
  if (meant == people.end())
    return failure(Errc::invalid_input, "Nobody called '" + one_line(typed, 100) +
                                            "' is known here; write their mail address, or only their name beside it");
  if (meant->address.empty()) return failure(Errc::invalid_input, meant->login + " has no mail address here; write it");
  taken.requester = meant->address;
  if (taken.requester_name.empty()) taken.requester_name = meant->name;
  return {};
}

Result<TakenDown> NewTaskPages::taken_of(const Call& call, const MultipartForm& form) {
  const auto& fields = form.fields;
  TakenDown taken{.tenant = call.caller->tenant, .login = call.caller->name};
  taken.title = field(fields, "title");
  taken.text = with_plain_line_ends(field(fields, "text"));
  taken.requester_name = trim(field(fields, "requester_name"));
  // Without a key, pressing the button twice would be two tasks.
  taken.key = field(fields, "key");
  if (taken.key.empty() || taken.key.size() > kNewKeyMax)
    return failure(Errc::invalid_input, "The form is not complete");
  ORGO_CHECK(take_requester(taken.tenant, field(fields, "requester"), taken));
  if (const auto team = trim(field(fields, "team")); !team.empty()) {
    ORGO_TRY(named, ports_.commands.meant(taken.tenant, team, true));
    taken.team = std::move(named.name);
  }
  if (const auto assignee = trim(field(fields, "assignee")); !assignee.empty()) {
    ORGO_TRY(named, ports_.commands.meant(taken.tenant, assignee, false));
    taken.assignee = std::move(named.name);
  }
  if (const auto priority = field(fields, "priority"); !priority.empty()) {
    taken.priority = parse_priority(priority);
    if (!taken.priority) return failure(Errc::invalid_input, "There is no such priority");
  }
  for (const auto& file : form.files)
    if (file.field == "files") taken.files.push_back({file.filename, file.type, std::string(file.bytes)});
  return taken;
}

Result<HttpResponse> NewTaskPages::open(const Call& call) {
  ORGO_TRY(form, parse_multipart(call.request.header("Content-Type"), call.request.body, call.request.cut));
  const bool had_files = !form.files.empty();
  if (call.request.cut)
    return render(call, {.fields = std::move(form.fields),
                         .complaint = too_much_words(ports_.message_max) + " Nothing was opened.",
                         .notice = {},
                         .keeps_key = true,
                         .status = 413});
  auto taken = taken_of(call, form);
  const auto accepted =
      taken ? ports_.answers.open(*taken) : Result<TaskAccepted>(tl::unexpected(std::move(taken).error()));
  if (accepted)
    return redirect(accepted->task ? "/tasks/" + to_string(*accepted->task) : std::string("/tasks/new?kept=1"));
  const auto& error = accepted.error();
  if (error.code == Errc::not_found || error.code == Errc::not_permitted) return tl::unexpected(error);
  const auto problem = problem_of_storing(error);
  if (problem.status >= 500)
    log::error("task.not_taken_down",
               {{"code", to_string(error.code)}, {"cause", error.message}, {"trace_id", call.trace_id()}});
  Sheet sheet{.fields = std::move(form.fields),
              .complaint = problem.detail + (problem.detail.ends_with('.') ? "" : "."),
              .notice = {},
              .keeps_key = error.code != Errc::conflict,
              .status = problem.status};
  if (had_files) sheet.complaint += " Choose the files again.";
  return render(call, std::move(sheet));
}

std::vector<Route> NewTaskPages::routes() {
  return {
      shown("/tasks/new", Permission::change_tasks, to<&NewTaskPages::show>(this), "The form for a new task."),
      sent("/tasks/new", Permission::change_tasks, to<&NewTaskPages::open>(this), "Opens a task without a mail.",
           multipart_body(ports_.message_max + HttpHandler::kSmallBody)),
  };
}

}  // namespace orgo::gateway::page
