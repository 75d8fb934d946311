#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "adapter/blob_store/segments.h"
#include "adapter/memory/memory_store.h"
#include "adapter/sql/postgres/postgres_blob_rows.h"
#include "adapter/sql/postgres/postgres_engine.h"
#include "adapter/sql/stores.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/world.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/postgres.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

/// Our own mistake or a broken machine: a test can't go on.
[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "contract world: %s\n", what.c_str());
  std::abort();
}

/// Their events stand in the neighbour's log, so that the first one's is empty.
void add_other_tenants(TenantStore& tenants) {
  const auto added = tenants.put_tenant(kNeighbour, *commands::add_tenant("other", {}, "user:cli", kStart));
  if (!added || added->id != kOtherTenant) give_up("the other tenant can't be made");
  const auto next = tenants.put_tenant(kNeighbour, *commands::add_tenant("neighbour", {}, "user:cli", kStart));
  if (!next || next->id != kNeighbour) give_up("the neighbour can't be made");
}

class MemoryWorld final : public World {
 public:
  MemoryWorld() { add_other_tenants(store_); }
  Stores stores() override { return Stores(store_); }

 private:
  MemoryStore store_;
};

/// Over any engine: a folder of its own, a process that can be killed.
class SqlWorld : public DurableWorld {
 public:
  SqlWorld() {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-contract-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) give_up("no temporary folder");
    folder_ = name;
  }
  ~SqlWorld() override {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  Stores stores() override { return Stores(*store_); }

  void reopen() override {
    store_->engine->close();
    open();
  }

  std::vector<std::int64_t> kill_after(int reports, const Work& work) override {
    store_.reset();  // the other process must get the folder, and no thread of ours may be alive while it is forked
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) give_up("no pipe");
    const pid_t child = fork();
    if (child < 0) give_up("no process");
    if (child == 0) {
      ::close(ends[0]);
      open();
      work(stores(), [&](std::int64_t done) {
        if (write(ends[1], &done, sizeof done) != sizeof done) _exit(1);
      });
      for (;;) pause();  // all done: wait for the end like everybody else
    }
    ::close(ends[1]);
    std::vector<std::int64_t> told;
    bool killed = false;
    for (std::int64_t done = 0; read(ends[0], &done, sizeof done) == sizeof done;) {
      told.push_back(done);
      if (!killed && static_cast<int>(told.size()) >= reports) {
        killed = true;
        kill(child, SIGKILL);  // what it wrote before it died is still read
      }
    }
    ::close(ends[0]);
    if (!killed) kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    if (static_cast<int>(told.size()) < reports) give_up("the worker died by itself");
    open();
    return told;
  }

 protected:
  virtual Result<std::unique_ptr<SqlStores>> open_stores() = 0;
  void open() {
    store_.reset();
    auto opened = open_stores();
    if (!opened) give_up(opened.error().message);
    store_ = std::move(*opened);
  }
  void begin() {
    open();
    add_other_tenants(store_->tenants);
  }

  std::string folder_;
  std::unique_ptr<SqlStores> store_;
};

class SqliteWorld : public SqlWorld {
 public:
  explicit SqliteWorld(bool run_twice = false) : run_twice_(run_twice) { begin(); }

 protected:
  Result<std::unique_ptr<SqlStores>> open_stores() override {
    SqlStoreOptions options;
    options.folder = folder_;
    options.run_twice = run_twice_;
    return SqlStores::open(options);
  }

 private:
  bool run_twice_;
};

/// A schema of its own in a database that all of them share; the bytes of mails in it, too, or in files beside it.
class PostgresWorld : public SqlWorld {
 public:
  explicit PostgresWorld(MailPlace mails = MailPlace::database, const std::string& pool_url = "") : mails_(mails) {
    static int worlds = 0;
    options_.pool_url = pool_url;
    options_.server.url = tests::Postgres::shared().url();
    options_.server.schema = "world" + std::to_string(++worlds);
    begin();
  }
  ~PostgresWorld() override {
    store_.reset();
    auto connection = sql::open_postgres_connection(options_.server);
    if (!connection || !(*connection)->execute("DROP SCHEMA " + options_.server.schema + " CASCADE"))
      give_up("the schema can't be dropped");
  }

 protected:
  Result<std::unique_ptr<SqlStores>> open_stores() override {
    ORGO_TRY(engine, sql::PostgresEngine::open(options_));
    ORGO_TRY(blobs, SegmentStore::open({folder_ + "/blobs"}));
    auto rows = std::make_unique<sql::PostgresBlobRows>(*engine);
    return std::make_unique<SqlStores>(std::move(engine), std::move(blobs), std::move(rows), mails_);
  }

 private:
  MailPlace mails_;
  sql::PostgresEngineOptions options_;
};

/// Its reads go through a pool that gives each transaction another session.
class PostgresPooledWorld final : public PostgresWorld {
 public:
  PostgresPooledWorld() : PostgresWorld(MailPlace::database, tests::PgBouncer::shared().url()) {}
};

class PostgresFolderWorld final : public PostgresWorld {
 public:
  PostgresFolderWorld() : PostgresWorld(MailPlace::folder) {}
};

/// Each transaction is undone once and done again: whatever a job took out of its caller, or left there, shows.
class TwiceWorld final : public SqliteWorld {
 public:
  TwiceWorld() : SqliteWorld(true) {}
};

template <typename Made, typename As>
std::unique_ptr<As> make() {
  return std::make_unique<Made>();
}

}  // namespace

std::vector<Backend> all_backends() {
  std::vector<Backend> backends = {{"memory", make<MemoryWorld, World>},
                                   {"sqlite", make<SqliteWorld, World>},
                                   {"sqlite_twice", make<TwiceWorld, World>}};
  if (tests::Postgres::available()) backends.push_back({"postgres", make<PostgresWorld, World>});
  if (tests::PgBouncer::available()) backends.push_back({"postgres_pooled", make<PostgresPooledWorld, World>});
  return backends;
}

std::vector<DurableBackend> durable_backends() {
  std::vector<DurableBackend> backends = {{"sqlite", make<SqliteWorld, DurableWorld>}};
  if (!tests::Postgres::available()) return backends;
  backends.push_back({"postgres", make<PostgresWorld, DurableWorld>});
  backends.push_back({"postgres_folder", make<PostgresFolderWorld, DurableWorld>});
  return backends;
}

}  // namespace orgo::contract
