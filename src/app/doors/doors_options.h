#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "app/options/certificate_files.h"
#include "base/options.h"
#include "base/setting.h"
#include "base/time.h"

namespace orgo {

struct LmtpConfig {
  Setting<std::string> listen{"127.0.0.1:2424"};
};

struct SmtpInConfig {
  Setting<std::string> listen{"127.0.0.1:2525"};
  CertificateFiles tls;
  Setting<bool> require_tls;
  Setting<std::vector<std::string>> recipients;
};

/// Of both mail doors.
struct DoorLimits {
  Setting<std::uint64_t> message_size{25U << 20U};
  Setting<std::int64_t> recipients{100};
  Setting<std::int64_t> connections{500};
  Setting<Millis> idle_time{Millis{300'000}};
};

void declare(OptionSet& options, LmtpConfig& lmtp);
void declare(OptionSet& options, SmtpInConfig& smtp_in);
void declare(OptionSet& options, DoorLimits& limits);
/// A certificate needs its key, and require_tls a certificate.
void check(const SmtpInConfig& smtp_in, const OptionSet& options, std::vector<Diagnostic>& errors);

}  // namespace orgo
