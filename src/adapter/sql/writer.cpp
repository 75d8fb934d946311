#include "adapter/sql/writer.h"

#include <pthread.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/planted.h"
#include "base/store_trouble.h"

namespace orgo::sql {
namespace {

constexpr int kRunsMax = 4'000;
constexpr std::size_t kKeptMost = 5'000;
constexpr Millis kKeptPause{1'000};  ///< while nobody else writes, what was kept is tried again
constexpr int kTroubledRunsMax = 5;  ///< of one group, when it was trouble of the moment that ended it
/// From then on it is not run again: who waits has been told to expect half a minute.
constexpr Millis kTroubledTime{20'000};

bool is_trouble_of_all(Errc code) {
  return code == Errc::resource_exhausted || code == Errc::unavailable;
}

/// What ended a whole transaction is the fault of none of its jobs, whatever its code says: we are not let in, we may
/// not write there, another Orgo does.
Status of_all(Error error) {
  return tl::unexpected(as_store_trouble(std::move(error)));
}

}  // namespace

GroupCommitWriter::GroupCommitWriter(std::unique_ptr<Connection> connection,
                                     std::function<void(Connection&)> after_commit, bool twice)
    : connection_(std::move(connection)), after_commit_(std::move(after_commit)), twice_(twice),
      thread_([this] { loop(); }) {
  pthread_setname_np(thread_.native_handle(), "orgo-writer");
}

GroupCommitWriter::~GroupCommitWriter() {
  stop();
}

std::uint64_t GroupCommitWriter::enqueue(std::vector<TenantId>& tenants, Job& job, std::function<void(Status)>& done,
                                         bool is_posted) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return 0;
  waiting_.push_back({++last_id_, std::move(tenants), std::move(job), std::move(done), {}, is_posted});
  wake_.notify_one();
  return last_id_;
}

Status GroupCommitWriter::run(std::vector<TenantId> tenants, Job job, Deadline deadline) {
  std::promise<Status> answer;
  auto future = answer.get_future();
  std::function<void(Status)> done = [&answer](Status status) { answer.set_value(std::move(status)); };
  const auto id = enqueue(tenants, job, done, false);
  if (id == 0) return failure(Errc::unavailable, "the store is closed");
  if (future.wait_until(deadline) == std::future_status::timeout) {
    const std::lock_guard lock(mutex_);
    const auto mine =
        std::find_if(waiting_.begin(), waiting_.end(), [id](const Pending& pending) { return pending.id == id; });
    if (mine != waiting_.end()) {
      waiting_.erase(mine);
      return failure(Errc::unavailable, "the store is too busy to begin in time");
    }
    if (ORGO_PLANT(job_under_way_is_said_to_fail)) return future.wait(), failure(Errc::unavailable, "too late");
  }
  return future.get();
}

void GroupCommitWriter::post(std::vector<TenantId> tenants, Job job, std::function<void(Status)> done) {
  if (enqueue(tenants, job, done, true) == 0) done(failure(Errc::unavailable, "the store is closed"));
}

void GroupCommitWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

GroupCommitWriter::Stats GroupCommitWriter::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

std::size_t GroupCommitWriter::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::vector<GroupCommitWriter::Pending> GroupCommitWriter::next_group() {
  std::unique_lock lock(mutex_);
  const auto has_some = [this] { return stopping_ || !waiting_.empty(); };
  if (kept_.empty()) wake_.wait(lock, has_some);
  else wake_.wait_for(lock, kKeptPause, has_some);
  if (waiting_.empty() && stopping_) return {};
  auto group = std::exchange(kept_, {});
  std::ranges::move(waiting_, std::back_inserter(group));
  waiting_.clear();
  stats_.groups += 1;
  stats_.jobs += group.size();
  return group;
}

void GroupCommitWriter::loop() {
  for (auto group = next_group(); !group.empty(); group = next_group()) {
    commit_group(group);
    group.clear();
    after_commit_(*connection_);
  }
}

Result<bool> GroupCommitWriter::run_group(std::vector<Pending>& group, const std::vector<TenantId>& tenants,
                                          std::vector<Status>& answers) {
  answers.clear();
  ORGO_CHECK(connection_->begin());
  const auto scope = tenants.empty() ? Scope::all() : Scope::of(tenants);
  connection_->see(scope);
  ORGO_CHECK(connection_->hold(tenants));
  Transaction transaction(*connection_, tenants);
  for (std::size_t i = 0; i < group.size(); ++i) {
    auto& pending = group[i];
    if (pending.left_out) {
      answers.emplace_back(tl::unexpected(*pending.left_out));
      continue;
    }
    connection_->begin_job(i, pending.one_by_one);
    connection_->see(pending.tenants.empty() ? Scope::all() : Scope::of(pending.tenants));
    const auto before = connection_->total_changed();
    answers.push_back(pending.job(transaction));
    if (transaction.is_to_run_again()) return false;
    // Rows that wait are part of the job: its answer is of all that it wrote, and the next job sees them.
    if (answers.back()) answers.back() = transaction.late().settle();
    if (answers.back()) continue;
    const auto& error = answers.back().error();
    if (is_trouble_of_all(error.code)) return tl::unexpected(error);
    // A job that is refused has written nothing, as a rule. One that has, or whose rows the database finds damaged, is
    // undone alone: half of it must not stay, neither written nor waiting, and the others have no part in it.
    const bool has_written = connection_->total_changed() != before || transaction.late().waits();
    if (ORGO_PLANT(half_job_stays) || (error.code != Errc::corrupt && !has_written)) continue;
    pending.left_out = error;
    return false;
  }
  connection_->begin_job(group.size(), false);
  connection_->see(scope);
  ORGO_CHECK(transaction.finish());
  return true;
}

bool GroupCommitWriter::finds_the_refused(std::vector<Pending>& group) const {
  const auto refused = connection_->refused_job();
  if (!refused || *refused >= group.size() || group[*refused].one_by_one) return false;
  group[*refused].one_by_one = !ORGO_PLANT(refused_row_takes_its_neighbours);
  return group[*refused].one_by_one;
}

std::vector<TenantId> GroupCommitWriter::tenants_of(const std::vector<Pending>& group) {
  std::vector<TenantId> tenants;
  for (const auto& pending : group) tenants.insert(tenants.end(), pending.tenants.begin(), pending.tenants.end());
  std::ranges::sort(tenants);
  tenants.erase(std::ranges::unique(tenants).begin(), tenants.end());
  return tenants;
}

void GroupCommitWriter::commit_group(std::vector<Pending>& group) {
  std::vector<Status> answers;
  answers.reserve(group.size());
  const auto tenants = tenants_of(group);
  Status whole;
  bool undo = twice_;
  int troubled = 0;
  const auto until = within(kTroubledTime);
  const auto is_of_the_moment = [&] {
    return connection_->is_worth_another_run() && ++troubled < kTroubledRunsMax &&
           std::chrono::steady_clock::now() < until;
  };
  for (int run = 0;; ++run) {
    if (run == kRunsMax) {
      whole = failure(Errc::unavailable, "a transaction was undone too often");
      break;
    }
    const auto ran = run_group(group, tenants, answers);
    const bool was_trouble = !ran && (finds_the_refused(group) || is_of_the_moment());
    if (was_trouble || (ran && (!*ran || std::exchange(undo, false)))) {
      connection_->rollback();
      continue;
    }
    whole = ran ? connection_->commit() : Status(tl::unexpected(ran.error()));
    if (!whole && ran && (finds_the_refused(group) || is_of_the_moment())) {
      connection_->rollback();
      continue;
    }
    break;
  }
  if (!whole) {
    connection_->rollback();
    whole = of_all(std::move(whole).error());
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!whole && group[i].is_posted && kept_.size() < kKeptMost && !ORGO_PLANT(what_was_posted_is_lost_in_trouble)) {
      group[i].done(whole);
      auto& kept = kept_.emplace_back(std::move(group[i]));
      kept.left_out.reset();
      kept.one_by_one = false;
      continue;
    }
    // The job goes first: what it refers to may end as soon as the waiting caller is told.
    group[i].job = nullptr;
    group[i].done(whole ? std::move(answers[i]) : whole);
  }
}

}  // namespace orgo::sql
