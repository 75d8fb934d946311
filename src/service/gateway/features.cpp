#include "service/gateway/features.h"

#include <iterator>
#include <utility>

#include "base/hash.h"
#include "service/answers/answer_address.h"
#include "service/gateway/answers/answer_routes.h"
#include "service/gateway/content/content_routes.h"
#include "service/gateway/events/event_routes.h"
#include "service/gateway/mailboxes/mailbox_routes.h"
#include "service/gateway/messages/import_routes.h"
#include "service/gateway/messages/message_routes.h"
#include "service/gateway/modules/module_routes.h"
#include "service/gateway/nodes/node_routes.h"
#include "service/gateway/openapi/openapi_routes.h"
#include "service/gateway/pages/answer_pages.h"
#include "service/gateway/pages/login_pages.h"
#include "service/gateway/pages/message_pages.h"
#include "service/gateway/pages/new_task_pages.h"
#include "service/gateway/pages/people_pages.h"
#include "service/gateway/pages/queue_pages.h"
#include "service/gateway/pages/task_pages.h"
#include "service/gateway/people/people_routes.h"
#include "service/gateway/probes/probe_routes.h"
#include "service/gateway/queue/held_routes.h"
#include "service/gateway/queue/queue_routes.h"
#include "service/gateway/queue/restored_routes.h"
#include "service/gateway/search/search_routes.h"
#include "service/gateway/suppression/suppression_routes.h"
#include "service/gateway/tasks/many_routes.h"
#include "service/gateway/tasks/task_routes.h"
#include "service/gateway/tenants/tenant_routes.h"
#include "service/gateway/tokens/token_routes.h"
#include "service/tasks/conversation.h"

