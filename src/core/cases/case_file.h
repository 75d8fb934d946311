#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "core/sla/sla.h"

namespace orgo::cases {

/// When a case does not say when its message came: a Monday morning.
inline constexpr TimePoint kUsualTime{Millis{1'795'428'000'000}};  // 2026-11-23T10:00:00Z

/// What has to come of a message. Only what is written is compared. In the cases of a module, names of rules, templates
/// and task types are its own.
struct Expectation {
  std::optional<std::vector<std::string>> rules;            ///< that act, in order; empty: none
  std::optional<std::vector<std::string>> routed_to;        ///< in order; empty: nobody
  std::optional<std::vector<std::string>> escalation;       ///< "2 hours -> head", in order; "2 hours" reminds the team
  std::optional<std::vector<std::string>> replies;          ///< templates that are answered with, in order
  std::vector<std::string> keywords;                        ///< are found, among others
  std::vector<std::string> no_keywords;                     ///< are not found
  std::vector<std::string> tags;                            ///< are set, among others
  std::vector<std::string> told;                            ///< addresses that are notified, among others
  std::vector<std::pair<std::string, std::string>> fields;  ///< value of each; "" for none
  std::optional<std::string> priority, assign, task_type;
  std::optional<std::string> sla;  ///< name of the service level of the task; empty: it has none
  std::vector<std::pair<SlaClock, std::string>>
      due;                             ///< when its clocks are due: wall time in the calendar's zone, or RFC 3339
  std::optional<std::string> outcome;  ///< "task_opened", "recorded", "dropped"
  std::optional<bool> dropped;
};

/// A message and what has to come of it.
struct Case {
  std::string name;
  std::string path;  ///< where it stands
  int line = 0;
  std::string mail;  ///< as it would come over the wire
  TimePoint at = kUsualTime;
  Expectation expect;
};

/// Reads files of cases: YAML files with
///
///     cases:
///       - name: a leak
///         message: {from: "Anna <anna@school.org>", to: office@school.org, subject: Water, text: "It drips."}
///         expect: {rules: [leak], priority: high}
///
/// A service level is named (`sla: urgent`), and where it matters with the deadlines that come of it:
/// `sla: {name: urgent, first_response: "2026-11-23 14:00"}`.
/// And mails, `x.eml`, for each of which `x.yaml` has `expect: {...}`. A message may also have cc, html, headers (a
/// mapping), at (RFC 3339) and attachments (names). At most 10,000 cases.
std::vector<Case> read_cases(const std::vector<SourceFile>& files, std::vector<Diagnostic>& errors);

}  // namespace orgo::cases
