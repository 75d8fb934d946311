#pragma once
#include <functional>
#include <string>

#include "base/result.h"
#include "core/message/message.h"
#include "port/message_store.h"

namespace orgo::gateway {

/// Makes one message durable and waits for it; what POST /api/v1/messages calls. Errors as MessageStore::accept().
using Submit = std::function<Result<Accepted>(const Envelope& envelope, std::string bytes, Deadline deadline)>;

}  // namespace orgo::gateway
