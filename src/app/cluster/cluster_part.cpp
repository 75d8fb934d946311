#include "app/cluster/cluster_part.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <thread>
#include <utility>

#include "app/version.h"
#include "base/log.h"
#include "base/text.h"
#include "core/node/agreement.h"
#include "service/node/probe.h"

namespace orgo {
namespace {

constexpr MembershipTimes kTimes;
constexpr Millis kAskAgain{500};
constexpr std::size_t kFingerprint = 16;  ///< hex digits
constexpr Millis kVague{1'000};           ///< an answer that took longer says little about the time
constexpr Millis kApart{50};              ///< what comes of the way there and back
constexpr Millis kOff{5'000};
constexpr Millis kJoinMost = kTimes.dead_after + Millis{5'000};

/// Of the last minute; 0 where the system does not tell.
std::int64_t load_of_machine() {
  double average = 0;
  if (::getloadavg(&average, 1) != 1) return 0;
  const auto processors = std::max(1U, std::thread::hardware_concurrency());
  return static_cast<std::int64_t>(average * 100 / processors);
}

}  // namespace

Result<ClusterPart*> ClusterPart::open(Node& node, AgreedClock& clock, const Roles& roles, const Config& config,
                                       StoragePart& storage, Coordination& coordination) {
  auto& part = node.lifecycle().own(std::make_unique<ClusterPart>(node, clock));
  part.standbys_wanted_ = static_cast<int>(*config.database.standbys);
  part.nodes_ = coordination.open_nodes(storage.stores());
  part.is_shared_ = coordination.is_shared();
  part.self_ = {.name = node.name(),
                .boot = node.boot(),
                .version = std::string(kVersion),
                .roles = to_string(roles),
                .secret = storage.key("nodes").substr(0, kFingerprint),
                .mails = storage.mails_of_folder()};
  if (part.is_shared_) ORGO_CHECK(part.agree_on_time());
  ORGO_CHECK(part.join());
  node.lifecycle().on_stop("cluster", [&part](Deadline) { (void)part.nodes_->leave(part.self()); });
  ORGO_CHECK(part.take_place(storage));
  ORGO_CHECK(coordination.locks().release_all(storage.owner(), LeasesOf::earlier_boots));
  part.service_ = std::make_unique<NodeService>(
      *part.nodes_, node.clock(), [&part] { return part.self(); }, kTimes);
  part.loops_ = &node.add_loops("beats");
  if (!part.is_shared_) return &part;
  part.loops_->add("orgo-beat", [&part] { return part.step(); });
  auto& bell = node.begin_deciding();
  part.decided_ = node.hear_others(kDecided, [&bell] { bell.ring(); });
  node.lifecycle().on_stop("decisions of others", [&part](Deadline) { part.decided_.reset(); });
  return &part;
}

/// Behind join(), so that of two that start at once and don't go together at least one sees the other.
Status ClusterPart::take_place(StoragePart& storage) {
  ORGO_TRY(all, nodes_->list());
  if (const auto why = why_not_beside(self(), all); !why.empty())
    return failure(Errc::conflict, "node " + self_.name + " can't work beside the others: " + why);
  const bool has_others = others_live(all, self());
  node_.set_others(has_others);
  return storage.begin_serving(node_, has_others);
}

Status ClusterPart::agree_on_time() {
  const auto sent = clock_.steady();
  ORGO_TRY(told, nodes_->time());
  const auto heard = clock_.steady();
  const auto at = sent + (heard - sent) / 2;
  if (has_time_ && heard - sent > kVague) return {};
  const auto apart = clock_.now() - told - std::chrono::floor<Millis>(heard - at);
  if (!has_time_ || apart > kApart || apart < -kApart) clock_.agree(told, at);
  has_time_ = true;
  const auto ahead = clock_.machine_ahead();
  if (const bool is_off = ahead > kOff || ahead < -kOff; std::exchange(told_ahead_, is_off) != is_off && is_off)
    log::warn("node.clock", {{"ahead", format_duration(ahead)},
                             {"cause",
                              "the clock of this machine is another than the database server's, by which "
                              "all nodes work; it should be set"}});
  return {};
}

/// Who has the name is silent, as a rule, since it has died: soon that is known.
Status ClusterPart::join() {
  std::optional<NodeSeen> before;
  std::mutex mutex;
  std::condition_variable never;
  for (const auto until = within(kJoinMost); std::chrono::steady_clock::now() < until;) {
    ORGO_TRY(holder, nodes_->join(self(), before));
    if (!holder) return {};
    if (!before) {
      log::info("node.waits", {{"node", self_.name}, {"cause", "another process had this name a moment ago"}});
      before = std::move(holder);
    }
    std::unique_lock lock(mutex);
    never.wait_for(lock, kAskAgain);
  }
  return failure(Errc::conflict,
                 "node " + self_.name + " is there already and can't be told from a dead one: try again");
}

NodeInfo ClusterPart::self() const {
  const std::lock_guard lock(mutex_);
  auto now = self_;
  now.load = load_of_machine();
  return now;
}

Millis ClusterPart::step() {
  const auto report = service_->step();
  if (report) {
    node_.set_others(report->has_others);
    (void)agree_on_time();  // else at the next beat
    look_at_standbys();
    if (report->was_dead)
      log::error("node.was_dead", {{"cause",
                                    "the others did not hear this node and have taken over its work; it goes "
                                    "on with new work"}});
    return kTimes.beat;
  }
  log::error("node.not_heard", {{"cause", report.error().message}});
  // Two of one name would each take what is the other's at its next start.
  if (report.error().code == Errc::conflict) node_.fail();
  return kTimes.beat;
}

void ClusterPart::look_at_standbys() {
  const auto seen = nodes_->standbys();
  if (!seen) return;
  const auto& probe = NodeProbe::instance();
  probe.standbys.with({"yes"}).set(seen->confirming);
  probe.standbys.with({"no"}).set(seen->following - seen->confirming);
  const auto before = check_standbys();
  {
    const std::lock_guard lock(mutex_);
    standbys_ = *seen;
  }
  const auto now = check_standbys();
  if (!now && (before || before.error().message != now.error().message))
    log::warn("database.standbys", {{"cause", now.error().message}});
  if (now && !before) log::info("database.standbys", {{"confirming", seen->confirming}});
}

Status ClusterPart::check_standbys() const {
  const std::lock_guard lock(mutex_);
  if (!standbys_ || standbys_->confirming >= standbys_wanted_) return {};
  if (!standbys_->is_known)
    return failure(Errc::unavailable,
                   "the database does not show us its standbys: GRANT pg_read_all_stats TO our user");
  return failure(Errc::unavailable, std::to_string(standbys_->confirming) + " of the " +
                                        std::to_string(standbys_wanted_) +
                                        " standbys that database.standbys asks for confirm what is committed: what is "
                                        "accepted now would be lost with the primary");
}

void ClusterPart::opened(std::string address) {
  const auto change = [this](auto set) {
    {
      const std::lock_guard lock(mutex_);
      set(self_);
    }
    loops_->wake();
    if (!is_shared_) (void)nodes_->beat(self());
  };
  change([&](NodeInfo& info) { info.address = std::move(address); });
  node_.lifecycle().on_stop("node", [change](Deadline) { change([](NodeInfo& info) { info.draining = true; }); });
}

std::vector<gateway::ReadyCheck> ClusterPart::ready_checks() const {
  if (!is_shared_) return {};
  return {{"node",
           [service = service_.get()] {
             const auto trouble = service->trouble();
             return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, trouble));
           }},
          {.name = "standbys", .check = [this] { return check_standbys(); }, .required = false}};
}

}  // namespace orgo
