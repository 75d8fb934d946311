#include <poll.h>

#include <filesystem>
#include <iostream>

#include "adapter/clock/system_clock.h"
#include "adapter/data_folder/data_folder.h"
#include "adapter/data_folder/file_lock.h"
#include "adapter/data_folder/read_file.h"
#include "adapter/sql/move/move_ends.h"
#include "app/backup/progress_line.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/settings.h"
#include "app/storage/store_place.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"

namespace orgo {
namespace {

constexpr int kBetweenRoundsMs = 200;
constexpr Millis kLongRound{5'000};  ///< a server that stands still for longer is missed
constexpr int kTriesMost = 5;        ///< while the one or the other can't be reached
constexpr int kBetweenTriesMs = 2'000;
constexpr std::size_t kPasswordMost = 4'096;

struct Moved {
  sql::MoveComparison compared;
  std::int64_t followed = 0;  ///< changes behind the comparison
  Millis pause{};             ///< from the moment when no server wrote any more
};

/// One at a time, whatever it moves.
Result<FileLock> take_turn(const std::string& data) {
  auto lock = FileLock::take(data + "/move.lock");
  if (!lock && lock.error().code == Errc::conflict)
    return failure(Errc::conflict, "another `orgo move` is at work in " + data);
  return lock;
}

/// How long the end takes is how long a round does: said once, and again each time that it has doubled.
void tell_of_long_rounds(Millis round, Millis& told) {
  if (round < kLongRound || round < told * 2) return;
  told = round;
  notice("orgo: what changes follows in rounds of " + std::to_string(round.count() / 1'000) +
         " s, and about as long the server will have to stand still: mail comes nearly as fast as it is copied. At a "
         "quieter hour it takes a moment");
}

Result<DataFolder> wait_for_folder(sql::Mover& mover, const std::string& data, Moved& moved) {
  Millis told{};
  for (bool is_told = false;;) {
    const auto begun = std::chrono::steady_clock::now();
    ORGO_TRY(changes, mover.follow());
    tell_of_long_rounds(std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - begun), told);
    moved.followed += changes;
    auto folder = DataFolder::own(data);
    if (!folder && folder.error().code != Errc::conflict) return folder;
    if (folder) {
      const auto alone = mover.keep_servers_away();
      if (alone) return folder;
      if (alone.error().code != Errc::conflict) return tl::unexpected(alone.error());
    }
    if (!is_told)
      notice(
          "orgo: all is over there, and what changes follows. Stop the server now (systemctl stop orgo): the rest "
          "takes a moment");
    is_told = true;
    if (changes == 0) ::poll(nullptr, 0, kBetweenRoundsMs);  // a server that ends tells nobody
  }
}

/// Of a database on a server, the mails may lie elsewhere: in the folder of whoever served it.
Status look_for_mails(const Config& config) {
  if (!is_on_a_server(*config.database.url)) return {};
  ORGO_TRY(stores, SqlStores::open(to_read(store_place(config))));
  ORGO_TRY(some, stores->ledger.look_at_states(LedgerPlace{.tenant = kTrialTenant}, 1));
  for (const auto& place : some.seen)
    if (const auto read = stores->messages.read_bytes(place.tenant, place.message); !read)
      return failure(Errc::conflict, "the mails that this database names are not in " + *config.data.dir + "/blobs (" +
                                         to_string(place.message) + ": " + read.error().message +
                                         "): run this in the data folder of the server that has served it");
  return {};
}

/// False: the end is for another time.
Result<bool> move_all(sql::Mover& mover, const MoveOptions& options, const std::string& data, Moved& moved) {
  ProgressLine line;
  const auto watch = [&](const sql::MoveProgress& progress) {
    line.show(progress.doing == sql::MoveProgress::Doing::copying ? "copying" : "comparing", progress.done, progress.of,
              " rows");
  };
  ORGO_CHECK(mover.copy(watch, [] { return true; }));
  ORGO_TRY(compared, mover.compare(watch));
  moved.compared = compared;
  line.end();
  if (options.no_wait) return false;
  ORGO_TRY(folder, wait_for_folder(mover, data, moved));
  const auto begun = std::chrono::steady_clock::now();
  ORGO_CHECK(mover.finish(SystemClock().now()));
  moved.pause = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - begun);
  return true;
}

/// As move_all(); once begun, a database that is locked, or away for a moment, is tried again, from where it was.
Result<bool> move(const MoveOptions& options, const Config& config, const SqlStoreOptions& there, Moved& moved) {
  bool is_begun = false;
  for (int tries = 1;; ++tries) {
    ORGO_TRY(ends, move_ends(store_place(config), there));
    auto done = [&]() -> Result<bool> {
      ORGO_TRY(mover, sql::Mover::open(std::move(ends), SystemClock().now()));
      is_begun = true;
      if (mover->is_done()) return true;
      auto ended = move_all(*mover, options, *config.data.dir, moved);
      if (!ended)
        return tl::unexpected(ended.error().in("the move is not finished; the same command goes on where it was"));
      return ended;
    }();
    if (done || !is_begun || done.error().code != Errc::unavailable || tries == kTriesMost) return done;
    notice("orgo: " + done.error().message + ": once more in " + std::to_string(kBetweenTriesMs / 1'000) + " s");
    ::poll(nullptr, 0, kBetweenTriesMs);
  }
}

void tell_json(const MoveOptions& options, bool done, const Moved& moved) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("to", options.to).field("done", done).field("tables", moved.compared.tables);
  json.field("tenants", moved.compared.tenants).field("rows", moved.compared.rows);
  json.field("followed", moved.followed).field("pause_ms", moved.pause.count()).end_object();
  std::cout << out << '\n';
}

void tell(const MoveOptions& options, const Config& config, const Moved& moved) {
  const auto& compared = moved.compared;
  if (compared.tables > 0)
    std::cout << compared.rows << " rows of " << compared.tables << " tables, " << compared.tenants
              << " tenants: counted and compared, all alike\n"
              << moved.followed << " changes followed; the end took " << moved.pause.count() << " ms\n";
  const bool is_there = is_on_a_server(options.to);
  std::cout << "moved to " << options.to
            << ". Next:\n  1. In the configuration:\n       database:\n         url: " << options.to << "\n";
  if (!options.password_file.empty()) std::cout << "         password_file: " << options.password_file << "\n";
  std::cout << "  2. Start the server: systemctl start orgo\nMails stay in " << *config.data.dir
            << "/blobs: keep the folder.\n"
            << (is_there ? "The database that was left, " + *config.data.dir + "/orgo.db, stays too, and"
                         : "The database that was left stays too, and")
            << " refuses\neach change; remove it when you are sure.\n";
}

int cancel(const Config& config) {
  const auto end = move_end(store_place(config));
  const auto cancelled = sql::Mover::cancel(*end);
  if (!cancelled) return report(cancelled.error());
  std::cout << (*cancelled ? "the move is given up, and all is as before; what it has copied is still over there\n"
                           : "no move was under way\n");
  return kDone;
}

}  // namespace

int cmd_move(const MoveOptions& options) {
  log::configure({.level = log::Level::warn});
  const auto loaded = load_config_for(options.common);
  if (!loaded.errors.empty()) return report(loaded.errors, loaded.sources);
  const auto& config = loaded.config;
  if (options.cancel && !options.to.empty()) return report({Errc::invalid_input, "either --to or --cancel: not both"});
  std::string password;
  if (!options.password_file.empty()) {
    const auto folder = std::filesystem::absolute(options.password_file).parent_path().string();
    auto read = read_file_below(folder, options.password_file, kPasswordMost);
    if (!read) return report(read.error().in("--password-file"));
    password = std::string(trim(*read));
  }
  // As whom this is run, and whether that may change the data: before anything of it is touched.
  if (const auto folder = DataFolder::own(*config.data.dir); !folder && folder.error().code != Errc::conflict)
    return report(folder.error());
  const auto turn = take_turn(*config.data.dir);
  if (!turn) return report(turn.error());
  if (options.cancel) return cancel(config);
  if (options.to.empty())
    return report(
        {Errc::invalid_input, "say where to: --to URL, as `orgo move --help` shows, or give a move up: --cancel"});
  if (const auto wrong = check_database_url(options.to); !wrong.empty())
    return report({Errc::invalid_input, "--to: " + wrong});
  auto there = store_place(config);
  there.database = options.to;
  there.password = password;
  if (const auto here = look_for_mails(config); !here) return report(here.error());
  Moved moved;
  const auto done = move(options, config, there, moved);
  if (!done) return report(done.error());
  if (options.common.json) tell_json(options, *done, moved);
  else if (*done) tell(options, config, moved);
  else
    std::cout << moved.compared.rows << " rows of " << moved.compared.tables
              << " tables are over there, compared, all alike.\n"
                 "Nothing has changed here. The same command without --no-wait ends the move.\n";
  return kDone;
}

}  // namespace orgo
