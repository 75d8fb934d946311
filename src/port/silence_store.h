#pragma once
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/intake/raw_message.h"
#include "core/silence/rhythms_learned.h"

namespace orgo {

/// One accepted message, as the silence alarm (I8) counts it.
struct Arrival {
  MessageId message;
  Channel channel = Channel::lmtp;
  std::string peer;  ///< of a mailbox: "mailbox:" and its name
  TimePoint at{};    ///< received_at
  bool archived = false;
};

struct OpenAlarm {
  std::string source;
  TaskNumber task;
  TimePoint opened_at{};
};

/// What the silence alarm remembers. RhythmsLearned, AlarmOpened and AlarmClosed write it.
/// Backends: memory, SQL; contract: tests/contract/silence_store_contract_test.cpp. Threads: any.
/// Errors of every method: unavailable, resource_exhausted (disk full), corrupt.
class SilenceStore {
 public:
  virtual ~SilenceStore() = default;
  /// Messages behind `after` in the order of their acceptance, at most `limit`.
  virtual Result<std::vector<Arrival>> arrivals_after(TenantId tenant, MessageId after, int limit) = 0;
  struct Learned {
    MessageId upto;  ///< arrivals up to it are in the rhythms
    std::vector<StoredRhythm> rhythms;
  };
  /// By source.
  virtual Result<Learned> read_rhythms(TenantId tenant) = 0;
  /// By source.
  virtual Result<std::vector<OpenAlarm>> open_alarms(TenantId tenant) = 0;
};

}  // namespace orgo
