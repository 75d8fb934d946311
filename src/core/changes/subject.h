#pragma once
#include <cstdint>
#include <string>

#include "base/id.h"
#include "core/changes/ref.h"

namespace orgo {

/// The kinds of things that events, sends and timers are about. The numbers are stored; never reuse one. A feature that
/// brings a new kind of thing adds one line here and a constructor to Subject.
enum class SubjectKind : std::int8_t { none = 0, task = 1, token = 2 };

/// What an event, a send or a timer is about: a thing of one kind, existing or new in the same Changes.
class Subject {
 public:
  constexpr Subject() = default;
  constexpr Subject(TaskRef task)  // NOLINT(google-explicit-constructor): a task is a subject
      : kind_(task ? SubjectKind::task : SubjectKind::none), number_(task.number()) {}
  constexpr Subject(TaskNumber task) : Subject(TaskRef(task)) {}  // NOLINT(google-explicit-constructor): as above
  /// From columns; 0: none, whatever the kind.
  constexpr Subject(SubjectKind kind, std::int64_t id) : kind_(id != 0 ? kind : SubjectKind::none), number_(id) {}

  /// The token that the same Changes makes.
  static constexpr Subject new_token() { return {SubjectKind::token, -1}; }

  constexpr explicit operator bool() const { return kind_ != SubjectKind::none; }
  [[nodiscard]] constexpr SubjectKind kind() const { return kind_; }
  /// Of the same Changes: it gets its id when that is committed.
  [[nodiscard]] constexpr bool is_new() const { return number_ < 0; }
  /// Of an existing thing; 0: of none, and of a new one.
  [[nodiscard]] constexpr std::int64_t id() const { return number_ > 0 ? number_ : 0; }
  /// None when it is about something else.
  [[nodiscard]] constexpr TaskRef task_ref() const {
    return kind_ == SubjectKind::task ? TaskRef::from_number(number_) : TaskRef{};
  }
  /// The existing task that it is about; 0: none.
  [[nodiscard]] constexpr TaskNumber task() const { return task_ref().id(); }
  friend constexpr auto operator<=>(const Subject&, const Subject&) = default;

 private:
  SubjectKind kind_ = SubjectKind::none;
  std::int64_t number_ = 0;  ///< as Ref::number()
};

/// "T-12", "token 7"; empty: none.
inline std::string to_string(const Subject& subject) {
  if (subject.kind() == SubjectKind::token)
    return subject.is_new() ? std::string("new token") : "token " + std::to_string(subject.id());
  return to_string(subject.task_ref());
}

}  // namespace orgo
