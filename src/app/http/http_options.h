#pragma once
#include <cstdint>
#include <string>

#include "app/options/certificate_files.h"
#include "base/options.h"
#include "base/setting.h"
#include "base/time.h"

namespace orgo {

enum class MetricsAccess : std::uint8_t {
  loopback,  ///< open to everybody where HTTP listens on the loopback only; elsewhere with a token
  open,
  token,
};

struct HttpConfig {
  Setting<std::string> listen{"127.0.0.1:5000"};
  CertificateFiles tls;
  Setting<std::uint64_t> max_body{26U << 20U};
  Setting<std::int64_t> connections{1'000};
  Setting<Millis> idle_time{Millis{60'000}};
  Setting<std::string> public_url;
  Setting<MetricsAccess> metrics{MetricsAccess::loopback};
};

void declare(OptionSet& options, HttpConfig& http);
/// A certificate needs its key, and a message of `message_size` bytes has to fit into a request.
void check(const HttpConfig& http, std::uint64_t message_size, const OptionSet& options,
           std::vector<Diagnostic>& errors);

}  // namespace orgo
