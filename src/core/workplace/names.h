#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/people/person.h"
#include "core/workplace/workplace.h"

namespace orgo {

/// The accounts whose names rules and commands may say. Empty as long as there is but one, programs not counted: a
/// house that has told nobody's name yet works with any, as before there were accounts.
std::vector<Colleague> colleagues(std::span<const Person> people);

/// The same also when there is but one.
std::vector<Colleague> everybody(std::span<const Person> people);

/// Who is meant by a name.
struct Named {
  std::string name;     ///< what is kept: a login name, the name of a team or rota, or the address itself
  std::string address;  ///< where word for them goes now; empty: nowhere
};

/// The one place where what a person types becomes somebody: people, teams and rotas, each by its name or its address.
class Names {
 public:
  Names(const Workplace& workplace, std::vector<Colleague> people)
      : workplace_(workplace), people_(std::move(people)) {}

  /// Who works on a task: somebody by login name or address, a team, a rota, or any other address; empty: nobody.
  /// invalid_input: with the nearest name. conflict: their account is disabled. In a house that has declared nobody, no
  /// second account, no team and no rota, any name will do.
  [[nodiscard]] Result<Named> assignee(std::string_view name, TimePoint t) const;
  /// Who gets a task: a team, by its name or its address the same one; else as assignee().
  [[nodiscard]] Result<Named> receiver(std::string_view name, TimePoint t) const;
  /// Login names, teams and rotas to choose from, in order.
  [[nodiscard]] std::vector<std::string> all() const;

 private:
  const Workplace& workplace_;
  std::vector<Colleague> people_;
};

}  // namespace orgo
