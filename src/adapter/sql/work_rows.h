#pragma once
#include "adapter/sql/engine.h"
#include "base/time.h"
#include "core/work/work.h"

/// How work stands in its table; shared by the store and the parts.
namespace orgo::sql {

// States of work. The numbers are stored; `state = 1` and `state = 2` stand in indexes too (see the schema).
inline constexpr int kWorkWaiting = 1;
inline constexpr int kWorkDead = 2;
inline constexpr int kWorkDropped = 3;

/// Adds a piece of work within the transaction that makes what it is about.
Status insert_work(Transaction& tx, const WorkKey& key, TimePoint visible_at);

}  // namespace orgo::sql
