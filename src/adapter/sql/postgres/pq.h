#pragma once
#include <libpq-fe.h>

#include <memory>
#include <string>

namespace orgo::sql {

struct PqEnd {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
struct PqFree {
  void operator()(PGnotify* notice) const { PQfreemem(notice); }
};
using PqNotice = std::unique_ptr<PGnotify, PqFree>;
using PqConnection = std::unique_ptr<PGconn, PqEnd>;
using PqResult = std::unique_ptr<PGresult, PqEnd>;

// pg_type.dat: the types whose binary form we read and write, and which have had these numbers since there are numbers.
inline constexpr Oid kBool = 16;
inline constexpr Oid kBytea = 17;
inline constexpr Oid kInt8 = 20;
inline constexpr Oid kInt2 = 21;
inline constexpr Oid kInt4 = 23;
inline constexpr Oid kText = 25;

/// libpq ends its messages with a line end, and writes several lines where one will do.
std::string in_one_line(const char* message);
/// Where a connection leads, or led: "host:port".
std::string host_of(PGconn* connection);

}  // namespace orgo::sql
