#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace orgo::sql {

/// What to do about a refusal, by its SQLSTATE (PostgreSQL 15, appendix A). `state` is empty when the server was not
/// reached, or is gone.
/// conflict: a constraint refuses the row; resource_exhausted: disk, memory; corrupt: damaged data; invalid_input: our
/// configuration (password, database); else unavailable.
Errc code_of_state(std::string_view state);
/// Run again, the transaction may go well: a deadlock, an order that can't be kept, a server that goes down or does not
/// write any more.
bool is_of_the_moment(std::string_view state);
/// The connection is of no use any more: it was cut, or ends at a server that only reads.
bool ends_the_connection(std::string_view state);

}  // namespace orgo::sql
