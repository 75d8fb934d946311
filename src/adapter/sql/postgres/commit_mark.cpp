#include "adapter/sql/postgres/commit_mark.h"

#include "base/hash.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

constexpr std::size_t kWriterBytes = 12;

#define ORGO_NOW_MS "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
#define ORGO_MARK                                                                           \
  "INSERT INTO commit_marks (writer, mark, marked_at) VALUES ($1, $2::bigint, " ORGO_NOW_MS \
  ") "                                                                                      \
  "ON CONFLICT (writer) DO UPDATE SET mark = EXCLUDED.mark, marked_at = EXCLUDED.marked_at"

/// Of 30 days ago: no connection waits for so long to hear what became of a commit.
constexpr const char* kFirst =
    "WITH gone AS (DELETE FROM commit_marks WHERE marked_at < " ORGO_NOW_MS " - 2592000000) " ORGO_MARK;

}  // namespace

CommitMark::CommitMark()
    : writer_(random_hex(kWriterBytes)), first_{"mark_first", kFirst}, next_{"mark_next", ORGO_MARK} {}

Result<bool> CommitMark::look(PqSession& session) {
  ORGO_TRY(answer, session.execute("SELECT to_regclass('commit_marks') IS NOT NULL"));
  const bool is_there = std::string_view(PQgetvalue(answer.get(), 0, 0)) == "t";
  if (is_there) seen_in_ = session.generation();
  return is_there;
}

PqCall CommitMark::next() {
  is_marked_ = true;
  PqCall call{number_ == 0 ? &first_ : &next_, {}, {writer_, std::to_string(++number_)}};
  for (const auto& value : call.bytes) call.values.push_back({value.data(), static_cast<int>(value.size()), kText});
  return call;
}

Result<bool> CommitMark::was_kept(PqSession& session) const {
  if (ORGO_PLANT(a_number_is_believed)) return true;
  ORGO_TRY(answer, session.execute("SELECT mark FROM commit_marks WHERE writer = '" + writer_ + "'"));
  return PQntuples(answer.get()) == 1 && PQgetvalue(answer.get(), 0, 0) == std::to_string(number_);
}

Status CommitMark::confirm(PqSession& session) const {
  ORGO_TRY(done, session.execute("UPDATE commit_marks SET marked_at = marked_at WHERE writer = '" + writer_ + "'"));
  return {};
}

}  // namespace orgo::sql
