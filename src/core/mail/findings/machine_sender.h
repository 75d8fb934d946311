#pragma once
#include <string_view>

#include "core/intake/raw_message.h"
#include "core/message/message.h"

namespace orgo {

/// Is the envelope sender the null sender `<>` of notices (RFC 5321, section 4.5.5)? A door that speaks SMTP knows it
/// from MAIL FROM. A file or a request has no envelope, and an empty sender there means only "not told": then the
/// Return-Path field decides, and without one the answer is no.
bool has_null_sender(const Envelope& envelope, const Message& message);

/// MAILER-DAEMON and its relatives, by which nobody but a mail system signs. Takes the part before the @.
bool is_mailer_daemon(std::string_view local_part);

/// "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@": so a server of Exchange signs its reports.
bool is_exchange(std::string_view address);

/// Addresses that no person reads: mailer-daemon, postmaster, noreply, owner-*, *-request, *-bounces...
/// (RFC 3834, section 2, RFC 2142 and practice). Nothing automatic is sent to them.
bool is_unattended(std::string_view address);
/// Or that of a program that writes for others: "wordpress@", "www-data@", "contactform@",
/// "scanner@".
bool is_program(std::string_view address);
/// One that people read together and that forms send by: "info@", "contact@", "hello@".
bool is_of_many(std::string_view address);

/// Does `value`, a Content-Type field, name multipart/report with this report-type (RFC 6522)?
bool is_report(std::string_view content_type, std::string_view report_type);

}  // namespace orgo
