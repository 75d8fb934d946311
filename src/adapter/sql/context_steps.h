#pragma once
#include <cstddef>
#include <vector>

#include "adapter/sql/context_reading.h"
#include "adapter/sql/lookup.h"

namespace orgo::sql {

/// First what the ids of the mails lead to and what their senders did before; then tasks and people of those.
void read_first(Connection& db, ContextReadings& readings);
void read_tasks(Connection& db, ContextReadings& readings);
/// What tells whether a mail is an answer of ours to a customer.
void read_last_words(Connection& db, ContextReadings& readings);

}  // namespace orgo::sql
