#pragma once
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "adapter/sql/connection.h"
#include "adapter/sql/postgres/postgres_connection.h"

namespace orgo::sql {

/// A connection for what nodes tell each other in single statements, beside the group commit: no batch of mails and no
/// lock of a tenant keeps them waiting. It connects when it is first used, and again where it was cut. Threads: any,
/// one after the other.
class PostgresLine {
 public:
  /// `options.patience` is for all that one say() does, and for its turn.
  explicit PostgresLine(PostgresOptions options);
  PostgresLine(const PostgresLine&) = delete;
  PostgresLine& operator=(const PostgresLine&) = delete;

  /// `talk` runs statements, each a transaction by itself, and gives a Result or a Status. It runs again, once, when it
  /// was cut off, so it may say the same twice. unavailable also for a moment after the server was: who comes then
  /// doesn't wait for it, too.
  template <typename Talk>
  auto say(Talk talk) -> std::invoke_result_t<Talk&, Connection&> {
    const Turn turn(*this);
    if (!turn.is_ours()) return failure(Errc::unavailable, "PostgreSQL: others wait for it already");
    if (away_ && std::chrono::steady_clock::now() < rests_until_) return tl::unexpected(*away_);
    const auto until = within(options_.patience);
    for (bool is_first = true;; is_first = false) {
      if (auto connected = connect(); !connected) return tl::unexpected(rest_after(std::move(connected).error()));
      auto answer = talk(*connection_);
      if (answer || connection_->is_usable()) return answer;
      if (!is_first || std::chrono::steady_clock::now() >= until)
        return tl::unexpected(rest_after(std::move(answer).error()));
    }
  }

 private:
  /// From when nobody else is at it; not ours when that took longer than the patience. (No std::timed_mutex, whose
  /// waits the ThreadSanitizer of GCC 12 does not know.)
  class Turn {
   public:
    explicit Turn(PostgresLine& line);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    [[nodiscard]] bool is_ours() const { return is_ours_; }

   private:
    PostgresLine& line_;
    bool is_ours_ = false;
  };
  Status connect();
  Error rest_after(Error error);

  const PostgresOptions options_;
  std::mutex mutex_;
  std::condition_variable turn_ended_;
  bool is_taken_ = false;
  std::unique_ptr<Connection> connection_;
  std::optional<Error> away_;
  Deadline rests_until_{};
};

}  // namespace orgo::sql
