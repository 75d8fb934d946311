#pragma once
#include <string>

#include "base/options.h"
#include "base/setting.h"

namespace orgo {

/// PEM files; both or none.
struct CertificateFiles {
  Setting<std::string> certificate;
  Setting<std::string> key;
  [[nodiscard]] bool empty() const { return certificate.peek().empty(); }
};

/// Both or none; `section` as in "http.tls".
void check(const CertificateFiles& files, const std::string& section, const OptionSet& options,
           std::vector<Diagnostic>& errors);

}  // namespace orgo
