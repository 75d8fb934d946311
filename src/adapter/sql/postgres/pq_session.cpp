#include "adapter/sql/postgres/pq_session.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "adapter/sql/postgres/postgres_error.h"
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

short events_of(PostgresPollingStatusType polling) {
  return polling == PGRES_POLLING_READING ? POLLIN : POLLOUT;
}

/// Whom this machine trusts; the url may name others (sslrootcert).
constexpr const char* kTrusted = "/etc/ssl/certs/ca-certificates.crt";

/// Of locks that a session holds; "ORGO", and the schema beside it.
constexpr const char* kSoleLock = "1330792271";

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
  return connection_ && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

Error PqSession::lost(const std::string& what) {
  state_.clear();
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

Status PqSession::connect() {
  state_.clear();
  ++generation_;
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
  ORGO_CHECK(wait_for_connection(within(options_.patience)));
  PQsetnonblocking(connection_.get(), 1);
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);  // "already exists, skipping"
  return set_up();
}

Status PqSession::set_up() {
  const auto patience = std::to_string(options_.patience.count());
  // Over whatever the url, a role or the environment says: we write and read UTF-8.
  const std::string encoding = ORGO_PLANT(encoding_of_the_url) ? "" : "SET client_encoding TO UTF8; ";
  ORGO_TRY(done, execute(encoding + "SET search_path TO " + options_.schema + "; SET statement_timeout TO " + patience +
                         "; SET lock_timeout TO " + patience + "; SET idle_in_transaction_session_timeout TO " +
                         patience + "; SET bytea_output TO hex; SET tcp_keepalives_idle TO 10"));
  ORGO_CHECK(check_server());
  ORGO_CHECK(end_ghost());
  return options_.is_sole ? be_sole() : Status{};
}

Status PqSession::check_server() {
  std::string asked = "SELECT current_setting('server_encoding')";
  for (const auto& needed : kNeeded) asked += ", current_setting('" + std::string(needed.setting) + "')";
  ORGO_TRY(found, execute(asked));
  const std::string encoding = PQgetvalue(found.get(), 0, 0);
  if (encoding != "UTF8")
    return failure(Errc::invalid_input, "PostgreSQL: the encoding of the database is " + encoding +
                                            "; make one with UTF8 (createdb -E UTF8 -T template0)");
  for (int column = 1; const auto& needed : kNeeded)
    if (std::string_view(PQgetvalue(found.get(), 0, column++)) == "off")
      return failure(Errc::invalid_input, std::string("PostgreSQL: ") + needed.setting +
                                              " is off there: " + needed.without + "; set it to on");
  return {};
}

/// Our last session may live on at a server that has not noticed that we were cut, with all its locks.
Status PqSession::end_ghost() {
  if (!backend_.empty()) {
    ORGO_TRY(ended, execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = " + backend_ +
                            " AND backend_start = '" + backend_since_ + "'"));
  }
  ORGO_TRY(ours, execute("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"));
  backend_ = PQgetvalue(ours.get(), 0, 0);
  backend_since_ = PQgetvalue(ours.get(), 0, 1);
  return {};
}

Status PqSession::be_sole() {
  ORGO_TRY(got,
           execute(std::string("SELECT pg_try_advisory_lock(") + kSoleLock + ", hashtext('" + options_.schema + "'))"));
  if (std::string_view(PQgetvalue(got.get(), 0, 0)) == "t") return {};
  cut();
  return failure(Errc::conflict, "PostgreSQL: another Orgo serves the database already (schema " + options_.schema +
                                     "); there is one server for each so far");
}

Result<PqResult> PqSession::answer(int sent) {
  const auto deadline = within(options_.patience + Millis{2'000});  // the server gives up first, and says why
  if (sent == 0) return tl::unexpected(lost(in_one_line(PQerrorMessage(connection_.get()))));
  for (;;) {
    const int more = PQflush(connection_.get());
    if (more == 0) break;
    if (more < 0) return tl::unexpected(lost(in_one_line(PQerrorMessage(connection_.get()))));
    ORGO_CHECK(wait(POLLIN | POLLOUT, deadline));
    if (PQconsumeInput(connection_.get()) == 0)
      return tl::unexpected(lost(in_one_line(PQerrorMessage(connection_.get()))));
  }
  PqResult last;
  for (;;) {
    while (PQisBusy(connection_.get()) != 0) {
      ORGO_CHECK(wait(POLLIN, deadline));
      if (PQconsumeInput(connection_.get()) == 0)
        return tl::unexpected(lost(in_one_line(PQerrorMessage(connection_.get()))));
    }
    PqResult next(PQgetResult(connection_.get()));
    if (!next) break;
    const bool is_bad = last && PQresultStatus(last.get()) == PGRES_FATAL_ERROR;
    if (!is_bad) last = std::move(next);
  }
  const auto status = last ? PQresultStatus(last.get()) : PGRES_FATAL_ERROR;
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return last;
  const char* state = last ? PQresultErrorField(last.get(), PG_DIAG_SQLSTATE) : nullptr;
  state_ = state == nullptr ? "" : state;
  const auto why = in_one_line(last ? PQresultErrorMessage(last.get()) : PQerrorMessage(connection_.get()));
  if (ends_the_connection(state_)) cut();
  return failure(code_of_state(state_), "PostgreSQL: " + why);
}

Result<PqResult> PqSession::execute(const std::string& sql) {
  if (!is_connected()) return tl::unexpected(lost("the connection is cut"));
  return answer(PQsendQuery(connection_.get(), sql.c_str()));
}

Status PqSession::prepare(const std::string& name, const std::string& sql, const std::vector<PqValue>& parameters) {
  if (!is_connected()) return tl::unexpected(lost("the connection is cut"));
  std::vector<Oid> types;
  for (const auto& value : parameters) types.push_back(value.type);
  const auto sent =
      PQsendPrepare(connection_.get(), name.c_str(), sql.c_str(), static_cast<int>(types.size()), types.data());
  ORGO_TRY(done, answer(sent));
  return {};
}

Result<PqResult> PqSession::run(const std::string& name, const std::vector<PqValue>& parameters) {
  if (!is_connected()) return tl::unexpected(lost("the connection is cut"));
  std::vector<const char*> bytes;
  std::vector<int> sizes;
  for (const auto& value : parameters) {
    bytes.push_back(value.bytes);
    sizes.push_back(value.size);
  }
  const std::vector<int> formats(parameters.size(), 1);
  return answer(PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(bytes.size()), bytes.data(),
                                    sizes.data(), formats.data(), 0));
}

}  // namespace orgo::sql
