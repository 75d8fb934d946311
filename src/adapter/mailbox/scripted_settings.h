#pragma once
// For tests only: a mailbox at a server that plays a script.
#include "adapter/mail_out/scripted_server.h"
#include "adapter/mailbox/settings.h"

namespace orgo {

/// All that lies in it is taken, and an answer comes within ten seconds or not at all.
inline MailboxSettings scripted_settings(const mail_out::ScriptedServer& server, MailboxSettings::Protocol protocol) {
  MailboxSettings settings;
  settings.protocol = protocol;
  settings.host = "127.0.0.1";
  settings.port = server.port();
  settings.tls = MailboxSettings::Tls::none;
  settings.username = "office";
  settings.password = "s3cret";
  settings.only_new = false;
  settings.reply_time = Millis{10'000};
  return settings;
}

}  // namespace orgo
