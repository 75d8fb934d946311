#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/message/message.h"
#include "port/message_store.h"

namespace orgo::gateway {

/// Makes one message durable and waits for it; what POST /api/v1/messages calls. Errors as MessageStore::accept().
using Submit = std::function<Result<Accepted>(const Envelope& envelope, std::string bytes, Deadline deadline)>;

/// The same of many, made durable together; an answer for each, in their order. Of one alone only what is wrong with it
/// itself is told (conflict, invalid_input); an error of the whole says nothing about any of them, and sending all
/// again is safe.
using SubmitAll = std::function<Result<std::vector<Result<Accepted>>>(
    std::vector<std::pair<Envelope, std::string>> messages, Deadline deadline)>;

}  // namespace orgo::gateway
