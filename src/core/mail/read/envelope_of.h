#pragma once
#include <string_view>

#include "core/intake/raw_message.h"
#include "core/message/message.h"

namespace orgo {

/// The envelope of a mail that comes from a file or a mailbox elsewhere: what a mail server has written into the header
/// on delivery, else what the mail says of itself. Sender: Return-Path ("<>" is the null sender), else From. Recipient:
/// Delivered-To, X-Original-To, Envelope-To, else `fallback` when it is not empty, else the first of To and Cc, else
/// "unknown@localhost".
Envelope envelope_of(TenantId tenant, const Message& message, Channel channel, TimePoint received_at,
                     std::string_view fallback = {});

}  // namespace orgo
