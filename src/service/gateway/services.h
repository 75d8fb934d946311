#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "service/gateway/messages/submit.h"
#include "service/gateway/probes/ready_check.h"
#include "service/gateway/tenants/prepare_tenant.h"
#include "service/mailbox/mailbox_reader.h"
#include "service/policy/policy_book.h"
#include "service/tasks/task_service.h"
#include "service/trace/trace_service.h"

namespace orgo {
class ChangeStore;
class Clock;
class DecisionBell;
class LedgerReader;
class MessageStore;
class ModuleService;
class Outbox;
class PeopleStore;
class SearchFollower;
class SignatureVerifier;
class TaskSearch;
class TaskStore;
class TenantStore;
class TokenStore;
class WorkStore;
struct NodeSeen;
struct Tenant;
}  // namespace orgo

namespace orgo::gateway {

/// Everything that a gateway is made from, as app/ hands it over; features.cpp gives each feature its own part of it.
/// All of it outlives the gateway.
struct Services {
  TaskStore& tasks;
  ChangeStore& changes;
  MessageStore& messages;
  Outbox& outbox;
  WorkStore& work;
  TokenStore& tokens;
  PeopleStore& people;
  TenantStore& tenants;
  LedgerReader& ledger;
  Clock& clock;
  Submit submit;
  SubmitAll submit_all;
  DecisionBell* decisions =
      nullptr;  ///< null: this process decides nothing, and who gives a message away does not wait
  ReadyChecks ready_checks;
  std::function<std::vector<MailboxStatus>()> mailboxes = {};  ///< empty: there are none
  std::function<Result<std::vector<NodeSeen>>()> nodes = {};   ///< of the database; empty: none runs
  TaskSearch* search = nullptr;                                ///< null: this process has no index to search in
  SearchFollower* search_follower = nullptr;                   ///< the same
  SignatureVerifier* signatures = nullptr;                     ///< null: signatures of mails are not checked
  TraceService::RulesOf rules_of = {};                         ///< for traces; empty: they tell only what decided
  PolicyOf policies = {};  ///< calendars, service levels, types and zone of a tenant; empty: no rules, and the settings
  std::function<Status(TenantId)> check_tenant = {};                     ///< may it be served now? empty: yes
  PrepareTenant prepare_tenant = {};                                     ///< see TenantRoutes; may be empty
  CheckRecipients check_recipients = {};                                 ///< the same
  std::function<void(const Tenant&)> tenant_changed = {};                ///< the same
  std::function<std::shared_ptr<ModuleService>(TenantId)> modules = {};  ///< of a tenant; empty, or null from it: none
};

struct Settings {
  std::size_t message_max = 25 * 1024 * 1024;         ///< bytes of a request with a message
  std::size_t new_message_max = 25 * 1024 * 1024;     ///< bytes of a new message; old mail (import) may have more
  std::string default_recipient = "inbox@localhost";  ///< of messages that come without `recipient`
  bool public_metrics = true;  ///< /metrics without a token, as on a loopback or scraping network
  std::string cursor_key;      ///< signs cursors and sessions, which live as long as it does; empty: a random one
  std::string version = "0.1.0";
  TimeZone zone = {};  ///< in which pages show times, when no calendar is the default
};

}  // namespace orgo::gateway
