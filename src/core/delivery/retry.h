#pragma once
#include "base/time.h"
#include "core/changes/priority.h"
#include "core/delivery/send_outcome.h"

namespace orgo {

/// How an attempt ended, as the channel saw it.
enum class AttemptResult {
  delivered,  ///< the peer has it
  temporary,  ///< not taken now (SMTP 4yz, HTTP 429 and 5xx, no connection)
  permanent,  ///< never will be taken (SMTP 5yz, other HTTP 4xx)
  unknown,    ///< the answer was lost: taken or not
};

/// When to try again. Waits grow by `factor` from `first` to `most`, each spread by `jitter` to both sides so that what
/// failed together does not come back together; after `attempts_max` attempts or at the age of `age_max` it has failed.
/// Defaults: 30 s, 1 min, 2 min ... 1 h, for 5 days (RFC 5321, section 4.5.4.1: "at least 4-5 days").
struct RetryPolicy {
  Millis first{30'000};
  Millis most{3'600'000};
  double factor = 2.0;
  double jitter = 0.2;     ///< 0 to 1: of the wait
  int attempts_max = 150;  ///< 1 or more
  Millis age_max{5 * 24 * 3'600'000LL};
};
/// What is urgent is wanted at once: from 5 s to at most 5 min, as long as the others. The rest: `ordinary`.
RetryPolicy retry_policy(Priority priority, RetryPolicy ordinary = {});

/// The wait after the attempt number `attempts` (1 is the first). `random` from 0 to 1.
Millis retry_wait(const RetryPolicy& policy, int attempts, double random);

struct RetryDecision {
  SendOutcome::Kind kind = SendOutcome::Kind::deferred;
  TimePoint next_attempt{};  ///< for deferred
};
/// What becomes of a send after attempt number `attempts`. permanent: failed. temporary and unknown: deferred, until
/// the policy ends it: failed. (unknown is sent again: the same Message-ID tells the recipient that it is the same; not
/// to send it could lose it.)
RetryDecision decide_retry(const RetryPolicy& policy, AttemptResult result, int attempts, TimePoint created_at,
                           TimePoint now, double random);

}  // namespace orgo
