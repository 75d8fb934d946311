#pragma once
#include <string>

#include "base/result.h"

namespace orgo {

/// Which of its parts this process runs; all of them on one machine.
struct Roles {
  bool gateway = true;  ///< the HTTP, LMTP and SMTP doors, with intake behind them
  bool processing = true;
  bool delivery = true;
  bool escalation = true;
  /// "gateway,processing"; empty: all. invalid_input names the roles.
  static Result<Roles> parse(const std::string& text);
};

/// As parse() takes it.
std::string to_string(const Roles& roles);

}  // namespace orgo
