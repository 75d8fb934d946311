#pragma once
#include <cstddef>
#include <iterator>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/changes/event.h"
#include "core/changes/ref.h"
#include "core/changes/send.h"
#include "core/changes/subject.h"
#include "core/changes/timer_change.h"

namespace orgo {

/// A change of state that belongs to one feature: a task, a decision, an entry of the suppression list. Which there are
/// stands in one list, core/parts/parts.h, that nothing here depends on: a feature adds its part by one line there.
struct Part;

/// The parts of one type, in their order: a range over those that somebody else keeps. `P` is const or not.
template <typename P>
class PartsOf {
  using PartPtr = std::conditional_t<std::is_const_v<P>, const Part*, Part*>;

 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = std::remove_const_t<P>;
    using difference_type = std::ptrdiff_t;
    using pointer = P*;
    using reference = P&;
    Iterator() = default;
    Iterator(PartPtr at, PartPtr end);
    P& operator*() const;
    P* operator->() const { return &**this; }
    Iterator& operator++();
    Iterator operator++(int) {
      auto before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    void skip_others();
    PartPtr at_ = nullptr;
    PartPtr end_ = nullptr;
  };
  using value_type = std::remove_const_t<P>;
  using iterator = Iterator;
  using const_iterator = Iterator;

  PartsOf(PartPtr begin, PartPtr end) : begin_(begin, end), end_(end, end) {}
  [[nodiscard]] Iterator begin() const { return begin_; }
  [[nodiscard]] Iterator end() const { return end_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(std::distance(begin_, end_)); }
  /// There must be that many.
  P& operator[](std::size_t i) const { return *std::next(begin_, static_cast<std::ptrdiff_t>(i)); }
  P& front() const { return *begin_; }

 private:
  Iterator begin_;
  Iterator end_;
};

/// A list of parts of any types. (A class of its own so that a Changes can be made and moved where Part is not known.)
class Parts {
 public:
  Parts();
  ~Parts();
  Parts(const Parts& other);
  Parts(Parts&& other) noexcept;
  Parts& operator=(const Parts& other);
  Parts& operator=(Parts&& other) noexcept;

  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::size_t size() const;
  /// Gives back no reference: the next one that is added may move them all.
  void add(Part&& part);
  // Contiguous, for the stores.
  [[nodiscard]] const Part* begin() const;
  [[nodiscard]] const Part* end() const;
  [[nodiscard]] Part* begin();
  [[nodiscard]] Part* end();
  [[nodiscard]] std::vector<Part>& list() { return parts_; }

 private:
  std::vector<Part> parts_;
};

/// All that follows from one decision, applied in one transaction or not at all. There is no other way to change state.
/// Is there anything in it, does it hang together, and how two become one: core/parts/.
struct Changes {
  TenantId tenant;
  TimePoint at{};
  std::vector<Event> events{};
  std::vector<Send> sends{};
  std::vector<TimerChange> timers{};
  Parts parts{};

  // For each type of part that stands in core/parts/parts.h; another does not link.
  // `add` gives back no reference, since the next part may move them all.
  template <typename P>
  void add(P part);
  template <typename P>
  [[nodiscard]] PartsOf<const P> all() const;
  template <typename P>
  [[nodiscard]] PartsOf<P> all();
  /// The first one; nullptr: there is none.
  template <typename P>
  [[nodiscard]] const P* find() const {
    const auto found = all<P>();
    return found.empty() ? nullptr : &found.front();
  }
  template <typename P>
  [[nodiscard]] P* find() {
    const auto found = all<P>();
    return found.empty() ? nullptr : &found.front();
  }
  template <typename P>
  void remove_all();
};

}  // namespace orgo
