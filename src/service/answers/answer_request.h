#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/delivery/answer_file.h"
#include "core/policy/policy.h"
#include "core/task/task.h"

namespace orgo {

/// What somebody wants said about a task.
struct AnswerRequest {
  static constexpr std::size_t kTextMax = 256 * 1024;              ///< bytes
  static constexpr std::size_t kToMax = TaskTies::kMergedMax + 1;  ///< as many can have asked
  static constexpr std::size_t kCcMax = 50;
  static constexpr std::size_t kFilesMax = 50;

  TenantId tenant;
  TaskNumber task;
  std::string login;            ///< who writes: their account, or the name of a token that is nobody's
  std::string text;             ///< UTF-8; may be empty when there are files or a template
  bool internal = false;        ///< a note for colleagues, which goes to nobody
  std::string template_name;    ///< of the rule file: its words stand first; empty: none
  bool quote = false;           ///< what the customer wrote last stands below, with ">"
  std::vector<std::string> to;  ///< of those who asked; empty: who wrote last of them
  std::vector<std::string> cc;
  std::vector<AnswerFile> files;
  std::optional<TaskState> then;  ///< moves the task besides; nullopt: what the settings say
  /// Chosen by the caller: the same answer under the same key is one answer, however often it is asked for. Empty: each
  /// request is another.
  std::string key;
  /// That the person saw; another one is a conflict, but for an answer that was accepted under its key already.
  std::optional<std::int64_t> version;
};

/// What somebody told by phone or at the counter.
struct TakenDown {
  TenantId tenant;
  std::string login;  ///< who takes it down
  std::string title;
  std::string text;
  std::string requester;  ///< their mail address; empty: they have none, or did not say
  std::string requester_name;
  std::string team, assignee;  ///< as Names has them; empty: as the rules say
  std::optional<Priority> priority;
  std::vector<AnswerFile> files;
  std::string key;  ///< as AnswerRequest::key
};

/// invalid_input: too much of something, or what can't be meant.
Status check_form(const AnswerRequest& request);
/// Besides: whom no answer would reach. That is an address of ours, a team's, and one that nobody reads.
Status check_form(const TakenDown& taken, const Policy& policy);

/// What was asked for, whatever the house makes of it: the same for the same request, its key and version apart.
std::string hash_of(const AnswerRequest& request);
std::string hash_of(const TakenDown& taken);

}  // namespace orgo
