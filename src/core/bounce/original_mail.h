#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

/// What the returned copy of a mail says about it.
struct OriginalMail {
  std::string message_id;               ///< without <>
  std::string subject;                  ///< decoded
  std::vector<std::string> recipients;  ///< addresses of To and Cc, at most 100
};

/// From the header of a mail (its body may follow, or be cut off).
OriginalMail read_original_mail(std::string_view raw);

}  // namespace orgo
