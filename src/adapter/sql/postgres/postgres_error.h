#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace orgo::sql {

/// What to do about a refusal, by its SQLSTATE (PostgreSQL 15, appendix A). `state` is empty when the server was not
/// reached, or is gone.
/// conflict: the row or its values are refused; resource_exhausted: disk, memory; corrupt: damaged data; else
/// unavailable, also for what the server does not let us do (42501): that is no fault of who sent something. `where` is
/// the server's function that refused: a row of another tenant has the same state, and is one row's.
Errc code_of_state(std::string_view state, std::string_view where = {});
/// Run again, the transaction may go well: a deadlock, an order that can't be kept, a server that goes down or does not
/// write any more.
bool is_of_the_moment(std::string_view state);
/// The connection is of no use any more: it was cut, or ends at a server that only reads.
bool ends_the_connection(std::string_view state);

}  // namespace orgo::sql
