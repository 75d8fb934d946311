#pragma once
#include <atomic>
#include <memory>
#include <utility>

namespace orgo {

/// The value of one option. Whoever goes by it takes it with * or ->, and that is remembered, so that a test finds the
/// options that are declared and that nobody reads (OptionSet::unread). A copy shares that memory; an assignment takes
/// over the value alone. Any thread may read.
template <typename T>
class Setting {
 public:
  Setting() : Setting(T{}) {}
  Setting(T fallback) : value_(std::move(fallback)), read_(std::make_shared<std::atomic<bool>>(false)) {}
  Setting(const Setting&) = default;
  Setting& operator=(const Setting& other) {
    value_ = other.value_;
    return *this;
  }
  Setting& operator=(T value) {
    value_ = std::move(value);
    return *this;
  }
  ~Setting() = default;

  const T& operator*() const {
    read_->store(true, std::memory_order_relaxed);
    return value_;
  }
  const T* operator->() const { return &**this; }
  /// To show or check the value, which is not to go by it.
  [[nodiscard]] const T& peek() const { return value_; }
  /// Of the values; nobody has gone by them for that.
  friend bool operator==(const Setting& a, const Setting& b) { return a.value_ == b.value_; }
  [[nodiscard]] bool was_read() const { return read_->load(std::memory_order_relaxed); }

 private:
  T value_;
  std::shared_ptr<std::atomic<bool>> read_;
};

}  // namespace orgo
