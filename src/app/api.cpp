#include "app/api.h"

#include <unistd.h>

#include <filesystem>

#include "adapter/clock/system_clock.h"
#include "adapter/data_folder/data_folder.h"
#include "adapter/http_client/http_client.h"
#include "adapter/sql/coordination.h"
#include "app/mailboxes/mailboxes.h"
#include "app/output.h"
#include "app/policies/policy_sources.h"
#include "app/rules/rules_of_version.h"
#include "app/settings.h"
#include "app/storage/lineage_keeper.h"
#include "app/storage/store_place.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "service/gateway/core/url.h"
#include "service/gateway/gateway.h"

namespace orgo {
namespace {

/// Knows one more token than the store: that of this process, so that the command line needs none in the database.
/// Who can open the database file could write any token into it; asking for one would only be a hurdle.
class OwnToken final : public TokenStore {
 public:
  OwnToken(TokenStore& store, TenantId tenant, std::string_view secret)
      : store_(store), tenant_(tenant), hash_(gateway::token_hash(secret)) {}
  Result<std::optional<ApiToken>> find_token(const Sha256& hash) override {
    if (hash != hash_) return store_.find_token(hash);
    ApiToken token{.tenant = tenant_};
    token.name = "command line";  // as the token that a server leaves for it
    token.role = Role::administrator;
    return std::optional<ApiToken>(token);
  }
  Result<std::vector<ApiToken>> list_tokens(TenantId tenant) override { return store_.list_tokens(tenant); }
  [[nodiscard]] std::optional<std::uint64_t> token_changes() const override { return store_.token_changes(); }

 private:
  TokenStore& store_;
  TenantId tenant_;
  Sha256 hash_;
};

/// The configured rules; null when they have errors, which other commands tell.
std::shared_ptr<const rules::RuleSet> rules_of(const CommonOptions& common) {
  if (const auto settings = read_settings(common))
    if (auto rules = load_rule_files({}, *settings)) return std::move(*rules);
  return nullptr;
}
/// As HttpPart makes them.
Result<std::function<void()>> prepare_tenant(const CommonOptions& common, const Tenant& tenant) {
  const auto loaded = load_config_for(common);
  return make_tenant_folder(*loaded.config.data.dir, tenant);
}

TraceService::RulesOf local_rules_of(const CommonOptions& common, RuleStore& history) {
  const auto settings = read_settings(common);
  return settings ? rules_of_version(history, settings->data) : TraceService::RulesOf{};
}

class LocalApi final : public Api {
 public:
  LocalApi(const CommonOptions& common, std::optional<DataFolder> folder, std::unique_ptr<SqlStores> store,
           TenantId tenant, const SqlStoreOptions& place)
      : folder_(std::move(folder)), store_(std::move(store)), coordination_(place, clock_.now()),
        nodes_(coordination_.open_nodes(*store_)), secret_(random_hex(32)), tokens_(store_->tokens, tenant, secret_),
        gateway_(
            gateway::Services{.tasks = store_->tasks,
                              .changes = store_->changes,
                              .messages = store_->messages,
                              .outbox = store_->outbox,
                              .work = store_->work,
                              .tokens = tokens_,
                              .people = store_->people,
                              .tenants = store_->tenants,
                              .ledger = store_->ledger,
                              .clock = clock_,
                              .submit = submitter(store_->messages),
                              .submit_all = submitter_of_many(store_->messages),
                              .ready_checks = [] { return std::vector<gateway::ReadyCheck>(); },
                              .mailboxes = [this, tenant] { return stored_mailboxes(store_->mailboxes, tenant); },
                              .nodes = [this] { return nodes_->list(); },
                              .rules_of = local_rules_of(common, store_->rules),
                              .policies = policies_as_written(common),
                              .prepare_tenant = [common](const Tenant& made) { return prepare_tenant(common, made); },
                              .check_recipients =
                                  [common, this](const Tenant& made) {
                                    const auto loaded = load_config_for(common);
                                    return check_recipients(loaded.config, store_->tenants, made);
                                  }},
            // Cursors are used within one call of the program only.
            gateway::Settings{}) {}

  Result<Answer> call(std::string_view method, const std::string& target, const std::string& body,
                      std::string_view content_type) override {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.headers.push_back({"Authorization", "Bearer " + secret_});
    if (!body.empty()) request.headers.push_back({"Content-Type", std::string(content_type)});
    request.body = body;
    request.peer = "cli";
    auto response = gateway_.handle(request);
    return Answer{response.status, std::move(response.body)};
  }