namespace orgo::gateway {
namespace {

/// Where nobody has decided anything: no rules, and what the settings say.
PolicyOf without_rules(const Settings& settings) {
  PolicySettings decided;
  decided.decide.zone = settings.zone;
  decided.default_recipient = settings.default_recipient;
  return [decided, rules = rules::load_rules({}).rules](TenantId tenant) -> Result<std::shared_ptr<const Policy>> {
    return std::make_shared<const Policy>(Policy{.tenant = tenant, .rules = rules, .settings = decided});
  };
}

Services completed(Services services, const Settings& settings) {
  if (!services.policies) services.policies = without_rules(settings);
  if (!services.mailboxes) services.mailboxes = [] { return std::vector<MailboxStatus>{}; };
  if (!services.nodes) services.nodes = []() -> Result<std::vector<NodeSeen>> { return std::vector<NodeSeen>(); };
  if (!services.modules) services.modules = [](TenantId) -> std::shared_ptr<ModuleService> { return nullptr; };
  return services;
}

Settings completed(Settings settings) {
  if (settings.cursor_key.empty()) settings.cursor_key = random_hex(32);
  return settings;
}

}  // namespace

template <typename T>
void Features::add(typename T::Ports ports) {
  auto feature = std::make_unique<T>(std::move(ports));
  auto routes = feature->routes();
  auto schemas = feature->schemas();
  routes_.insert(routes_.end(), std::make_move_iterator(routes.begin()), std::make_move_iterator(routes.end()));
  schemas_.insert(schemas_.end(), schemas.begin(), schemas.end());
  features_.push_back(std::move(feature));
}

Result<Named> Features::resolve(TenantId tenant, std::string_view name, bool receives, TimePoint now) {
  ORGO_TRY(people, people_.all(tenant));
  ORGO_TRY(policy, services_.policies(tenant));
  const Names names(policy->workplace(), everybody(people));
  return receives ? names.receiver(name, now) : names.assignee(name, now);
}

Result<std::string> Features::team_at(TenantId tenant, std::string_view address) {
  const auto policy = services_.policies(tenant);
  if (!policy) return std::string();  // rules that can't be read keep nobody from having an account
  const auto* team = (*policy)->workplace().team(address);
  return team != nullptr ? team->name : std::string();
}

std::string Features::told_at(const Task& task) {
  const auto policy = services_.policies(task.tenant);
  if (!policy || !(*policy)->settings.decide.answers.tell_resolved) return {};
  return answer_address(services_.messages, task, task.origin, **policy);
}

Result<std::vector<std::string>> Features::names(TenantId tenant) {
  ORGO_TRY(people, people_.all(tenant));
  ORGO_TRY(policy, services_.policies(tenant));
  return Names(policy->workplace(), everybody(people)).all();
}

Features::Features(Services given, Settings given_settings)
    : services_(completed(std::move(given), given_settings)), settings_(completed(std::move(given_settings))),
      callers_(services_.tokens, services_.check_tenant), cursors_(settings_.cursor_key),
      sessions_(settings_.cursor_key, services_.people),
      people_(services_.people, services_.changes, services_.clock, passwords_,
              [this](TenantId tenant, std::string_view address) { return team_at(tenant, address); }),
      logins_(services_.people, services_.changes, services_.clock, passwords_),
      tasks_(
          services_.tasks, services_.changes, services_.clock,
          [this](TenantId tenant, std::string_view name, bool receives, TimePoint now) {
            return resolve(tenant, name, receives, now);
          },
          [this](const Task& task) { return told_at(task); },
          [this](TenantId tenant, MessageId id) { return joined_message(services_.messages, tenant, id); }),
      answers_({services_.tasks, services_.messages, services_.outbox, services_.changes, services_.people,
                services_.clock, services_.policies, services_.submit, services_.decisions, settings_.new_message_max}),
      traces_(services_.messages, services_.tasks, services_.outbox, services_.work, services_.rules_of,
              services_.policies, services_.signatures),
      repair_({services_.ledger, services_.messages, services_.work, services_.changes, services_.clock}),
      restored_({services_.outbox, services_.changes, services_.clock}),
      sheet_({services_.tasks, services_.messages, services_.outbox, services_.clock, services_.signatures,
              services_.policies, [this](TenantId tenant) { return names(tenant); },
              [this](const Task& task, const Policy& policy) { return answers_.customers(task, policy); },
              settings_.new_message_max}) {
  const auto& s = services_;
  add<ProbeRoutes>({s.ready_checks, draining_, s.clock, settings_.version, settings_.public_metrics});
  add<TaskRoutes>({s.tasks, tasks_, cursors_, s.clock, s.policies, s.search});
  add<SearchRoutes>({s.search_follower});
  add<ManyRoutes>({tasks_, s.clock, s.policies});
  add<AnswerRoutes>({answers_, tasks_, s.tasks, settings_.new_message_max});
  add<MessageRoutes>({s.messages, s.tasks, traces_, cursors_, s.clock, s.submit, settings_.message_max,
                      settings_.new_message_max, s.policies});
  add<ImportRoutes>({s.clock, s.submit_all, settings_.message_max, s.policies});
  add<ContentRoutes>({s.messages, s.signatures});
  add<EventRoutes>({s.tasks, s.ledger});
  add<QueueRoutes>({s.work, repair_, s.tenants, s.outbox, s.changes, s.clock});
  add<HeldRoutes>({s.outbox, cursors_});
  add<RestoredRoutes>({restored_, s.outbox, cursors_});
  add<SuppressionRoutes>({s.outbox, s.changes, s.clock, s.policies});
  add<MailboxRoutes>({s.mailboxes});
  add<ModuleRoutes>({s.modules});
  add<PeopleRoutes>({people_, s.people});
  add<TokenRoutes>({s.tokens, s.changes, people_, s.clock});
  add<TenantRoutes>({s.tenants, s.changes, cursors_, s.clock, s.prepare_tenant, s.check_recipients, s.tenant_changed});
  add<NodeRoutes>({s.nodes, s.tenants});
  add<OpenapiRoutes>({routes_, schemas_, settings_.version});
  add<page::TaskPages>({s.tasks, tasks_, cursors_, s.clock, s.policies, sheet_,
                        [this](TenantId tenant) { return names(tenant); }, s.search});
  add<page::AnswerPages>({answers_, s.tasks, s.policies, sheet_, settings_.new_message_max});
  add<page::NewTaskPages>({answers_, tasks_, people_, s.tasks, [this](TenantId tenant) { return names(tenant); },
                           settings_.new_message_max});
  add<page::MessagePages>({s.messages, traces_, s.clock});
  add<page::PeoplePages>({people_, s.clock});
  add<page::QueuePages>({restored_, s.outbox, s.clock, s.policies});
  add<page::LoginPages>({logins_, people_, sessions_, s.tenants, s.clock});
}

}  // namespace orgo::gateway
