#include "app/access/first_administrator.h"

#include <filesystem>
#include <system_error>

#include "adapter/data_folder/write_file.h"
#include "base/password_hash.h"
#include "base/planted.h"
#include "service/people/people_service.h"

namespace orgo {
namespace {

constexpr const char* kName = "admin";

std::string words(const FirstLogin& login) {
  return "The first administrator of this Orgo logs in on its page with\n\n  name:     " + login.name +
         "\n  password: " + login.password + "\n\nand then chooses another password under \"" + login.name +
         "\" in the bar. `orgo user add` lets others in.\nThis file goes at the next start after that.\n";
}

}  // namespace

Result<std::optional<FirstLogin>> make_first_administrator(TenantId tenant, PeopleStore& people, ChangeStore& changes,
                                                           Clock& clock, const std::string& folder) {
  const auto file = std::filesystem::path(folder) / kFirstLoginFile;
  ORGO_TRY(anybody, people.list_people(tenant, "", 1));
  if (!anybody.empty()) {
    ORGO_TRY(first, people.find_person(tenant, kName));
    std::error_code ignored;  // it is looked at again at the next start
    if (first && first->last_login && !ORGO_PLANT(first_password_stays_there)) std::filesystem::remove(file, ignored);
    return std::optional<FirstLogin>();
  }
  FirstLogin login{kName, random_password(), file.string()};
  // The file first: an account whose password stands nowhere would be of no use; a file without one is written anew.
  ORGO_CHECK(write_file(login.file, words(login)));
  PasswordWork passwords;
  PeopleService service(people, changes, clock, passwords);
  ORGO_TRY(made, service.add(tenant, login.name, {.role = Role::administrator}, login.password, "first start"));
  (void)made;
  return std::optional(std::move(login));
}

}  // namespace orgo