 private:
  static gateway::Submit submitter(MessageStore& store) {
    return [&store](const Envelope& envelope, std::string bytes, Deadline deadline) -> Result<Accepted> {
      const RawMessage message{envelope, bytes};
      ORGO_TRY(accepted, store.accept(std::span(&message, 1), deadline));
      return accepted.at(0);
    };
  }
  static gateway::SubmitAll submitter_of_many(MessageStore& store) {
    return [&store](const std::vector<std::pair<Envelope, std::string>>& messages,
                    Deadline deadline) -> Result<std::vector<Result<Accepted>>> {
      std::vector<RawMessage> raw;
      for (const auto& [envelope, bytes] : messages) raw.push_back({envelope, bytes});
      ORGO_TRY(accepted, store.accept(raw, deadline));
      return std::vector<Result<Accepted>>(accepted.begin(), accepted.end());
    };
  }

  std::optional<DataFolder> folder_;
  std::unique_ptr<SqlStores> store_;
  SystemClock clock_;
  Coordination coordination_;  ///< of nodes that run elsewhere
  std::unique_ptr<Nodes> nodes_;
  std::string secret_;
  OwnToken tokens_;
  gateway::Gateway gateway_;
};

class RemoteApi final : public Api {
 public:
  explicit RemoteApi(RunningServer server) : server_(std::move(server)) {}
  ~RemoteApi() override {
    if (own_ == 0) return;
    // By the token itself: nothing else may revoke one of another tenant's.
    (void)RemoteApi::call("DELETE", "/api/v1/tokens/" + std::to_string(own_), {}, {});
  }

  /// From here on as an administrator of that tenant, by a token that is revoked at the end.
  Status act_for(const std::string& tenant) {
    std::string body;
    JsonWriter(body)
        .begin_object()
        .field("name", "command line " + random_hex(4))
        .field("role", "administrator")
        .end_object();
    ORGO_TRY(made, ask("POST", "/api/v1/tenants/" + gateway::percent_encoded(tenant) + "/tokens", body));
    const auto& fields = made.as_object();
    server_.token = text_of(fields, "secret");
    own_ = fields.at("token").as_object().at("id").as_int64();
    return {};
  }

  Result<Answer> call(std::string_view method, const std::string& target, const std::string& body,
                      std::string_view content_type) override {
    HttpClientRequest request;
    request.method = method;
    request.url = server_.http + target;
    request.headers.emplace_back("Authorization", "Bearer " + server_.token);
    if (!body.empty()) request.headers.emplace_back("Content-Type", std::string(content_type));
    request.body = body;
    ORGO_TRY(response, http_call(request));
    return Answer{response.status, std::move(response.body)};
  }

 private:
  RunningServer server_;
  std::int64_t own_ = 0;  ///< number of a token that was made for this
};

Status check_there_is_data(const SqlStoreOptions& place) {
  if (is_on_a_server(place.database)) return {};  // which says so itself
  const auto& folder = place.folder;
  for (const char* ours : {"blobs", "orgo.db"})
    if (::access((std::filesystem::path(folder) / ours).c_str(), R_OK) == 0) return {};
  if (errno == EACCES)
    return failure(Errc::unavailable, "the data in " + folder + " belongs to another user; try as that user");
  return failure(Errc::not_found,
                 "there is no data in " + folder + " yet; `orgo serve` makes it, --data names another folder");
}

Errc code_of(int status) {
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return Errc::invalid_input;
    case 401:
    case 403:
      return Errc::not_permitted;
    case 404:
      return Errc::not_found;
    case 409:
    case 412:
      return Errc::conflict;
    case 429:
    case 507:
      return Errc::resource_exhausted;
    case 504:
      return Errc::deadline_exceeded;
    default:
      return Errc::unavailable;
  }
}

}  // namespace

PolicyOf policies_as_written(const CommonOptions& common) {
  return [common](TenantId tenant) -> Result<std::shared_ptr<const Policy>> {
    Policy policy{.tenant = tenant, .rules = rules_of(common), .settings = {}};
    if (policy.rules == nullptr) policy.rules = rules::load_rules({}).rules;
    if (const auto settings = read_settings(common)) {
      policy.settings.decide = settings->decide;
      policy.settings.default_recipient = "inbox@" + settings->decide.domain;
    }
    return std::make_shared<const Policy>(std::move(policy));
  };
}

Error error_of(const Api::Answer& answer, const FieldNames& names) {
  Error error{code_of(answer.status), "the server answered " + std::to_string(answer.status)};
  const auto value = parse_json(answer.body);
  if (!value || !value->is_object()) return error;
  if (auto words = problem_in_words(value->as_object(), names); !words.empty()) error.message = std::move(words);
  return error;
}

