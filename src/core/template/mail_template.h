#pragma once
#include <string>

namespace orgo {

/// Subject and body of a mail of ours, with placeholders (render_template()).
struct MailTemplate {
  std::string subject;
  std::string body;
};

}  // namespace orgo
