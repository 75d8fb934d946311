#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar/calendar.h"
#include "core/escalation/on_call.h"
#include "core/sla/sla.h"

namespace orgo {

/// People who share work under one name.
struct Team {
  std::string name;
  std::string address;               ///< where its mail goes; may be empty
  std::vector<std::string> members;  ///< addresses
  std::string on_call;               ///< name of a rota; empty: none
  std::string calendar, sla;         ///< names; empty: the default
};

/// How an organization works: when (calendars, quiet hours), who (teams, rotas) and by when (service levels). A part of the
/// rule set, so that one version names both; immutable.
struct Workplace {
  Calendars calendars;
  std::map<std::string, Sla, std::less<>> slas;
  std::string default_sla;
  std::map<std::string, std::string, std::less<>> sla_of_customer;  ///< folded address or @domain -> name
  std::map<std::string, Team, std::less<>> teams;
  std::map<std::string, OnCall, std::less<>> on_call;
  std::optional<Calendar> quiet;  ///< open: quiet; then only urgent steps fire

  /// By name without case, or by its address. nullptr: none.
  [[nodiscard]] const Team* team(std::string_view name_or_address) const;
  /// Where word for a team or person goes at `t`: the one who is on call, the team's address, its first member; an address
  /// is itself. Empty: nowhere. `on_call`: also a team's rota counts; else only its address.
  [[nodiscard]] std::string address_of(std::string_view target, TimePoint t, bool on_call) const;
  /// Is it the address of a team, of one of its members, or of somebody on a rota? Their mails are answers of ours.
  [[nodiscard]] bool is_staff(std::string_view address) const;
  /// The service level of a new task: `wanted` by a rule, else that of the customer, the team, the default; with its
  /// calendar's name. nullopt: none, or no such name.
  [[nodiscard]] std::optional<TaskSla> sla_for(std::string_view wanted, std::string_view customer, std::string_view team) const;
  /// The calendar of a name; that of the organization when it is empty or gone.
  [[nodiscard]] const Calendar& calendar(std::string_view name) const;
  /// The name of the calendar for a customer and a team; empty: the default, or none.
  [[nodiscard]] std::string calendar_for(std::string_view customer, std::string_view team) const;
  /// The service level of a task as it is now, or as the task remembers it.
  [[nodiscard]] const Sla& current(const TaskSla& sla) const;
};

}  // namespace orgo
