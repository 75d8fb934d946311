#pragma once
#include <string>

#include "adapter/net/tls.h"
#include "base/result.h"

namespace orgo::net {

/// Writes a new EC key and a certificate for `host` (a DNS name or an IP address), signed by itself and valid for
/// 10 years, to `folder`/certificate.pem and `folder`/key.pem (mode 0600). Enough for STARTTLS between machines that
/// don't check names, for a demonstration and for tests; a peer that checks needs the certificate as its CA file.
/// unavailable: a file can't be written.
Result<TlsFiles> write_self_signed(const std::string& folder, const std::string& host);

}  // namespace orgo::net
