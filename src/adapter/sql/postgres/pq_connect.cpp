// How a session of PqSession begins.
#include <poll.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <initializer_list>
#include <mutex>
#include <utility>

#include "adapter/sql/postgres/lost_host.h"
#include "adapter/sql/postgres/postgres_schema.h"
#include "adapter/sql/postgres/postgres_url.h"
#include "adapter/sql/postgres/pq_session.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

/// A node that stands still in the middle of a transaction keeps others from a tenant for as long: less than it takes
/// to be taken for dead.
constexpr Millis kIdleMost{10'000};
constexpr Millis kHostPatience{5'000};  ///< for one of several hosts
constexpr Millis kLook{2'000};          ///< for all of them, while a statement waits

short events_of(PostgresPollingStatusType polling) {
  return polling == PGRES_POLLING_READING ? POLLIN : POLLOUT;
}

/// Whom this machine trusts; the url may name others (sslrootcert).
constexpr const char* kTrusted = "/etc/ssl/certs/ca-certificates.crt";

/// Of locks that a session holds; "ORGO", and the schema beside it. Who serves beside others shares it.
constexpr const char* kServingLock = "1330792271";
/// The same, with the version of the tables that it knows beside it.
constexpr const char* kVersionLock = "1330792272";

/// A setting of the server without which it does not keep what it says that it keeps (R4).
struct Needed {
  const char* setting;
  const char* without;
};
constexpr std::array kNeeded = {Needed{"synchronous_commit", "it would lose what was accepted"},
                                Needed{"fsync", "a power cut would destroy the database"},
                                Needed{"full_page_writes", "a power cut would destroy pages"}};

}  // namespace

Status PqSession::wait_for_connection(Deadline deadline) {
  for (auto polling = PGRES_POLLING_WRITING; polling != PGRES_POLLING_OK;) {
    ORGO_CHECK(wait(events_of(polling), deadline));
    polling = PQconnectPoll(connection_.get());
    if (polling != PGRES_POLLING_FAILED) continue;
    auto why = in_one_line(PQerrorMessage(connection_.get()));
    const bool is_ours = why.find("authentication failed") != std::string::npos ||
                         why.find("does not exist") != std::string::npos || why.find("no pg_hba") != std::string::npos;
    auto error = lost(why);
    if (is_ours) error.code = Errc::invalid_input;
    return tl::unexpected(std::move(error));
  }
  return {};
}

/// A host that takes a connection and then says nothing, or is no primary any more, is not the last word where there
/// are others: the next attempt begins with those.
Status PqSession::connect() {
  const int hosts = count_hosts(options_.url);
  const auto patience = hosts > 1 ? std::min(options_.patience, kHostPatience) : options_.patience;
  auto connected = connect_once(patience);
  if (connected && hosts > 1 && is_first_look(options_.url)) {
    // Who was the primary before may say that it still is. So whoever knows of no other asks the others once.
    note_lost_host(options_.url, host_of(connection_.get()));
    connected = connect_once(patience);
  }
  for (int tried = 1; !connected && tried < hosts && connected.error().code == Errc::unavailable; ++tried)
    connected = connect_once(patience);
  if (connected && lost_host(options_.url) == host_of(connection_.get())) note_lost_host(options_.url, "");
  return connected;
}

/// One at a time for all sessions of the process: whatever it finds they all know (Timelines). Our own host is asked
/// last; one that is merely slow says that there is nobody newer.
void PqSession::look_for_a_successor() const {
  static std::mutex looking;
  const std::unique_lock one(looking, std::try_to_lock);
  if (!one || options_.is_pooled || options_.patience <= kLook || count_hosts(options_.url) < 2) return;
  auto options = options_;
  options.patience = kLook;
  options.serving = Serving::not_at_all;
  options.only_reads = true;
  options.round_trips = nullptr;
  const auto own = host_of(connection_.get());
  note_lost_host(options_.url, own);
  PqSession other(options);
  if (other.connect_once(kLook) && host_of(other.connection_.get()) == own) note_lost_host(options_.url, "");
}

Status PqSession::connect_once(Millis patience) {
  state_.clear();
  ++generation_;
  is_owed_an_answer_ = false;
  is_unconfirmed_ = false;
  newest_.reset();
  // What stands in the url goes before what stands before it here.
  std::vector<std::pair<const char*, const char*>> settings = {{"connect_timeout", "10"},
                                                               {"application_name", "orgo"},
                                                               {"client_encoding", "UTF8"},
                                                               {"keepalives_idle", "30"},
                                                               {"tcp_user_timeout", "30000"}};
  if (!stays_on_this_machine(options_.url)) {
    settings.emplace_back("sslmode", "verify-full");
    settings.emplace_back("sslrootcert", kTrusted);
  }
  if (!options_.password.empty()) settings.emplace_back("password", options_.password.c_str());
  settings.emplace_back("dbname", options_.url.c_str());
  settings.emplace_back("target_session_attrs", "read-write");
  const auto hosts = hosts_with_last(options_.url, lost_host(options_.url));
  if (!hosts.names.empty()) {
    settings.emplace_back("host", hosts.names.c_str());
    settings.emplace_back("port", hosts.ports.c_str());
  }
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : settings) {
    names.push_back(name);
    values.push_back(value);
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 1));
  if (!connection_) return failure(Errc::resource_exhausted, "PostgreSQL: no memory for a connection");
  if (PQstatus(connection_.get()) == CONNECTION_BAD) {
    auto error = lost(in_one_line(PQerrorMessage(connection_.get())));
    return tl::unexpected(std::move(error));
  }
  ORGO_CHECK(wait_for_connection(within(patience)));
  PQsetnonblocking(connection_.get(), 1);
  PQsetNoticeReceiver(connection_.get(), on_notice, this);
  return set_up();
}

