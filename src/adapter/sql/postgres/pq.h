#pragma once
#include <libpq-fe.h>

#include <memory>

namespace orgo::sql {

struct PqEnd {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using PqConnection = std::unique_ptr<PGconn, PqEnd>;
using PqResult = std::unique_ptr<PGresult, PqEnd>;

}  // namespace orgo::sql
