#include "service/intake/intake_service.h"

#include <pthread.h>
#include "base/planted.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "base/log.h"
#include "base/metrics.h"
#include "base/store_trouble.h"

namespace orgo {

IntakeService::IntakeService(MessageStore& store, IntakeLimits limits, OnAccepted on_accepted)
    : store_(store), limits_(limits), on_accepted_(std::move(on_accepted)) {}

IntakeService::~IntakeService() {
  stop();
}

void IntakeService::start() {
  thread_ = std::thread([this] { loop(); });
  pthread_setname_np(thread_.native_handle(), "orgo-intake");
}

void IntakeService::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void IntakeService::submit(std::vector<Envelope> envelopes, std::shared_ptr<const std::string> bytes, Done done) {
  const auto count = envelopes.size();
  if (ORGO_PLANT(ack_before_commit)) std::exchange(done, [](std::vector<Status>) {})(std::vector<Status>(count));
  submit_for_ids(std::move(envelopes), std::move(bytes),
                 [count, done = std::move(done)](Result<std::vector<Accepted>> accepted) {
                   done(std::vector<Status>(count, accepted ? Status{} : Status(tl::unexpected(accepted.error()))));
                 });
}

void IntakeService::submit_for_ids(std::vector<Envelope> envelopes, std::shared_ptr<const std::string> bytes,
                                   Answered answered) {
  if (envelopes.empty()) return answered(std::vector<Accepted>{});
  std::vector<Submission> one;
  one.push_back({std::move(envelopes), std::move(bytes), std::move(answered)});
  take(std::move(one));
}

void IntakeService::submit_all(std::vector<Single> all) {
  std::vector<Submission> submissions;
  submissions.reserve(all.size());
  for (auto& one : all)
    submissions.push_back({{std::move(one.envelope)}, std::move(one.bytes), std::move(one.answered)});
  if (!submissions.empty()) take(std::move(submissions));
}

void IntakeService::take(std::vector<Submission> all) {
  std::size_t bytes = 0;
  for (const auto& one : all) bytes += one.bytes->size();
  Errc refusal{};
  std::string why;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      refusal = Errc::unavailable;
      why = "the server is stopping";
    } else if (waiting_bytes_ != 0 && waiting_bytes_ + bytes > limits_.waiting_bytes) {
      refusal = Errc::resource_exhausted;
      why = "too much mail waits for the store";
    } else {
      waiting_bytes_ += bytes;
      std::move(all.begin(), all.end(), std::back_inserter(waiting_));
    }
  }
  if (!why.empty()) {
    for (const auto& one : all) one.answered(failure(refusal, why));
    return;
  }
  wake_.notify_one();
}

std::size_t IntakeService::step() {
  std::vector<Submission> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(waiting_);
    waiting_bytes_ = 0;
  }
  std::size_t count = 0;
  std::size_t begin = 0;
  while (begin < taken.size()) {
    auto end = begin;
    std::size_t messages = 0;
    // A submission is never split, since its recipients are answered together.
    while (end < taken.size() && (end == begin || messages + taken[end].envelopes.size() <= limits_.batch_messages))
      messages += taken[end++].envelopes.size();
    store_batch(std::span(taken).subspan(begin, end - begin));
    count += messages;
    begin = end;
  }
  return count;
}

void IntakeService::store_batch(std::span<Submission> batch) {
  std::vector<RawMessage> messages;
  for (auto& submission : batch)
    for (auto& envelope : submission.envelopes) messages.push_back({std::move(envelope), *submission.bytes});
  auto stored = store_.accept(messages, within(limits_.store_time));
  const bool is_one_refused = !stored && stored.error().code == Errc::conflict && batch.size() > 1;
  if (!is_one_refused || ORGO_PLANT(one_refused_mail_refuses_all)) return answer(batch, messages, std::move(stored));
  std::span<const RawMessage> left = messages;
  for (auto& submission : batch) {
    const auto mine = left.first(submission.envelopes.size());
    left = left.subspan(mine.size());
    answer(std::span(&submission, 1), mine, store_.accept(mine, within(limits_.store_time)));
  }
}

void IntakeService::answer(std::span<Submission> batch, std::span<const RawMessage> messages,
                           Result<std::vector<Accepted>> stored) {
  if (!stored) {
    log::error("intake.trouble", {{"messages", messages.size()}, {"cause", stored.error().message}});
    // Who sent has no part in what the store refuses: there is nothing that they could mend.
    if (!ORGO_PLANT(store_refuses_the_sender)) stored = tl::unexpected(as_store_trouble(std::move(stored).error()));
  }
  std::vector<WorkKey> work;
  std::size_t at = 0;
  for (auto& submission : batch) {
    const auto size = submission.envelopes.size();
    if (stored) {
      const auto first = stored->begin() + static_cast<std::ptrdiff_t>(at);
      std::vector<Accepted> mine(first, first + static_cast<std::ptrdiff_t>(size));
      for (std::size_t i = 0; i < size; ++i)
        if (!mine[i].duplicate)
          work.push_back({messages[at + i].envelope.tenant, WorkKind::process, mine[i].message.value});
      submission.answered(std::move(mine));
    } else {
      submission.answered(tl::unexpected(stored.error()));
    }
    at += ORGO_PLANT(answers_of_a_batch_shifted) ? 1 : size;
    submission.bytes.reset();
  }
  if (!work.empty() && on_accepted_) on_accepted_(work);
}

void IntakeService::loop() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
    }
    step();
  }
}

}  // namespace orgo
