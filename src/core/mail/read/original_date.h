#pragma once
#include "base/time.h"
#include "core/message/message.h"

namespace orgo {

/// When a mail was new, for archive mode: its Date; where that is missing or can't be (before 1980, or past `now`), the
/// time of its newest Received field (RFC 5322, section 3.6.7: behind the last semicolon); else `fallback`. Never past
/// `now`.
TimePoint original_date(const Message& message, TimePoint fallback, TimePoint now);

}  // namespace orgo
