#include "app/signatures/signatures_options.h"

#include "app/options/checks.h"

namespace orgo {

void declare(OptionSet& options, MailViewConfig& mail) {
  options.section("mail", "How mails are shown (docs/mail.md).")
      .text({"mail.trusted_certificates",
             "PEM file, or folder of PEM files, of the authorities and persons whose S/MIME signatures count. Empty: "
             "those of the system.",
             "/etc/orgo/certificates"},
            mail.trusted_certificates, option::check_one_line)
      .text({"mail.pgp_keyring",
             "Public keys whose PGP signatures count, as `gpg --export` writes them. Empty: PGP signatures are not "
             "checked.",
             "/etc/orgo/keys.gpg"},
            mail.pgp_keyring, option::check_one_line);
}

KeyringSettings keyring_of(const MailViewConfig& options) {
  KeyringSettings settings;
  settings.trusted_certificates = *options.trusted_certificates;
  settings.pgp_keyring = *options.pgp_keyring;
  return settings;
}

}  // namespace orgo