std::string PqSession::settings() const {
  const auto patience = std::to_string(options_.patience.count());
  const auto idle = options_.only_reads ? "0" : std::to_string(std::min(options_.patience, kIdleMost).count());
  std::string list;
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, std::string>>{{"search_path", options_.schema},
                                                                  {"statement_timeout", patience},
                                                                  {"lock_timeout", patience},
                                                                  {"idle_in_transaction_session_timeout", idle},
                                                                  {"tcp_keepalives_idle", "10"},
                                                                  {"jit", "off"}}) {
    if (!list.empty()) list += ", ";
    list += std::string("set_config('") + name + "', '" + value + "', " + (options_.is_pooled ? "true" : "false") + ")";
  }
  return list;
}

/// In one message. Our last session may live on at a server that has not noticed that we were cut, with all its locks:
/// it is ended first.
Status PqSession::set_up() {
  // Over whatever the url, a role or the environment says: we write and read UTF-8. (A pool keeps this one for us.)
  const std::string encoding = ORGO_PLANT(encoding_of_the_url) ? "" : "SET client_encoding TO UTF8; ";
  auto asked = encoding + "SELECT " + settings() + "; ";
  if (!backend_.empty() && !options_.is_pooled)
    asked += "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = " + backend_ +
             " AND backend_start = '" + backend_since_ + "'; ";
  asked += "SELECT pid, backend_start, (SELECT system_identifier FROM pg_control_system()), " +
           std::string(kTimelineNow) + ", current_setting('server_encoding')";
  for (const auto& needed : kNeeded) asked += ", current_setting('" + std::string(needed.setting) + "')";
  const std::string share = options_.serving == Serving::beside_others ? "_shared(" : "(";
  if (options_.serving != Serving::not_at_all)
    asked += ", pg_advisory_lock_shared(" + std::string(kVersionLock) + ", " +
             std::to_string(postgres_schema_version()) + "), pg_try_advisory_lock" + share + kServingLock +
             ", hashtext('" + options_.schema + "'))";
  ORGO_TRY(found, execute(asked + " FROM pg_stat_activity WHERE pid = pg_backend_pid()"));
  ORGO_CHECK(check_server(found));
  backend_ = PQgetvalue(found.get(), 0, 0);
  backend_since_ = PQgetvalue(found.get(), 0, 1);
  if (options_.serving == Serving::not_at_all ||
      std::string_view(PQgetvalue(found.get(), 0, PQnfields(found.get()) - 1)) == "t")
    return {};
  cut();
  return failure(Errc::conflict, "PostgreSQL: another Orgo serves the database already (schema " + options_.schema +
                                     "); several can, where each has `files.store: database`, and a command that needs "
                                     "the database for itself waits until they are stopped");
}

Status PqSession::check_timeline(int timeline) {
  timeline_ = timeline;
  if (Timelines::saw(newest_, timeline_)) return {};
  return tl::unexpected(lost("the server at " + host_of(connection_.get()) + " is of timeline " +
                             std::to_string(timeline_) + ", and one of timeline " + std::to_string(*newest_) +
                             " was seen: it was the primary before, and must follow the new one now"));
}

Status PqSession::check_server(const PqResult& found) {
  int column = 2;
  if (const auto host = host_of(connection_.get());
      !is_the_cluster_of(options_.url, PQgetvalue(found.get(), 0, column))) {
    note_lost_host(options_.url, host);
    cut();
    return failure(Errc::invalid_input,
                   "PostgreSQL: the server at " + host +
                       " is of another cluster than the one that was there: its data is another's. Hosts of one "
                       "database.url have to follow each other; where that one was made anew, restart Orgo");
  }
  newest_ = Timelines::of(PQgetvalue(found.get(), 0, column++));
  ORGO_CHECK(check_timeline(std::atoi(PQgetvalue(found.get(), 0, column++))));
  const std::string encoding = PQgetvalue(found.get(), 0, column++);
  if (encoding != "UTF8")
    return failure(Errc::invalid_input, "PostgreSQL: the encoding of the database is " + encoding +
                                            "; make one with UTF8 (createdb -E UTF8 -T template0)");
  for (const auto& needed : kNeeded)
    if (std::string_view(PQgetvalue(found.get(), 0, column++)) == "off")
      return failure(Errc::invalid_input, std::string("PostgreSQL: ") + needed.setting +
                                              " is off there: " + needed.without + "; set it to on");
  return {};
}

}  // namespace orgo::sql
