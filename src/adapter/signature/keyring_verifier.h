#pragma once
#include <mutex>
#include <string>

#include "base/cms.h"
#include "port/signature_verifier.h"

namespace orgo {

struct KeyringSettings {
  /// A PEM file or a folder of them; empty: those of the system (/etc/ssl/certs/ca-certificates.crt).
  std::string trusted_certificates;
  /// What `gpg --export` wrote, or a keybox; empty: PGP signatures are not checked.
  std::string pgp_keyring;
  std::string gpgv = "/usr/bin/gpgv";
};

/// Checks by certificates and keys in files. Reads the certificates at the first S/MIME signature, the keyring at each
/// PGP one.
class KeyringVerifier final : public SignatureVerifier {
 public:
  explicit KeyringVerifier(KeyringSettings settings);
  SignatureCheck verify(const SignedContent& content, TimePoint when, Deadline deadline) override;

 private:
  SignatureCheck verify_smime(const SignedContent& content, TimePoint when);
  SignatureCheck verify_pgp(const SignedContent& content, Deadline deadline) const;

  KeyringSettings settings_;
  std::once_flag read_;
  CertificateStore trusted_;
};

/// What gpgv's status lines say about a mail of `sender`.
SignatureCheck read_gpgv_status(std::string_view output, std::string_view sender);

}  // namespace orgo
