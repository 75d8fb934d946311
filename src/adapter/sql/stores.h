#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "adapter/sql/blob_rows.h"
#include "adapter/sql/change_store.h"
#include "adapter/sql/context_reader.h"
#include "adapter/sql/database_url.h"
#include "adapter/sql/engine.h"
#include "adapter/sql/ledger_reader.h"
#include "adapter/sql/lineage_store.h"
#include "adapter/sql/mail_bytes.h"
#include "adapter/sql/mailbox_store.h"
#include "adapter/sql/message_store.h"
#include "adapter/sql/outbox.h"
#include "adapter/sql/people_store.h"
#include "adapter/sql/rule_store.h"
#include "adapter/sql/silence_store.h"
#include "adapter/sql/task_store.h"
#include "adapter/sql/tenant_store.h"
#include "adapter/sql/token_store.h"
#include "adapter/sql/work_store.h"
#include "adapter/sql/workload_reader.h"
#include "port/blob_store.h"

namespace orgo {

/// Where the bytes of mails go that come from now on.
enum class MailPlace : std::uint8_t { folder, database };

struct SqlStoreOptions {
  std::string folder;                   ///< blobs/ lie here, and orgo.db; made when it is missing
  std::string database = "sqlite";      ///< in the folder; else where the server is: postgres://user@host/database
  std::string pool = {};                ///< of a pool in front of that server, to read by; empty: by itself
  std::string password = {};            ///< of the server; empty: what libpq finds (PGPASSFILE, ~/.pgpass)
  MailPlace mails = MailPlace::folder;  ///< `database`: on a server only
  std::string node = {};                ///< whose marks of how far the database has come are meant, on a server
  bool among_nodes = false;             ///< others may serve the same server's database, with `mails` in it, too
  bool read_only = false;               ///< for a command beside a running server; migrates nothing
  std::int64_t cache_bytes = 24 << 20;  ///< page cache of the writing connection
  bool run_twice = false;               ///< for tests: each transaction is undone once and done again
  sql::StatementWatch watch{};          ///< for tests, called on all threads
};

/// All stores over one database, with the bytes of mails in it or beside it, a class for each port.
struct SqlStores {
  /// Those of a data folder. Unless it only reads, the caller owns the folder (adapter/data_folder): two writers would
  /// hand out work twice. unavailable: it can't be opened; invalid_input: a server that refuses us, or is not set up;
  /// conflict: written by a newer Orgo, or a server that serves another one; corrupt: not ours.
  static Result<std::unique_ptr<SqlStores>> open(const SqlStoreOptions& options);
  /// Over any engine and any blob store; `given_rows` where the engine has them.
  SqlStores(std::unique_ptr<sql::Engine> given_engine, std::unique_ptr<BlobStore> given_blobs,
            std::unique_ptr<sql::BlobRows> given_rows = nullptr, MailPlace mails = MailPlace::folder,
            std::string node = {});

  std::unique_ptr<sql::Engine> engine;  ///< outlives what stands behind it
  std::unique_ptr<BlobStore> blobs;
  std::unique_ptr<sql::BlobRows> blob_rows;  ///< nullptr: the engine has none
  MailBytes bytes;
  SqlMessageStore messages;
  SqlChangeStore changes;
  SqlTaskStore tasks;
  SqlContextReader context;
  SqlWorkStore work;
  SqlOutbox outbox;
  SqlLedgerReader ledger;
  SqlTokenStore tokens;
  SqlPeopleStore people;
  SqlMailboxStore mailboxes;
  SqlSilenceStore silence;
  SqlRuleStore rules;
  SqlTenantStore tenants;
  std::unique_ptr<LineageStore> lineage_of_engine;
  LineageStore& lineage;
  SqlWorkloadReader workload;

  /// Gives back leases of all kinds (work, sends, timers) of one owner, and of nobody else.
  Status release(const LeaseOwner& owner, LeasesOf which, TimePoint now);
};

}  // namespace orgo
