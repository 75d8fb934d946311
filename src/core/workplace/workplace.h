#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/answer/mail_answers.h"
#include "core/calendar/calendar.h"
#include "core/sla/sla.h"
#include "core/workplace/on_call.h"

namespace orgo {

/// Somebody with an account, as far as the names in rules and commands go.
struct Colleague {
  std::string login;
  std::string address;  ///< empty: none
  std::vector<std::string> teams;
  bool disabled = false;
  friend bool operator==(const Colleague&, const Colleague&) = default;
};

/// Whose files are read. Those of a module may leave out what only the organization that uses it can say (its time
/// zone, who its teams are), and don't speak for it (which customers it has).
struct WorkplaceScope {
  bool of_module = false;
  std::vector<std::string> contacts;  ///< of a module: the teams and roles that are declared beside `teams`
  /// Who has an account. Empty: names are free, as in a house that has told nobody's name yet.
  std::vector<Colleague> people;
  /// A name that reaches nobody is an error, as who writes the rules wants to hear it. Else it is a warning as far as
  /// it depends on accounts: rules that were taken once hold, whatever becomes of those.
  bool strict = false;
  /// Rules that were in force once, read again to tell what they decided: who had an account then is not known, and
  /// every name of a member holds.
  bool of_past = false;
  /// Addresses of the mailboxes that mail is fetched from.
  std::vector<std::string> fetched = {};
  /// Files without `rules:` in any of them are an error: nobody means by it that there are to be none.
  bool must_have_rules = false;
};

/// People who share work under one name.
struct Team {
  std::string name;
  std::string address;                         ///< where its mail goes; may be empty
  std::vector<std::string> members;            ///< addresses
  std::string on_call;                         ///< name of a rota; empty: none
  std::string calendar, sla;                   ///< names; empty: the default
  std::optional<MailAnswers> answers_by_mail;  ///< nullopt: what the organization says
  std::string signature;                       ///< under answers to customers; lines
  bool is_default = false;                     ///< hears for the teams of modules that reach nobody
};

/// What a module says of the tasks that are of its types ("it_helpdesk/fault").
struct ModuleTimes {
  std::string default_sla;        ///< full name; empty: none
  std::string default_calendar;   ///< the same; only where the organization has no default
  std::optional<Calendar> quiet;  ///< only where the organization has no quiet hours
};

/// How an organization works: when (calendars, quiet hours), who (teams, rotas) and by when (service levels). A part of
/// the rule set, so that one version names both; immutable.
struct Workplace {
  Calendars calendars;
  std::map<std::string, Sla, std::less<>> slas;
  std::string default_sla;
  std::map<std::string, std::string, std::less<>> sla_of_customer;  ///< folded address or @domain -> name
  std::map<std::string, Team, std::less<>> teams;
  std::map<std::string, OnCall, std::less<>> on_call;
  std::map<std::string, Colleague, std::less<>> people;  ///< by login name
  std::vector<std::string> fetched;                      ///< what is sent to one of these comes back as new mail
  std::optional<Calendar> quiet;                         ///< open: quiet; then only urgent steps fire
  std::map<std::string, ModuleTimes, std::less<>>
      modules;  ///< by name of a module; what it declares stands above as "module/name"

  /// By name without case, or, of the organization's own, by its address. nullptr: none.
  [[nodiscard]] const Team* team(std::string_view name_or_address) const;
  /// Where mail for a team goes; empty: it has no address, or there is no such team.
  [[nodiscard]] std::string_view team_address(std::string_view name_or_address) const;
  /// Who has this login name or address; nullptr: nobody.
  [[nodiscard]] const Colleague* person(std::string_view name_or_address) const;
  /// The team that hears for those of modules that reach nobody: the one that says so, else the only one. nullptr:
  /// none.
  [[nodiscard]] const Team* default_team() const;
  /// Is mail fetched from the mailbox of this address?
  [[nodiscard]] bool is_fetched(std::string_view address) const;
  /// Where word for a team or person goes at `t`: the one who is on call, the team's address, its first member, the
  /// address of a login name; an address is itself. Empty: nowhere. `on_call`: also a team's rota counts; else only its
  /// address. Where mail is fetched from the team's address a member is told instead, as long as there is one.
  [[nodiscard]] std::string address_of(std::string_view target, TimePoint t, bool on_call) const;
  /// The name under which a task stands with whoever is meant, by name or address, as Names says it for commands: one
  /// and the same team or person has one name in the history, lists and filters. Others are themselves.
  [[nodiscard]] std::string receiver_name(std::string_view name_or_address) const;
  [[nodiscard]] std::string assignee_name(std::string_view name_or_address) const;
  /// receiver_name() and all else under which tasks of theirs may stand from before they had that name: their address,
  /// and what was given.
  [[nodiscard]] std::vector<std::string> names_of(std::string_view name_or_address) const;
  /// Where word for whoever has a task goes at `t`: the assignee, else the team. Empty: nowhere.
  [[nodiscard]] std::string address_of_holder(std::string_view assignee, std::string_view team, TimePoint t) const;
  /// Is it the address of a team, of one of its members, or of somebody on a rota, by turn, shift or override, or
  /// of somebody with an account? Their mails are answers of ours.
  [[nodiscard]] bool is_staff(std::string_view address) const;
  /// The service level of a new task: `wanted` by a rule, else that of the customer, the team, the module of its type,
  /// the default; with its calendar's name. nullopt: none, or no such name.
  [[nodiscard]] std::optional<TaskSla> sla_for(std::string_view wanted, std::string_view customer,
                                               std::string_view team, std::string_view task_type = {}) const;
  /// The calendar of a name; that of the organization when it is empty or gone.
  [[nodiscard]] const Calendar& calendar(std::string_view name) const;
  /// The organization's time zone: that of its default calendar, else the configured one.
  [[nodiscard]] const TimeZone& zone(const TimeZone& configured) const;
  /// The name of the calendar for a customer and a team, else the organization's, else that of the module of the task's
  /// type (what is promised depends on the kind of work; when we are open, on the house). Empty: none.
  [[nodiscard]] std::string calendar_for(std::string_view customer, std::string_view team,
                                         std::string_view task_type = {}) const;
  /// The quiet hours of a task of this type: the organization's, else its module's. nullptr: none.
  [[nodiscard]] const Calendar* quiet_for(std::string_view task_type) const;
  /// The service level of a task as it is now, or as the task remembers it.
  [[nodiscard]] const Sla& current(const TaskSla& sla) const;

 private:
  [[nodiscard]] const ModuleTimes* module_of(std::string_view task_type) const;
};

}  // namespace orgo
