#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "service/gateway/mail_content.h"
#include "service/gateway/page/html.h"
#include "service/gateway/page/rule_marks.h"
#include "service/gateway/route.h"

/// The pages for people: rendered here, no script. Later the web issue puts an inbox in their place.
namespace orgo::gateway::page {

inline constexpr std::string_view kSessionCookie = "orgo_session";

// What the gateway itself needs.
HttpResponse error_page(const Call& call, const Problem& problem);
/// To the login, and back to this page afterwards.
HttpResponse to_login(const Call& call);

// Handlers, one file each.
Result<HttpResponse> show_task_list(House& house, const Call& call);
Result<HttpResponse> show_task(House& house, const Call& call);
Result<HttpResponse> post_task_command(House& house, const Call& call);
Result<HttpResponse> show_message(House& house, const Call& call);
Result<HttpResponse> show_message_html(House& house, const Call& call);
Result<HttpResponse> download_message(House& house, const Call& call);
Result<HttpResponse> show_login(House& house, const Call& call);
Result<HttpResponse> post_login(House& house, const Call& call);
Result<HttpResponse> post_logout(House& house, const Call& call);

// What the pages share.
/// Head, bar with name and logout (when somebody is logged in), up to the opened <main>.
void begin_page(Html& html, std::string_view title, const std::optional<Caller>& caller);
void end_page(Html& html);
HttpResponse html_response(Html& html, int status = 200);
HttpResponse redirect(std::string location);
/// Fields of a posted form; invalid_input when it is none.
Result<Parameters> form_of(const Call& call);
std::string_view field(const Parameters& form, std::string_view name);
void write_priority(Html& html, Priority priority);
/// The words of an event, for a person: "anna assigned it to bert@example.org".
void write_event(Html& html, const StoredEvent& stored, TimePoint now);
/// One message as it is meant: sender, signature, calendar entries, text with quotes folded, attachments. `frame`: its
/// HTML, if it has any, in a sandboxed frame instead of the text; `remote`: with pictures of other servers.
/// `checks_until`: then its signature is not checked any more; a page with many mails has one deadline. `marked`: the
/// rule whose words are marked in subject and text; the frame has no marks, so that this shows the text.
void write_mail(Html& html, House& house, const StoredMessage& stored, const Result<std::string>& bytes, TimePoint now,
                Deadline checks_until, bool frame = false, bool remote = false, const TracedRule* marked = nullptr);
void write_frame(Html& html, const MailView& view, MessageId id, bool remote);

extern const std::string_view kStyle;
extern const std::string_view kIcon;

}  // namespace orgo::gateway::page
