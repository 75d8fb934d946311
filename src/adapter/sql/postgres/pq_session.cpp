#include "adapter/sql/postgres/pq_session.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "adapter/sql/postgres/lost_host.h"
#include "adapter/sql/postgres/postgres_error.h"
#include "adapter/sql/postgres/postgres_schema.h"
#include "adapter/sql/postgres/postgres_url.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo::sql {
namespace {

/// libpq ends its messages with a line end, and writes several lines where one will do.
std::string in_one_line(const char* message) {
  std::string text(message == nullptr ? "" : message);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::string host_of(PGconn* connection) {
  const auto part = [](const char* text) { return std::string(text == nullptr ? "" : text); };
  return part(PQhost(connection)) + ":" + part(PQport(connection));
}

short events_of(PostgresPollingStatusType polling) {
  return polling == PGRES_POLLING_READING ? POLLIN : POLLOUT;
}

constexpr int kBinaryRows = 1;
/// A node that stands still in the middle of a transaction keeps others from a tenant for as long: less than it takes
/// to be taken for dead.
constexpr Millis kIdleMost{10'000};
constexpr Millis kHostPatience{5'000};  ///< for one of several hosts
constexpr Millis kGraceTime{2'000};     ///< the server gives up first, and says why

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

bool PqSession::is_in_transaction() const {
  return connection_ && !is_owed_an_answer_ && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

Error PqSession::lost(const std::string& what) {
  state_.clear();
  if (connection_) note_lost_host(options_.url, host_of(connection_.get()));
  cut();
  return {Errc::unavailable, "PostgreSQL: " + what};
}

Status PqSession::wait(short events, Deadline deadline) {
  const auto left = std::chrono::ceil<Millis>(deadline - std::chrono::steady_clock::now()).count();
  pollfd event{PQsocket(connection_.get()), events, 0};
  const int ready = left <= 0 ? 0 : poll(&event, 1, static_cast<int>(left));
  if (ready > 0 || (ready < 0 && errno == EINTR)) return {};
  return tl::unexpected(lost("no answer within " + format_duration(options_.patience)));
}

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

/// In one message. Our last session may live on at a server that has not noticed that we were cut, with all its locks:
/// it is ended first.
Status PqSession::set_up() {
  const auto patience = std::to_string(options_.patience.count());
  // Over whatever the url, a role or the environment says: we write and read UTF-8.
  const std::string encoding = ORGO_PLANT(encoding_of_the_url) ? "" : "SET client_encoding TO UTF8; ";
  auto asked = encoding + "SET search_path TO " + options_.schema + "; SET statement_timeout TO " + patience +
               "; SET lock_timeout TO " + patience + "; SET idle_in_transaction_session_timeout TO " +
               (options_.only_reads ? "0" : std::to_string(std::min(options_.patience, kIdleMost).count())) +
               "; SET tcp_keepalives_idle TO 10; SET jit TO off; ";
  if (!backend_.empty())
    asked += "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = " + backend_ +
             " AND backend_start = '" + backend_since_ + "'; ";
  asked +=
      "SELECT pid, backend_start, (SELECT system_identifier FROM pg_control_system()), "
      "('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int, current_setting('server_encoding')";
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

Status PqSession::check_server(const PqResult& found) {
  int column = 2;
  newest_ = Timelines::of(PQgetvalue(found.get(), 0, column++));
  timeline_ = std::atoi(PQgetvalue(found.get(), 0, column++));
  if (!Timelines::saw(newest_, timeline_))
    return tl::unexpected(lost("the server at " + host_of(connection_.get()) + " is of timeline " +
                               std::to_string(timeline_) + ", and one of timeline " + std::to_string(*newest_) +
                               " was seen: it was the primary before, and must follow the new one now"));
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

/// Other notices are about what exists already.
void PqSession::on_notice(void* self, const PGresult* notice) {
  // The one place where the server answers a COMMIT with success and has not kept what was asked: it was told to wait
  // for a standby no longer (cancelled, timed out, shutting down). replication/syncrep.c; it has no SQLSTATE of its
  // own.
  const char* where = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
  if (where != nullptr && std::string_view(where) == "SyncRepWaitForLSN" && !ORGO_PLANT(unconfirmed_commit_is_believed))
    static_cast<PqSession*>(self)->is_unconfirmed_ = true;
}

Status PqSession::check_confirmed() {
  if (!std::exchange(is_unconfirmed_, false)) return {};
  return tl::unexpected(lost("no standby has confirmed what was committed (synchronous_standby_names)"));
}

Status PqSession::flush() {
  const auto deadline = within(options_.patience + kGraceTime);
  for (;;) {
    const int more = PQflush(connection_.get());
    if (more == 0) return {};
    if (more < 0) return tl::unexpected(lost(in_one_line(PQerrorMessage(connection_.get()))));
    ORGO_CHECK(wait(POLLIN | POLLOUT, deadline));
    if (PQconsumeInput(connection_.get()) == 0)
      return tl::unexpected(lost(in_one_line(PQerrorMessage(connection_.get()))));
  }
}

Result<PqResult> PqSession::next_answer() {
  const auto deadline = within(options_.patience + kGraceTime);
  while (PQisBusy(connection_.get()) != 0) {
    ORGO_CHECK(wait(POLLIN, deadline));
    if (PQconsumeInput(connection_.get()) == 0)
      return tl::unexpected(lost(in_one_line(PQerrorMessage(connection_.get()))));
  }
  return PqResult(PQgetResult(connection_.get()));
}

Result<PqResult> PqSession::answer_of(PqResult answer) {
  const auto status = answer ? PQresultStatus(answer.get()) : PGRES_FATAL_ERROR;
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return answer;
  const auto field = [&](int which) {
    const char* text = answer ? PQresultErrorField(answer.get(), which) : nullptr;
    return std::string(text == nullptr ? "" : text);
  };
  state_ = field(PG_DIAG_SQLSTATE);
  const auto why = in_one_line(answer ? PQresultErrorMessage(answer.get()) : PQerrorMessage(connection_.get()));
  if (ends_the_connection(state_)) {
    note_lost_host(options_.url, host_of(connection_.get()));
    cut();
  }
  return failure(code_of_state(state_, field(PG_DIAG_SOURCE_FUNCTION)), "PostgreSQL: " + why);
}

Result<PqResult> PqSession::answer() {
  PqResult last;
  for (;;) {
    ORGO_TRY(next, next_answer());
    if (!next) return answer_of(std::move(last));
    const bool is_bad = last && PQresultStatus(last.get()) == PGRES_FATAL_ERROR;
    if (!is_bad) last = std::move(next);
  }
}

Status PqSession::skip_answer() {
  for (;;) {
    ORGO_TRY(next, next_answer());
    if (!next) return {};
  }
}

Result<PqResult> PqSession::execute(const std::string& sql) {
  if (!is_connected()) return tl::unexpected(lost("the connection is cut"));
  ORGO_CHECK(settle());
  count_message();
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0)
    return tl::unexpected(lost(in_one_line(PQerrorMessage(connection_.get()))));
  ORGO_CHECK(flush());
  auto answered = answer();
  ORGO_CHECK(check_confirmed());
  return answered;
}

void PqSession::post(const std::string& sql) {
  if (!is_connected() || !settle()) return;
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0 || PQflush(connection_.get()) < 0) return cut();
  is_owed_an_answer_ = true;
}

Status PqSession::settle() {
  if (!std::exchange(is_owed_an_answer_, false)) return {};
  ORGO_CHECK(flush());
  ORGO_TRY(done, answer());
  return {};
}

Result<std::vector<std::string>> PqSession::hear(Millis time, int wake) {
  if (!is_connected()) return tl::unexpected(lost("the connection is cut"));
  ORGO_CHECK(settle());
  std::vector<std::string> told;
  const auto take = [&] {
    while (const PqNotice notice{PQnotifies(connection_.get())}) told.emplace_back(notice->extra);
  };
  take();
  if (!told.empty()) return told;
  std::array events = {pollfd{PQsocket(connection_.get()), POLLIN, 0}, pollfd{wake, POLLIN, 0}};
  if (poll(events.data(), events.size(), static_cast<int>(time.count())) > 0 && events[0].revents != 0) {
    if (PQconsumeInput(connection_.get()) == 0)
      return tl::unexpected(lost(in_one_line(PQerrorMessage(connection_.get()))));
    take();
  }
  return told;
}

bool PqSession::send(std::span<const PqCall> calls, std::vector<bool>& prepares) {
  auto* const connection = connection_.get();
  std::vector<const PqPrepared*> on_their_way;  // once, though it stands twice in this message
  std::vector<Oid> types;
  std::vector<const char*> bytes;
  std::vector<int> sizes;
  std::vector<int> formats;
  for (const auto& [statement, values, owned] : calls) {
    types.clear(), bytes.clear(), sizes.clear();
    for (const auto& value : values) {
      types.push_back(value.type);
      bytes.push_back(value.bytes);
      sizes.push_back(value.size);
    }
    formats.assign(values.size(), 1);
    const auto count = static_cast<int>(values.size());
    prepares.push_back(statement->prepared_in != generation_ &&
                       std::ranges::find(on_their_way, statement) == on_their_way.end());
    if (prepares.back()) {
      on_their_way.push_back(statement);
      if (PQsendPrepare(connection, statement->name.c_str(), statement->sql.c_str(), count, types.data()) == 0)
        return false;
    }
    if (PQsendQueryPrepared(connection, statement->name.c_str(), count, bytes.data(), sizes.data(), formats.data(),
                            kBinaryRows) == 0)
      return false;
  }
  return PQpipelineSync(connection) != 0;
}

void PqSession::receive(std::span<const PqCall> calls, const std::vector<bool>& prepares, PqAnswers& answers) {
  for (std::size_t i = 0; i < calls.size(); ++i)
    for (bool is_prepared = !prepares[i];; is_prepared = true) {
      if (answers.error) {  // it has not run
        if (!skip_answer()) return;
      } else if (auto one = answer(); !one) {
        answers.error = std::move(one).error();
        if (!is_connected()) return;
      } else if (is_prepared) {
        answers.rows.push_back(*std::move(one));
      } else {
        calls[i].statement->prepared_in = generation_;
      }
      if (is_prepared) break;
    }
  auto end = next_answer();
  if (end && (!*end || PQresultStatus(end->get()) != PGRES_PIPELINE_SYNC)) end = tl::unexpected(lost("lost count"));
  if (!end && !answers.error) answers.error = std::move(end).error();
}

PqAnswers PqSession::ask(std::span<const PqCall> calls) {
  PqAnswers answers;
  const auto fail = [&](Error error) -> PqAnswers&& {
    answers.error = std::move(error);
    return std::move(answers);
  };
  if (!is_connected()) return fail(lost("the connection is cut"));
  if (auto settled = settle(); !settled) return fail(std::move(settled).error());
  count_message();
  std::vector<bool> prepares;
  if (PQenterPipelineMode(connection_.get()) == 0 || !send(calls, prepares))
    return fail(lost(in_one_line(PQerrorMessage(connection_.get()))));
  if (auto flushed = flush(); !flushed) return fail(std::move(flushed).error());
  receive(calls, prepares, answers);
  if (auto confirmed = check_confirmed(); !confirmed && !answers.error) return fail(std::move(confirmed).error());
  if (is_connected() && PQexitPipelineMode(connection_.get()) == 0 && !answers.error)
    return fail(lost(in_one_line(PQerrorMessage(connection_.get()))));
  return answers;
}

}  // namespace orgo::sql
