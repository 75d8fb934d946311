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

constexpr int kBinaryRows = 1;
/// A server that has not answered for so long may stand still, or wait for a standby that follows another one by now.
constexpr Millis kSlow{5'000};
constexpr Millis kSlice{1'000};
constexpr Millis kGraceTime{2'000};  ///< the server gives up first, and says why

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

Status PqSession::wait_for_answer(Deadline deadline) {
  pollfd event{PQsocket(connection_.get()), POLLIN, 0};
  for (auto look = within(kSlow); within(kSlice) < deadline;) {
    if (poll(&event, 1, kSlice.count()) != 0) return {};
    if (std::chrono::steady_clock::now() >= look) {
      look_for_a_successor();
      look = within(kSlow);
    }
    if (!is_connected()) return tl::unexpected(lost("no answer, and another server is the primary now"));
  }
  return wait(POLLIN, deadline);
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
    ORGO_CHECK(wait_for_answer(deadline));
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
  const bool brings_settings = options_.is_pooled && !is_in_transaction();
  const auto text = brings_settings ? "SELECT " + settings() + "; " + sql : sql;
  if (PQsendQuery(connection_.get(), text.c_str()) == 0)
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
    if (options_.is_pooled) {
      prepares.push_back(false);
      if (PQsendQueryParams(connection, statement->sql.c_str(), count, types.data(), bytes.data(), sizes.data(),
                            formats.data(), kBinaryRows) == 0)
        return false;
      continue;
    }
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
