#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/setting.h"
#include "base/time.h"

namespace orgo {

enum class OutgoingTls : std::uint8_t {
  none,           ///< in the clear: only for a mail server on this machine
  opportunistic,  ///< STARTTLS where the server offers it
  required,       ///< no mail goes out without
};

/// The mail server that our mails go out through.
struct RelayConfig {
  Setting<std::string> host;
  Setting<std::int64_t> port{25};
  Setting<std::string> username;
  Setting<std::string> password;
  Setting<OutgoingTls> tls{OutgoingTls::opportunistic};
  Setting<std::string> from;
  Setting<std::string> from_name;
  Setting<std::string> ca_file;
  Setting<Millis> timeout{Millis{60'000}};
};

struct DeliveryConfig {
  Setting<std::int64_t> workers{4};
  Setting<std::int64_t> attempts{20};
  Setting<Millis> retry_first{Millis{60'000}};
  Setting<Millis> retry_most{Millis{14'400'000}};
  Setting<std::int64_t> total_factor{100};
  Setting<std::int64_t> hops{5};
};

struct WebhookConfig {
  Setting<std::string> secret;
  Setting<std::vector<std::string>> allow_networks;
};

void declare(OptionSet& options, RelayConfig& smtp);
void declare(OptionSet& options, DeliveryConfig& delivery);
void declare(OptionSet& options, WebhookConfig& webhooks);
/// A name and a password stand together, and go out over TLS only.
void check(const RelayConfig& smtp, const OptionSet& options, std::vector<Diagnostic>& errors);
/// The pauses grow.
void check(const DeliveryConfig& delivery, const OptionSet& options, std::vector<Diagnostic>& errors);

}  // namespace orgo
