#include "app/doors/intake_part.h"

#include <atomic>
#include <future>
#include <memory>
#include <utility>

#include "base/planted.h"

namespace orgo {

namespace {

/// Past so many that wait here other nodes are asked to help.
constexpr std::size_t kOwnMost = 200;

void announce(Node& node, WorkHints& hints, bool decides_here, std::span<const WorkKey> work) {
  if (ORGO_PLANT(accepted_and_nobody_told)) return;
  const bool reaches_others = hints.reaches_others();
  if (decides_here || reaches_others) hints.announce(work, node.clock().now());
  if (!reaches_others && (!decides_here || hints.waiting(WorkKind::process) > kOwnMost)) node.tell_others(kWorkWaits);
}

}  // namespace

IntakePart::IntakePart(Node& node, StoragePart& storage, WorkHints& hints, bool decides_here)
    : service_(storage.stores().messages, IntakeLimits{}, [&node, &hints, decides_here](std::span<const WorkKey> work) {
        announce(node, hints, decides_here, work);
      }) {}

IntakePart& IntakePart::open(Node& node, StoragePart& storage, WorkHints& hints, bool decides_here) {
  auto& part = node.lifecycle().own(std::make_unique<IntakePart>(node, storage, hints, decides_here));
  part.service_.start();
  node.lifecycle().on_stop("intake", [&part](Deadline) { part.service_.stop(); });
  return part;
}

Result<Accepted> IntakePart::submit(const Envelope& envelope, std::string bytes, Deadline deadline) {
  auto answer = std::make_shared<std::promise<Result<std::vector<Accepted>>>>();
  auto future = answer->get_future();
  service_.submit_for_ids({envelope}, std::make_shared<const std::string>(std::move(bytes)),
                          [answer](Result<std::vector<Accepted>> accepted) { answer->set_value(std::move(accepted)); });
  if (future.wait_until(deadline) == std::future_status::timeout)
    return failure(Errc::deadline_exceeded, "the store did not answer in time; sending the same message again is safe");
  ORGO_TRY(accepted, future.get());
  return accepted.front();
}

namespace {

/// Answers as they come, from the thread of the intake; shared, since whoever waits for them may have given up.
class Answers {
 public:
  explicit Answers(std::size_t count) : left_(count) {
    for (std::size_t i = 0; i < count; ++i) answers_.emplace_back(failure(Errc::unavailable, "not stored yet"));
  }
  void take(std::size_t i, Result<std::vector<Accepted>> accepted) {
    if (accepted) answers_[i] = accepted->front();
    else answers_[i] = tl::unexpected(std::move(accepted).error());
    if (--left_ == 0) all_.set_value(std::move(answers_));
  }
  std::future<std::vector<Result<Accepted>>> all() { return all_.get_future(); }

 private:
  std::vector<Result<Accepted>> answers_;
  std::atomic<std::size_t> left_;
  std::promise<std::vector<Result<Accepted>>> all_;
};

}  // namespace

Result<std::vector<Result<Accepted>>> IntakePart::submit_all(std::vector<std::pair<Envelope, std::string>> messages,
                                                             Deadline deadline) {
  if (messages.empty()) return std::vector<Result<Accepted>>();
  const auto answers = std::make_shared<Answers>(messages.size());
  auto future = answers->all();
  std::vector<IntakeService::Single> all;
  all.reserve(messages.size());
  for (auto& [envelope, bytes] : messages)
    all.push_back(
        {std::move(envelope), std::make_shared<const std::string>(std::move(bytes)),
         [answers, i = all.size()](Result<std::vector<Accepted>> accepted) { answers->take(i, std::move(accepted)); }});
  service_.submit_all(std::move(all));
  if (future.wait_until(deadline) == std::future_status::timeout)
    return failure(Errc::deadline_exceeded,
                   "the store did not answer in time; sending the same messages again is safe");
  return future.get();
}

}  // namespace orgo
