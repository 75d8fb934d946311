#pragma once
#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "base/time.h"
#include "port/http_handler.h"

namespace orgo::gateway {

/// How much work one view may be, whatever strangers sent: so many bytes of mail for so long, and none for whoever has
/// gone. Mails that don't fit are named with a link; the first one always fits, so that each can be seen by itself.
/// One thread.
class ViewBudget {
 public:
  static constexpr std::uint64_t kBytes = 32 << 20;                ///< of mail as it came
  static constexpr Millis kTime = std::chrono::seconds(3);         ///< then no further mail is begun
  static constexpr std::size_t kHtmlBytes = std::size_t{4} << 20;  ///< of one mail's HTML; sanitise_html()'s, too

  explicit ViewBudget(const HttpRequest& request, Deadline until = within(kTime)) : request_(request), until_(until) {}

  /// Before a mail is read: does it fit?
  [[nodiscard]] bool take(std::uint64_t bytes) {
    const bool fits = begun_ == 0 || (used_ + bytes <= kBytes && std::chrono::steady_clock::now() < until_);
    if (!fits) return false;
    ++begun_;
    used_ += bytes;
    return true;
  }
  /// Between two steps. unavailable: nobody waits for the answer any more.
  [[nodiscard]] Status check() const {
    if (request_.left && request_.left()) return failure(Errc::unavailable, "whoever asked for it has gone");
    return {};
  }

 private:
  const HttpRequest& request_;
  const Deadline until_;
  std::uint64_t used_ = 0;
  int begun_ = 0;
};

}  // namespace orgo::gateway
