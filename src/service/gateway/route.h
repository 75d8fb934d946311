#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "core/access/access.h"
#include "core/workplace/workplace.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/http_handler.h"
#include "port/ledger_reader.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/signature_verifier.h"
#include "port/task_store.h"
#include "port/token_store.h"
#include "port/work_store.h"
#include "service/gateway/cursor.h"
#include "service/gateway/problem.h"
#include "service/gateway/session.h"
#include "service/gateway/url.h"
#include "service/mailbox/mailbox_reader.h"
#include "service/modules/module_service.h"
#include "service/tasks/task_service.h"
#include "service/trace/trace_service.h"

namespace orgo::gateway {

/// Why a part of the program can't do its work; OK when it can. Quick: /readyz is asked every second.
struct ReadyCheck {
  std::string name;  ///< "database", "rules", "disk", "mailbox office"
  std::function<Status()> check;
  bool required = true;  ///< false: is told, but traffic can come all the same
};

/// Makes one message durable and waits for it; what POST /api/v1/messages calls. Errors as MessageStore::accept().
using Submit = std::function<Result<Accepted>(const Envelope& envelope, std::string bytes, Deadline deadline)>;

/// What the handlers work with. All of it outlives the gateway.
struct Services {
  TaskStore& tasks;
  ChangeStore& changes;
  MessageStore& messages;
  Outbox& outbox;
  WorkStore& work;
  TokenStore& tokens;
  LedgerReader& ledger;
  Clock& clock;
  Submit submit;
  std::vector<ReadyCheck> ready_checks;
  std::function<std::vector<MailboxStatus>()> mailboxes = {};        ///< empty: there are none
  SignatureVerifier* signatures = nullptr;                           ///< null: signatures of mails are not checked
  std::function<std::shared_ptr<const Workplace>()> workplace = {};  ///< calendars and service levels; empty: none
  TaskService::FieldCheck check_field = {};                          ///< by the task's type; empty: any text
  std::function<ModuleService*(TenantId)> modules = {};              ///< of a tenant; empty, or null from it: none
};

struct Settings {
  std::size_t message_max = 25 * 1024 * 1024;         ///< bytes of a message by POST
  std::string default_recipient = "inbox@localhost";  ///< of messages that come without `recipient`
  bool public_metrics = true;  ///< /metrics without a token, as on a loopback or scraping network
  std::string cursor_key;      ///< signs cursors and sessions, which live as long as it does; empty: a random one
  std::string version = "0.1.0";
  TimeZone zone = {};  ///< in which pages show times, when no calendar is the default
};

/// Who asks, after the token was checked.
struct Caller {
  TenantId tenant;
  std::int64_t token = 0;
  std::string name;
  Role role = Role::viewer;
  [[nodiscard]] std::string actor() const { return "user:" + name; }
};

/// What lives as long as the gateway and is shared by its handlers.
struct House {
  Services services;
  Settings settings;
  Cursors cursors;
  Sessions sessions;
  TaskService tasks;
  TraceService traces;
  TimePoint started_at;
  std::atomic<bool> draining{false};
  House(Services services, Settings settings);
};

/// One request on its way through a handler.
struct Call {
  const HttpRequest& request;
  Url url;
  std::vector<std::string> captured;  ///< what stood in place of the {names} of the pattern, in order
  std::optional<Caller> caller;       ///< set on every route that has a permission
  std::string session;                ///< id of the browser session, on pages
  std::string trace_id;
};

using Handler = Result<HttpResponse> (*)(House& house, const Call& call);

/// Where a route belongs, which decides how callers prove who they are and what an error looks like.
enum class Surface {
  probe,  ///< /livez, /metrics: for machines of the operator
  api,    ///< bearer token, JSON, problem+json
  page,   ///< session cookie, HTML
};

struct Parameter {
  std::string_view name;
  std::string_view help;
  std::string_view schema = R"({"type":"string"})";  ///< JSON Schema as text
};

/// One operation: where it is, who may, what does it, and how openapi.json describes it.
struct Route {
  std::string_view method;
  std::string_view pattern;  ///< "/api/v1/tasks/{id}"
  Surface surface = Surface::api;
  std::optional<Permission> permission;  ///< nullopt: open to everybody; a test lists which may be
  Handler handler = nullptr;
  std::string_view summary;
  std::vector<Parameter> query = {};  ///< other names are refused on the API
  std::string_view body = {};    ///< JSON Schema of the request body, or a media type for other bodies; empty: none
  std::string_view answer = {};  ///< name of a schema in openapi_schemas.cpp, or a media type
  int success = 200;
};

/// All routes of all features, in the order of the list in routes.cpp. Built once.
const std::vector<Route>& routes();

std::vector<Route> probe_routes();
std::vector<Route> task_routes();
std::vector<Route> message_routes();
std::vector<Route> content_routes();
std::vector<Route> event_routes();
std::vector<Route> queue_routes();
std::vector<Route> mailbox_routes();
std::vector<Route> module_routes();
std::vector<Route> suppression_routes();
std::vector<Route> token_routes();
std::vector<Route> page_routes();

/// The OpenAPI 3.1 document of the API routes, with sorted keys and two spaces of indent.
std::string openapi_document(std::string_view version);

// What handlers share.
HttpResponse json_response(std::string body, int status = 200);
HttpResponse problem_response(const Call& call, const Problem& problem);
/// {"items":[...],"next_cursor":...} with a Link to the next page (RFC 8288). `items` is the inside of the array.
HttpResponse page_response(const Call& call, std::string_view items, const std::optional<std::string>& next_cursor,
                           std::string_view cursor_name = "cursor");
/// `limit` of the query, 1 to 1,000, 50 when it is missing.
Result<int> page_limit(const Call& call);
/// A parameter of the query; empty when it is not there.
std::string_view parameter(const Call& call, std::string_view name);
/// The captured text as an id; not_found when it is none, as for an id that does not exist.
template <typename Tag>
Result<Id<Tag>> captured_id(const Call& call, std::size_t index = 0) {
  if (const auto id = parse_id<Tag>(call.captured.at(index))) return *id;
  return failure(Errc::not_found, "there is no '" + call.captured[index].substr(0, 50) + "' here");
}

}  // namespace orgo::gateway
