#include "core/people/people_commands.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/planted.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "base/unicode.h"
#include "core/contact/contact.h"
#include "core/contact/mail_address.h"
#include "core/people/person_change.h"

namespace orgo::people {
namespace {

bool is_clean(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Status check_text(std::string_view what, std::string_view text, std::size_t most) {
  if (text.size() > most)
    return failure(Errc::invalid_input,
                   "the " + std::string(what) + " has more than " + std::to_string(most) + " bytes");
  if (!is_clean(text)) return failure(Errc::invalid_input, "the " + std::string(what) + " has control characters");
  return {};
}

Status check_fields(const PersonFields& fields) {
  if (fields.name) ORGO_CHECK(check_text("name", *fields.name, kPersonNameMost));
  if (fields.address && !fields.address->empty() && !is_typed_address(*fields.address))
    return failure(Errc::invalid_input, "'" + fields.address->substr(0, 80) + "' is no mail address");
  if (fields.zone && !fields.zone->empty() && !TimeZone::find(*fields.zone))
    return failure(Errc::invalid_input, "'" + fields.zone->substr(0, 80) + "' is no time zone; as in Europe/Berlin");
  if (!fields.teams) return {};
  if (fields.teams->size() > kPersonTeamsMost)
    return failure(Errc::invalid_input, "nobody is in more than " + std::to_string(kPersonTeamsMost) + " teams");
  for (const auto& team : *fields.teams) {
    if (trim(team).empty()) return failure(Errc::invalid_input, "the name of a team is empty");
    ORGO_CHECK(check_text("name of a team", team, kPersonNameMost));
  }
  return {};
}

Event& tell(Changes& changes, EventKind kind, std::string_view actor) {
  changes.events.push_back({.kind = kind, .at = changes.at, .actor = std::string(actor)});
  return changes.events.back();
}

bool is_administrator(const Person& person) {
  return person.role == Role::administrator && !person.disabled;
}

/// The next version of `person` in a Changes, with its event; `data` writes what became different.
Changes change(const Person& person, Person next, EventKind kind, std::string_view actor, TimePoint now, auto data) {
  Changes changes{.tenant = person.tenant, .at = now};
  next.version = person.version + 1;
  next.updated_at = now;
  JsonWriter json(tell(changes, kind, actor).data);
  json.begin_object().field("login", person.login);
  data(json);
  json.end_object();
  const bool was = person.version > 0 && is_administrator(person);
  const bool could_log_in = was && !person.password.empty();
  const bool stays = is_administrator(next) && (!could_log_in || !next.password.empty());
  changes.add(PersonChange{std::move(next), was && !stays && !ORGO_PLANT(last_administrator_may_go), could_log_in});
  return changes;
}

/// Behind every session that may have begun, by whatever clock: the last one began at the last login.
TimePoint end_of_sessions(const Person& person, TimePoint now) {
  return std::max({now, person.sessions_valid_after, person.last_login.value_or(now)});
}

/// Takes the fields over and writes those that became different.
bool take(Person& person, const PersonFields& fields, JsonWriter& json) {
  bool any = false;
  const auto text = [&](std::string_view name, std::string& to, const std::optional<std::string>& value) {
    if (!value || to == *value) return;
    any = true;
    to = *value;
    json.field(name, to);
  };
  text("name", person.name, fields.name);
  text("address", person.address, fields.address ? std::optional(mail_contact(*fields.address).address) : std::nullopt);
  if (!ORGO_PLANT(zone_of_a_person_unheard)) text("zone", person.zone, fields.zone);
  if (fields.teams && person.teams != *fields.teams) {
    any = true;
    person.teams = *fields.teams;
    json.key("teams").begin_array();
    for (const auto& team : person.teams) json.string(team);
    json.end_array();
  }
  if (fields.role && person.role != *fields.role) {
    any = true;
    person.role = *fields.role;
    json.field("role", to_string(person.role));
  }
  return any;
}

/// What take() writes stands in the event, and what it makes of `person` is the next version.
Changes changed(const Person& person, const PersonFields& fields, EventKind kind, std::string_view actor,
                TimePoint now) {
  auto next = person;
  std::string unused;
  JsonWriter probe(unused);
  probe.begin_object();
  (void)take(next, fields, probe);
  return change(person, std::move(next), kind, actor, now, [&](JsonWriter& json) {
    auto again = person;
    (void)take(again, fields, json);
  });
}

bool would_change(const Person& person, const PersonFields& fields) {
  auto next = person;
  std::string unused;
  JsonWriter probe(unused);
  probe.begin_object();
  return take(next, fields, probe);
}

}  // namespace

Result<Changes> add(TenantId tenant, std::string_view login, const PersonFields& fields, std::string_view actor,
                    TimePoint now) {
  ORGO_CHECK(check_login(login));
  ORGO_CHECK(check_fields(fields));
  return changed({.tenant = tenant, .login = std::string(login), .created_at = now}, fields, EventKind::person_added,
                 actor, now);
}

Result<Changes> set(const Person& person, const PersonFields& fields, std::string_view actor, TimePoint now) {
  ORGO_CHECK(check_fields(fields));
  if (!would_change(person, fields)) return failure(Errc::conflict, person.login + " has all of this already");
  return changed(person, fields, EventKind::person_changed, actor, now);
}

Result<Changes> disable(const Person& person, std::string_view actor, TimePoint now) {
  if (person.disabled) return failure(Errc::conflict, person.login + " is disabled already");
  auto next = person;
  next.disabled = true;
  if (!ORGO_PLANT(enabled_again_is_logged_in)) next.sessions_valid_after = end_of_sessions(person, now);
  return change(person, next, EventKind::person_disabled, actor, now, [](JsonWriter&) {});
}

Result<Changes> enable(const Person& person, std::string_view actor, TimePoint now) {
  if (!person.disabled) return failure(Errc::conflict, person.login + " is not disabled");
  auto next = person;
  next.disabled = false;
  return change(person, next, EventKind::person_enabled, actor, now, [](JsonWriter&) {});
}

Status check_password(const Person& person, std::string_view password) {
  if (count_characters(password) < kPasswordLeast)
    return failure(Errc::invalid_input, "the password has fewer than " + std::to_string(kPasswordLeast) +
                                            " characters; four words in a row are easy to keep and hard to guess");
  if (ascii_iequals(password, person.login) || ascii_iequals(password, person.address) ||
      ascii_iequals(password, person.name))
    return failure(Errc::invalid_input, "the password is the name or the address");
  return {};
}

Result<Changes> set_password(const Person& person, std::string hash, std::string_view actor, TimePoint now) {
  auto next = person;
  const bool any = !hash.empty();
  next.password = std::move(hash);
  if (!ORGO_PLANT(sessions_outlive_the_password)) next.sessions_valid_after = end_of_sessions(person, now);
  return change(person, next, EventKind::person_password, actor, now,
                [&](JsonWriter& json) { json.field("set", any); });
}

Result<Changes> log_out(const Person& person, std::string_view actor, TimePoint now) {
  auto next = person;
  next.sessions_valid_after = end_of_sessions(person, now);
  return change(person, next, EventKind::person_logged_out, actor, now, [](JsonWriter&) {});
}

Changes logged_in(const Person& person, std::string_view address, TimePoint now) {
  auto next = person;
  next.last_login = session_begin(person, now);
  return change(person, next, EventKind::person_logged_in, "user:" + person.login, now,
                [&](JsonWriter& json) { json.field("address", address); });
}

Changes refused(TenantId tenant, std::string_view login, std::string_view address, TimePoint now) {
  Changes changes{.tenant = tenant, .at = now};
  JsonWriter json(tell(changes, EventKind::person_refused, "login").data);
  json.begin_object();
  if (!login.empty()) json.field("login", login);
  json.field("address", address).end_object();
  return changes;
}

TimePoint session_begin(const Person& person, TimePoint now) {
  return std::max(now, person.sessions_valid_after + Millis{1});
}

bool session_holds(const Person& person, TimePoint began_at) {
  return !person.disabled && began_at > person.sessions_valid_after;
}

}  // namespace orgo::people
