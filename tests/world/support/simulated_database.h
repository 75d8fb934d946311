#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapter/sql/engine.h"
#include "port/blob_store.h"
#include "tests/world/support/fakes.h"
#include "tests/world/support/faults.h"
#include "tests/world/support/random.h"
#include "tests/world/support/simulated_statements.h"
#include "tests/world/support/watch.h"

namespace orgo::world {

/// The one database of a simulated world: SQLite in memory under the real stores, with faults at the engine, where
/// every statement of every store comes by. What is committed survives all crashes; whoever used it does not.
///
/// Several nodes use it at once. Their transactions don't overlap, as on SQLite, or on any database that locks the
/// tenants first; but between reading and writing, and between a transaction that was undone and its second run, others
/// get in. One that is late holds its locks: it comes in before the next one, and until then nobody sees it.
class SimulatedDatabase {
 public:
  SimulatedDatabase(Random& random, SimulatedClock& clock, Bug bug);
  ~SimulatedDatabase();
  SimulatedDatabase(const SimulatedDatabase&) = delete;
  SimulatedDatabase& operator=(const SimulatedDatabase&) = delete;

  void set_faults(const StoreFaults& faults) { faults_ = faults; }
  /// Called now and then where others can get in. Never from within itself.
  std::function<void()> interleave;
  /// Where a caller of the stores knows such a place.
  void let_others_in() { let_others_in(kLetIn); }
  /// Called when what a worker wanted to write is not in, and he may not get to saying it again in time.
  std::function<void()> on_unsure_outcome;

  /// The ways in of a node that starts; they die with stop_node(): what calls all the same (a destructor) gets nothing
  /// done.
  std::unique_ptr<sql::Engine> start_node(int node);
  std::unique_ptr<BlobStore> blobs(int node);
  /// kill -9: what was posted and not begun is lost.
  void stop_node(int node);
  /// Of the referee: nothing goes wrong here, and nothing is planted in the way.
  std::unique_ptr<sql::Engine> observer();
  std::unique_ptr<BlobStore> observer_blobs();

  /// In whose name the next calls come, for the watch. Returns who it was before.
  Actor act_as(Actor actor) { return std::exchange(actor_, actor); }
  [[nodiscard]] Actor actor(int node, int worker) const { return {node, incarnation(node), worker}; }
  /// A tenant that came from somewhere else has sent before.
  void begin_sends_at(TenantId tenant, std::int64_t last);
  /// All that was posted, and the transaction that is late, come in.
  void settle();

  /// What got into the database although it must not.
  [[nodiscard]] const std::vector<std::string>& breaches() const { return watch_->breaches(); }
  struct Counts {
    int refused = 0, conflicts = 0, late = 0, never = 0, torn = 0;  ///< `torn`: died within a transaction
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }
  /// Sends that wait, by their numbers.
  [[nodiscard]] std::vector<SendId> waiting_sends() { return watch_->waiting_sends(); }

 private:
  class Way;
  class Observer;
  class Blobs;
  struct Late {
    std::vector<Recorded> statements;
    Actor actor;
    bool lost_with_its_node = false;  ///< only for Bug::ack_before_commit
  };
  struct Posted {
    sql::Engine::Job job;
    Actor actor;
  };

  [[nodiscard]] int incarnation(int node) const {
    const auto found = incarnations_.find(node);
    return found == incarnations_.end() ? 0 : found->second;
  }
  [[nodiscard]] bool is_alive(int node, int incarnation) const {
    const auto found = alive_.find(node);
    return found != alive_.end() && found->second == incarnation;
  }
  Status write(int node, int incarnation, const sql::Engine::Job& job);
  Status end_transaction(const Actor& actor, Status status);
  void post(int node, int incarnation, sql::Engine::Job job);
  Status before_reading(int node, int incarnation);
  /// Runs the job, in an open transaction when it went well.
  Status run(const sql::Engine::Job& job);
  Status run_fragile(const sql::Engine::Job& job);
  Status end_job(sql::Transaction& transaction, Status status);
  void roll_back();
  Status commit(const Actor& actor);
  static constexpr double kLetIn = 0.1;  ///< of the writing transactions
  void let_others_in(double chance);
  void run_posted(int node);
  void settle_late();
  void replay(const Late& late);
  void before_statement(const Recorded& statement);

  Random& random_;
  SimulatedClock& clock_;
  Bug bug_;
  StoreFaults faults_;
  std::unique_ptr<sql::Connection> connection_;
  AlteredStatements statements_;
  std::unique_ptr<WritingConnection> writing_;
  std::unique_ptr<Watch> watch_;
  std::map<int, int> incarnations_;
  std::map<int, int> alive_;
  std::map<int, std::vector<Posted>> posted_;
  std::deque<Late> late_;
  std::vector<Recorded> recorded_;         ///< of the transaction that is open
  std::vector<std::string> stored_blobs_;  ///< a reference is the place in it
  Actor actor_;
  int readers_out_ = 0;
  bool in_transaction_ = false;
  bool fragile_ = false;  ///< the process may die at each statement
  bool interleaving_ = false;
  Counts counts_;
};

}  // namespace orgo::world
