#pragma once
#include <string>

#include "adapter/signature/keyring_verifier.h"
#include "base/options.h"
#include "base/setting.h"

namespace orgo {

/// How mails are shown: whose signatures count.
struct MailViewConfig {
  Setting<std::string> trusted_certificates;
  Setting<std::string> pgp_keyring;
};

void declare(OptionSet& options, MailViewConfig& mail);
KeyringSettings keyring_of(const MailViewConfig& options);

}  // namespace orgo
