#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace orgo {

/// One point in the life of a database: numbers grow by one, and each has a random name of its own, so that two copies
/// that both went on are told apart.
struct LineageMark {
  std::int64_t number = 0;  ///< 0: the database has never been served
  std::string name;
  friend bool operator==(const LineageMark&, const LineageMark&) = default;
};

/// How far a database has come, as it stands in the database itself.
struct Lineage {
  std::int64_t epoch = 1;  ///< one more for each restore
  LineageMark last;
  LineageMark before;       ///< the mark before `last`: what the record beside the database says between two writes
  TimePoint restored_at{};  ///< when the epoch began; {}: it was never restored
  /// The marks are of this node, or of the one server there is; false: it has none in this epoch, and these are
  /// others'.
  bool is_of_this_node = true;
  friend bool operator==(const Lineage&, const Lineage&) = default;
};

/// The same point as a file beside the database says it. It is written behind the database, so it may lag by one mark
/// and never leads.
struct LineageRecord {
  LineageMark mark;
  std::int64_t epoch = 0;  ///< of the database then; 0: nobody has written it
  std::string identity;    ///< by which the file system knew that file when it was written; empty: it can't tell
  friend bool operator==(const LineageRecord&, const LineageRecord&) = default;
};

/// Is this database the one that was served here last, as it was then or later? Empty: it is, or it was never served.
/// Else, in words, why it is a restored one: what waits in its outbox may have gone out long ago. `record`: of the file
/// beside it, nullopt: there is none; `identity`: of that file now. A start after kill -9 or a loss of power is none,
/// at whatever moment that came. `others_live`: other nodes work on the database now, and have looked: then one that
/// comes new, or out of a folder that was copied, has nothing to say.
std::string why_restored(const Lineage& database, const std::optional<LineageRecord>& record, std::string_view identity,
                         bool others_live = false);

/// The next mark of a database that goes on. `name` is random.
Lineage go_on(const Lineage& lineage, std::string name);
/// The first mark of a restored one: behind all that is known of, here and there, so that a start which ends before the
/// file is written goes on with it.
Lineage begin_epoch(const Lineage& lineage, const std::optional<LineageRecord>& record, std::string name,
                    TimePoint now);

/// Did this happen before the last restore? What comes of it may have come of it already, behind the backup: a mail
/// that was accepted and not yet decided has had its answer, a deadline was told. `at`: when the message was accepted,
/// or the timer was due.
bool is_before_restore(TimePoint at, TimePoint restored_at);
/// The same of a timer. While something about its task is held (`holds_some`), what the timer tells is held with it: a
/// task that was opened again out of an old mail escalates again, too.
bool is_timer_of_before(TimePoint due_at, TimePoint restored_at, bool holds_some);

/// The text of the file.
std::string to_text(const LineageRecord& record);
/// nullopt: it is none.
std::optional<LineageRecord> parse_lineage_record(std::string_view text);

}  // namespace orgo
