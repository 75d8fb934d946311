#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/sql/move/move_end.h"
#include "adapter/sql/move/table_shape.h"
#include "base/time.h"

namespace orgo::sql {

/// How far a move is, in rows.
struct MoveProgress {
  enum class Doing : std::uint8_t { copying, comparing };
  Doing doing = Doing::copying;
  std::int64_t done = 0;
  std::int64_t of = 0;  ///< at the beginning; more may come
};
using MoveWatch = std::function<void(const MoveProgress&)>;

struct MoveEnds {
  std::unique_ptr<MoveEnd> from, to;
  std::string to_name;  ///< in words, and by them it is known again; no secrets
};

/// What was compared, row by row: each tenant of each table has as many rows on both sides, and the same SHA-256 over
/// all of them.
struct MoveComparison {
  std::int64_t tables = 0, tenants = 0, rows = 0;
};

/// What is known of a move at the database that it leaves.
struct MoveState {
  std::string to;
  TimePoint begun_at{};
  bool is_done = false;
  std::int64_t noted = 0;  ///< changes that have not followed yet
};

/// Moves all rows of one engine to another while a server goes on writing to the first.
///
/// Triggers in the first leave the keys of changed rows. A round reads one instant of it: what has changed is taken
/// over anew, and some more rows of a table; so the second one is always a part of an instant of the first, refuses no
/// row that the first has, and what is compared then stands still. Killed at any moment, the same call goes on where it
/// was. Memory: some thousand rows. One at a time (the caller sees to it). Errors of every method, beside its own:
/// unavailable, resource_exhausted, corrupt.
class Mover {
 public:
  /// conflict: the second has data of its own, or a move from elsewhere; the first was moved elsewhere; another schema.
  static Result<std::unique_ptr<Mover>> open(MoveEnds ends, TimePoint now);
  /// Was it done already, by an earlier call?
  [[nodiscard]] bool is_done() const { return is_done_; }

  /// All tables. `go_on` is asked between rounds; false ends it there.
  Status copy(const MoveWatch& watch, const std::function<bool()>& go_on);
  /// What has changed since: how many changes.
  Result<std::int64_t> follow();
  /// conflict: names the first table and tenant that differ.
  Result<MoveComparison> compare(const MoveWatch& watch);
  /// From here on no server begins to serve the first one; nothing to do in a data folder, whose owner the caller is.
  /// conflict: one serves it.
  Status keep_servers_away();
  /// The end, behind a comparison; the caller knows that no server writes. From here on the first one refuses each
  /// change, and says where its data went. conflict: a difference; then the first one is served as before.
  Status finish(TimePoint now);

  /// Ends a move that is not done: the first one is as before. What is in the second stays there. False: there was
  /// none. conflict: it is done.
  static Result<bool> cancel(MoveEnd& from);
  /// nullopt: none was begun.
  static Result<std::optional<MoveState>> state(MoveEnd& from);

 private:
  struct Progress {
    bool done = false;
    std::vector<std::string> last;  ///< key of the last row that was copied; empty: none was
  };

  Mover(MoveEnds ends, std::vector<TableShape> shapes);
  Status begin(TimePoint now);
  Status begin_at_source(TimePoint now);
  Status note_changes();
  Status begin_at_target();
  Status check_target_is_empty();
  /// One round; `table` may be nullptr. Returns how many changes.
  Result<std::int64_t> round(const TableStatements* table, std::int64_t* copied);
  /// The next rows of a table: how many, and how far it is then.
  Result<std::int64_t> copy_some(const TableStatements& table, Progress& progress);
  Status write_progress(const TableStatements& table, const Progress& progress);
  Status refuse_changes(const std::string& words);
  Status serve_again();
  Status compare_counts();
  Result<std::int64_t> count_all();

  MoveEnds ends_;
  std::vector<std::unique_ptr<TableStatements>> tables_;
  std::unique_ptr<Connection> source_, noting_, target_;  ///< `noting_` writes where `source_` reads
  std::unique_ptr<Connection> source_is_alone_, target_is_alone_;
  std::map<std::string, Progress> progress_;
  bool is_done_ = false;
  bool is_compared_ = false;  ///< from then on each changed row is read back
};

}  // namespace orgo::sql
