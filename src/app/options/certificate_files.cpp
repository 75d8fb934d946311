#include "app/options/certificate_files.h"

namespace orgo {

void check(const CertificateFiles& files, const std::string& section, const OptionSet& options,
           std::vector<Diagnostic>& errors) {
  if (files.certificate.peek().empty() == files.key.peek().empty()) return;
  const auto present = section + (files.key.peek().empty() ? ".certificate" : ".key");
  const auto missing = section + (files.key.peek().empty() ? ".key" : ".certificate");
  errors.push_back(options.at(present, present + " without " + missing, "TLS needs both"));
}

}  // namespace orgo
