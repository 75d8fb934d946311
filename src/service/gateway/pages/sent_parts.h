#pragma once
#include <span>

#include "base/time.h"
#include "port/outbox.h"
#include "service/gateway/pages/html.h"

namespace orgo::gateway::page {

/// The mails and webhooks that went out because of a task, the oldest first, and what became of each. What a server
/// said of it stands folded.
void write_sends(Html& html, std::span<const StoredSend> sends, TimePoint now);

}  // namespace orgo::gateway::page
