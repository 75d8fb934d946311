#pragma once
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "port/change_store.h"
#include "port/context_reader.h"
#include "port/ledger_reader.h"
#include "port/lineage_store.h"
#include "port/mailbox_store.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/people_store.h"
#include "port/rule_store.h"
#include "port/silence_store.h"
#include "port/task_store.h"
#include "port/tenant_store.h"
#include "port/token_store.h"
#include "port/work_store.h"
#include "port/workload_reader.h"

namespace orgo::contract {

/// The store ports of one backend, opened.
struct Stores {
  /// `store` has a member for each.
  template <typename Store>
  requires requires(Store& store) { store.messages; }
  explicit Stores(Store& store)
      : messages(store.messages), work(store.work), changes(store.changes), tasks(store.tasks), context(store.context),
        outbox(store.outbox), ledger(store.ledger), tokens(store.tokens), mailboxes(store.mailboxes),
        silence(store.silence), rules(store.rules), people(store.people), tenants(store.tenants),
        lineage(store.lineage), workload(store.workload) {}
  /// `store` is all of them.
  template <typename Store>
  explicit Stores(Store& store)
      : messages(store), work(store), changes(store), tasks(store), context(store), outbox(store), ledger(store),
        tokens(store), mailboxes(store), silence(store), rules(store), people(store), tenants(store), lineage(store),
        workload(store) {}

  MessageStore& messages;
  WorkStore& work;
  ChangeStore& changes;
  TaskStore& tasks;
  ContextReader& context;
  Outbox& outbox;
  LedgerReader& ledger;
  TokenStore& tokens;
  MailboxStore& mailboxes;
  SilenceStore& silence;
  RuleStore& rules;
  PeopleStore& people;
  TenantStore& tenants;
  LineageStore& lineage;
  WorkloadReader& workload;
};

/// A backend with fresh, empty data of its own. Backends that keep data on disk or in a server can also be killed.
class World {
 public:
  virtual ~World() = default;
  /// With kTenant, kOtherTenant and kNeighbour.
  virtual Stores stores() = 0;
};

/// What a worker in another process tells as done; what it told before kill -9 must be there afterwards.
using Report = std::function<void(std::int64_t)>;
using Work = std::function<void(Stores, const Report&)>;

class DurableWorld : public World {
 public:
  /// Closes in an orderly way and opens again.
  virtual void reopen() = 0;
  /// Runs `work` in a process of its own, kills it with SIGKILL once it has reported `reports` times, and opens again
  /// here. What it reported up to its death, in order.
  virtual std::vector<std::int64_t> kill_after(int reports, const Work& work) = 0;
};

struct Backend {
  std::string name;
  std::unique_ptr<World> (*make)();
  friend std::ostream& operator<<(std::ostream& out, const Backend& backend) { return out << backend.name; }
};
struct DurableBackend {
  std::string name;
  std::unique_ptr<DurableWorld> (*make)();
  friend std::ostream& operator<<(std::ostream& out, const DurableBackend& backend) { return out << backend.name; }
};

/// Every backend there is; a new one joins both lists in backends.cpp, and all suites run against it.
std::vector<Backend> all_backends();
std::vector<DurableBackend> durable_backends();

}  // namespace orgo::contract
