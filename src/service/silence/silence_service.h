#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/silence/rhythm.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/silence_store.h"
#include "port/task_store.h"

namespace orgo {

/// What the organization has decided about it, as it is now.
struct SilenceRules {
  bool alarm = true;  ///< false: nothing is learned and nobody is told
  silence::Settings judge;
  std::vector<std::string> administrators;
};

struct SilenceSettings {
  TenantId tenant;  ///< whose mail is listened to
  /// Asked at each step in which there is something to judge, since calendars change while the program runs; empty: the
  /// defaults. An error ends the step.
  std::function<Result<SilenceRules>()> rules = {};
  Millis save_every{300'000};  ///< what was learned since is learned again from the messages after a crash
};

/// The silence alarm (I8): reads which messages came, learns the rhythm of each source, and opens a task when one is
/// silent beyond it. Sources are known by their first mail. Imported and archived mail does not count. One thread calls
/// step(), about every minute.
class SilenceService {
 public:
  /// `trouble_of` says what a source itself complains of, for the task; may be empty.
  SilenceService(SilenceStore& store, TaskStore& tasks, ChangeStore& changes, Clock& clock, SilenceSettings settings,
                 std::function<std::string(const std::string& source)> trouble_of = {});

  struct Report {
    int arrivals = 0;
    int raised = 0;
    int ended = 0;
    bool more = false;  ///< there are more arrivals to read
  };
  Result<Report> step();
  /// The tenant was suspended until now: the next step counts none of the time since the last one as silence, of
  /// whichever length.
  void stood_still() { stood_still_ = true; }
  /// Writes down what was learned; at the end of the program.
  Status save();
  /// Another node has learned meanwhile: the next step begins with what is written down.
  void forget();
  /// Sources that are known; 0: no mail ever came.
  [[nodiscard]] std::size_t sources() const { return sources_.size(); }

 private:
  struct Source {
    silence::Rhythm rhythm;
    bool heard = false;  ///< in this step
  };
  Status load();
  Status read_alarms();
  Status raise(const std::string& source, const Source& state, Report& report);
  Status end(const OpenAlarm& alarm, Report& report);

  SilenceStore& store_;
  TaskStore& tasks_;
  ChangeStore& changes_;
  Clock& clock_;
  SilenceSettings settings_;
  const std::function<std::string(const std::string&)> trouble_of_;
  SilenceRules rules_;
  bool loaded_ = false;
  bool stood_still_ = false;
  MessageId upto_;
  std::map<std::string, Source> sources_;
  std::map<std::string, OpenAlarm> alarms_;
  TimePoint saved_at_{};
};

/// The source that an arrival counts for; empty: it counts for none.
std::string silence_source(const Arrival& arrival);

}  // namespace orgo
