#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.h"
#include "core/changes/ref.h"

namespace orgo {

/// How the processing of one message ended. The numbers are stored; never reuse one.
enum class Outcome : std::int8_t {
  task_opened = 1,
  task_joined = 2,  ///< a follow-up or a further copy: attached to a task
  recorded = 3,     ///< kept, no work: auto-reply, bounce, list, own loop
  dropped = 4,      ///< a rule said so; kept and recorded
};
std::string_view to_string(Outcome outcome);

/// The decision about one message; at most one ever exists per message, and that makes processing exactly-once.
struct MessageDecision {
  MessageId message;
  Outcome outcome = Outcome::recorded;
  TaskRef task;               ///< opened, joined, or that a record is about; none: of no task
  std::string subject;        ///< for lists, at most 500 bytes
  std::string from;           ///< address, for lists
  std::string reason;         ///< one line for a person: "rule 'water' routed it to maintenance@..."
  std::string rules_version;  ///< hash of the rule set that decided
  TaskNumber split_to;        ///< what answers it goes there since a person split it off; 0: it was not
  std::string trace;          ///< stored form of a Trace (core/processing/trace.h); empty: none was kept

  [[nodiscard]] std::string key() const { return "decision:" + std::to_string(message.value); }
  static void refs(auto& self, auto visit) { visit(self.task); }
};

}  // namespace orgo
