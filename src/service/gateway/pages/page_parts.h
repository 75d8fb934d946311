#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time_zone.h"
#include "core/task/task.h"
#include "port/task_store.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/route.h"
#include "service/gateway/pages/html.h"

/// The pages for people: rendered here, no script. What they share.
namespace orgo::gateway::page {

/// Head, bar with name and logout (when somebody is logged in), up to the opened <main>.
void begin_page(Html& html, std::string_view title, const std::optional<Caller>& caller);
void end_page(Html& html);
HttpResponse html_response(Html& html, int status = 200);
HttpResponse redirect(std::string location);
/// Fields of a posted form; invalid_input when it is none.
Result<Parameters> form_of(const Call& call);
std::string_view field(const Parameters& form, std::string_view name);
/// In which the caller wants to read dates. One that this machine does not know any more is the organization's.
TimeZone zone_of(const Caller& caller, TimeZone of_organization);
void write_priority(Html& html, Priority priority);
/// The words of an event, for a person: "anna assigned it to bert@example.org".
void write_event(Html& html, const StoredEvent& stored, TimePoint now);
/// Where to go after the login: a path of this site and nothing that a browser takes for another one ("//host",
/// "/\host").
std::string safe_next(std::string_view next);
/// A page that is read.
Route shown(std::string_view pattern, std::optional<Permission> permission, Handler handler, std::string_view summary,
            std::string_view answer = "text/html");
/// A form that is sent.
Route sent(std::string_view pattern, std::optional<Permission> permission, Handler handler, std::string_view summary,
           Body body = form_body());

extern const std::string_view kStyle;
extern const std::string_view kIcon;

}  // namespace orgo::gateway::page