Result<json::value> Api::ask(std::string_view method, const std::string& target, const std::string& body,
                             const FieldNames& names) {
  ORGO_TRY(answer, call(method, target, body));
  if (answer.status < 200 || answer.status > 299) return tl::unexpected(error_of(answer, names));
  if (answer.body.empty()) return json::value();
  return parse_json(answer.body);
}

namespace {

constexpr int kPageItems = 1000;  ///< the most that the API gives at once

/// One page, and what names the next one; that is empty at the end.
struct Page {
  json::array items;
  std::string cursor;
};
Result<Page> ask_for_page(Api& api, const std::string& target, int limit, const std::string& cursor) {
  const std::string joint = target.find('?') == std::string::npos ? "?" : "&";
  auto page_target = target + joint + "limit=" + std::to_string(limit);
  if (!cursor.empty()) page_target += "&cursor=" + gateway::percent_encoded(cursor);
  ORGO_TRY(answer, api.ask("GET", page_target));
  if (!answer.is_object()) return failure(Errc::unavailable, "the answer is not a page");
  auto& fields = answer.as_object();
  Page page{{}, text_of(fields, "next_cursor")};
  if (auto* list = fields.if_contains("items"); list != nullptr && list->is_array())
    page.items = std::move(list->as_array());
  return page;
}

}  // namespace

Status Api::each_page(const std::string& target, const std::function<Status(json::array& items)>& take) {
  std::string cursor;
  do {
    ORGO_TRY(page, ask_for_page(*this, target, kPageItems, cursor));
    ORGO_CHECK(take(page.items));
    cursor = std::move(page.cursor);
  } while (!cursor.empty());
  return {};
}

Result<Api::Listed> Api::list(const std::string& target, int limit) {
  Listed listed;
  auto& items = listed.items;
  std::string cursor;
  while (static_cast<int>(items.size()) < limit) {
    ORGO_TRY(page, ask_for_page(*this, target, std::min(limit - static_cast<int>(items.size()), kPageItems), cursor));
    for (auto& item : page.items) items.push_back(std::move(item));
    cursor = std::move(page.cursor);
    if (cursor.empty()) break;
  }
  listed.more = !cursor.empty();
  return listed;
}

Result<TenantId> tenant_of(const CommonOptions& common, TenantStore& tenants) {
  ORGO_TRY(found, tenants.find_tenant(common.tenant.empty() ? kFirstTenantName : std::string_view(common.tenant)));
  return found.id;
}

Result<std::unique_ptr<SqlStores>> open_store_to_read(const CommonOptions& common) {
  ORGO_TRY(settings, read_settings(common));
  ORGO_CHECK(check_there_is_data(settings.stores));
  return SqlStores::open(to_read(settings.stores));
}

Result<std::unique_ptr<Api>> Api::open(const CommonOptions& common, Purpose purpose) {
  log::configure({.level = log::Level::warn});
  if (purpose == Purpose::read) {
    ORGO_TRY(store, open_store_to_read(common));
    ORGO_TRY(tenant, tenant_of(common, store->tenants));
    ORGO_TRY(settings, read_settings(common));
    return std::unique_ptr<Api>(
        std::make_unique<LocalApi>(common, std::nullopt, std::move(store), tenant, settings.stores));
  }
  ORGO_TRY(settings, read_settings(common));
  ORGO_TRY(server, DataFolder::running(settings.data));
  if (server) {
    if (server->http.empty())
      return failure(Errc::conflict,
                     in_words(*server) + " owns " + settings.data +
                         ": a command that is at work there, or a server that is still starting or has no HTTP door; "
                         "try again when it has ended");
    if (server->token.empty())
      return failure(Errc::not_permitted,
                     "the server on " + settings.data + " belongs to another user; try as that user");
    auto api = std::make_unique<RemoteApi>(*std::move(server));
    if (!common.tenant.empty() && common.tenant != kFirstTenantName) ORGO_CHECK(api->act_for(common.tenant));
    return std::unique_ptr<Api>(std::move(api));
  }
  ORGO_CHECK(check_there_is_data(settings.stores));
  ORGO_TRY(folder, DataFolder::own(settings.data));
  ORGO_TRY(store, SqlStores::open(settings.stores));
  // As a server does, so that what a restore holds can be decided on before one is started.
  ORGO_TRY(lineage, LineageKeeper::open(settings.data, store->lineage, SystemClock().now()));
  ORGO_TRY(tenant, tenant_of(common, store->tenants));
  return std::unique_ptr<Api>(
      std::make_unique<LocalApi>(common, std::move(folder), std::move(store), tenant, settings.stores));
}

}  // namespace orgo
