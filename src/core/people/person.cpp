#include "core/people/person.h"

#include <algorithm>

#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {

Status check_login(std::string_view login) {
  const auto inner = [](char c) { return c == '.' || c == '_' || c == '-'; };
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const bool right = !login.empty() && login.size() <= kLoginMost && plain(login.front()) && plain(login.back()) &&
                     std::ranges::all_of(login, [&](char c) { return plain(c) || inner(c); });
  if (right) return {};
  return failure(Errc::invalid_input, "'" + std::string(login.substr(0, 80)) +
                                          "' is no login name: write a to z, 0 to 9, and . _ - inside, at most " +
                                          std::to_string(kLoginMost) + " characters, as in anna.mueller");
}

std::string login_key(std::string_view typed) {
  return ascii_lower(trim(typed));
}

const Person* find_person(const std::vector<Person>& people, std::string_view name) {
  const auto key = login_key(name);
  const auto found = std::ranges::find_if(people, [&](const Person& person) {
    return person.login == key || (!person.address.empty() && is_same_address(person.address, key));
  });
  return found == people.end() ? nullptr : &*found;
}

Result<const Person*> resolve_person(const std::vector<Person>& people, std::string_view name) {
  if (const auto* person = find_person(people, name)) return person;
  std::vector<std::string_view> known;
  for (const auto& person : people) known.push_back(person.login);
  const auto nearest = nearest_name(login_key(name), known);
  return failure(Errc::not_found, "there is nobody called '" + std::string(name.substr(0, 80)) + "'" +
                                      (nearest.empty() ? "" : "; did you mean '" + std::string(nearest) + "'?"));
}

}  // namespace orgo
