#include "service/tasks/task_service.h"

#include "core/parts/parts.h"
#include "core/task/task_change.h"
#include "core/task/word_at_resolving.h"

namespace orgo {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(10);

/// The steps of a command are one change: each is decided on what the one before it leaves.
Result<Changes> decide_all(const Task& seen, const std::vector<commands::Step>& steps, std::string_view actor,
                           TimePoint now) {
  Changes all{.tenant = seen.tenant, .at = now};
  for (const auto& step : steps) {
    const auto* so_far = all.find<TaskChange>();
    ORGO_TRY(next, step(so_far != nullptr ? so_far->task : seen, actor, now));
    ORGO_CHECK(merge(all, std::move(next)));
  }
  return all;
}

}  // namespace

Result<Task> TaskService::run(const Target& target, const commands::Command& command, const commands::Input& input,
                              const FieldCheck& check, const commands::FindSla& find_sla) {
  commands::Help help{.check_field = check, .find_whom = {}, .find_sla = find_sla};
  if (resolve_)
    help.find_whom = [&](std::string_view name, bool receives, TimePoint now) -> Result<commands::Whom> {
      ORGO_TRY(named, resolve_(target.tenant, name, receives, now));
      return commands::Whom{std::move(named.name), std::move(named.address)};
    };
  help.find_task = [&](TaskNumber number) { return tasks_.read(target.tenant, number); };
  if (find_message_) help.find_message = [&](MessageId id) { return find_message_(target.tenant, id); };
  const auto origin_of = [&](TaskNumber number) {
    const auto part = tasks_.read(target.tenant, number);
    return part ? part->origin : MessageId{};
  };
  ORGO_TRY(steps, command.apply(input, help));
  for (int attempt = 1;; ++attempt) {
    ORGO_TRY(task, tasks_.read(target.tenant, target.task));
    if (target.version && *target.version != task.version)
      return failure(Errc::conflict, to_string(target.task) + " was changed meanwhile: it has version " +
                                         std::to_string(task.version) + ", not " + std::to_string(*target.version));
    ORGO_TRY(changes, decide_all(task, steps, target.actor, clock_.now()));
    if (changes.find<TaskChange>() == nullptr) return task;  // so already
    if (told_at_)
      for (auto& word :
           words_at_resolving(task, changes.find<TaskChange>()->task, origin_of, target.actor, changes.at)) {
        auto at = told_at_(as_asked_by(task, word.recipient.address, word.message));
        if (at.empty()) continue;
        word.recipient = mail_contact(std::move(at));
        changes.sends.push_back(std::move(word));
      }
    ORGO_TRY(answers, changes_.commit(std::span(&changes, 1), within(kCommitTime)));
    if (answers.at(0) && answers[0]->task) return tasks_.read(target.tenant, answers[0]->task);
    if (answers[0]) return std::move(changes.all<TaskChange>().front().task);
    auto error = std::move(answers[0]).error();
    // Also what a version was named for: another task that it is about may have changed, and its own is looked at.
    if (error.code != Errc::conflict || attempt >= kAttemptsMax) return tl::unexpected(std::move(error));
  }
}

Result<Named> TaskService::meant(TenantId tenant, std::string_view name, bool receives) const {
  if (!resolve_) return Named{std::string(name), {}};
  return resolve_(tenant, name, receives, clock_.now());
}

}  // namespace orgo
