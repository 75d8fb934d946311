#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/work/work.h"
#include "port/mail_sink.h"
#include "port/message_store.h"

namespace orgo {

struct IntakeLimits {
  std::size_t batch_messages = 500;      ///< per store call, 1 to 1,000
  std::size_t waiting_bytes = 64 << 20;  ///< of mail that waits for the store; past it: resource_exhausted at once
  Millis store_time{30'000};             ///< how long a batch may take before the sender is told to try again
};

/// The step from a door to the store: takes what all doors submit and makes it durable in batches. While one batch is
/// being flushed the next gathers, so that a batch closes as soon as the one before it has ended and never by waiting
/// for a timer.
class IntakeService final : public MailSink {
 public:
  /// `on_accepted` is called behind each batch that brought something new, with the work that came with it, on the
  /// service's thread: it announces that.
  using OnAccepted = std::function<void(std::span<const WorkKey>)>;
  IntakeService(MessageStore& store, IntakeLimits limits, OnAccepted on_accepted);
  ~IntakeService() override;
  IntakeService(const IntakeService&) = delete;
  IntakeService& operator=(const IntakeService&) = delete;

  void submit(std::vector<Envelope> envelopes, std::shared_ptr<const std::string> bytes, Done done) override;
  /// As submit(), but answers what the store gave: for callers that tell the ids (HTTP, import).
  using Answered = std::function<void(Result<std::vector<Accepted>>)>;
  void submit_for_ids(std::vector<Envelope> envelopes, std::shared_ptr<const std::string> bytes, Answered answered);

  /// One message with an answer of its own.
  struct Single {
    Envelope envelope;
    std::shared_ptr<const std::string> bytes;
    Answered answered;
  };
  /// Many at once, which come to the store together as far as a batch holds them. Each is answered for itself; where
  /// there is no room for all of them, none is taken.
  void submit_all(std::vector<Single> all);

  /// Stores all that waits, once, on the caller's thread; returns how many messages. For the simulator, and used by the
  /// thread.
  std::size_t step();
  /// Begins the service's own thread. Without it, somebody calls step().
  void start();
  /// Stores what waits, then ends the thread; what comes later is answered `unavailable`. Twice is harmless.
  void stop();

 private:
  struct Submission {
    std::vector<Envelope> envelopes;
    std::shared_ptr<const std::string> bytes;
    Answered answered;
  };
  /// All of them, or none; then each is answered why.
  void take(std::vector<Submission> all);
  void loop();
  /// One that the store refuses for what it is (conflict) takes none of its batch with it: each is stored alone then.
  void store_batch(std::span<Submission> batch);
  void answer(std::span<Submission> batch, std::span<const RawMessage> messages, Result<std::vector<Accepted>> stored);

  MessageStore& store_;
  IntakeLimits limits_;
  OnAccepted on_accepted_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Submission> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace orgo
