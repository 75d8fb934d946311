#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// The numbers in the words of a mail system.
struct SmtpAnswer {
  int reply_code = 0;  ///< 250 to 253, 400 to 459, 500 to 559; 0: none
  std::string status;  ///< "5.1.1"; empty: none
};

/// Finds the reply code and the enhanced status code in an answer as reports quote it: "550 5.1.1 <a@b>...",
/// "550-5.7.26", "said: 450", "(#5.1.1)", "ERROR_CODE :550". Numbers within addresses, times and sizes are none.
SmtpAnswer find_smtp_answer(std::string_view text);

}  // namespace orgo
