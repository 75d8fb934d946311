#pragma once
#include "adapter/sql/late_rows.h"
#include "core/changes/timer_change.h"

/// The tables whose rows may be written late (LateRows), and what a row is named by.
namespace orgo::sql {

const LateTable& late_messages();  ///< by its id; who accepts knows what is among them
const LateTable& late_events();    ///< by its sequence; only other connections read them
const LateTable& late_tasks();     ///< by its number
const LateTable& late_sends();     ///< by its id
const LateTable& late_timers();    ///< by timer_key()
const LateTable& late_work();      ///< by its reference
/// Only where rows are sent together (Batching): elsewhere a row that the table refuses is one Changes' own.
const LateTable& late_decisions();  ///< by its message
const LateTable& late_aliases();    ///< of tasks that are there already; by its hash

/// Two timers may share one; that costs a write more.
std::int64_t timer_key(const Subject& subject, std::string_view name);

}  // namespace orgo::sql
