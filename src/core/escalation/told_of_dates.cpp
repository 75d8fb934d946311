#include "core/escalation/told_of_dates.h"

#include <algorithm>
#include <iterator>

#include "core/contact/mail_address.h"

namespace orgo {

std::vector<std::string> told_of_dates(const Task& task, TimePoint now, const EscalationContext& context) {
  if (context.workplace != nullptr) {
    if (auto holder = context.workplace->address_of_holder(task.assignee, task.team, now); !holder.empty())
      return {std::move(holder)};
  } else {
    for (const auto& one : {task.assignee, task.team})
      if (is_mail_address(one)) return {one};
  }
  std::vector<std::string> administrators;
  std::ranges::copy_if(context.administrators, std::back_inserter(administrators),
                       [](const auto& one) { return is_mail_address(one); });
  return administrators;
}

std::optional<TimePoint> quiet_until(const Task& task, TimePoint now, const EscalationContext& context) {
  if (context.workplace == nullptr || task.priority == Priority::urgent) return std::nullopt;
  const auto* quiet = context.workplace->quiet_for(task.type);
  return quiet != nullptr && open_at(*quiet, now) ? next_close(*quiet, now) : std::nullopt;
}

}  // namespace orgo
