#include "core/intake/raw_message.h"

namespace orgo {

std::string_view to_string(Channel channel) {
  switch (channel) {
    case Channel::lmtp:
      return "lmtp";
    case Channel::smtp:
      return "smtp";
    case Channel::http:
      return "http";
    case Channel::import_:
      return "import";
    case Channel::imap:
      return "imap";
    case Channel::pop3:
      return "pop3";
    case Channel::answer:
      return "answer";
  }
  return "unknown";
}

}  // namespace orgo
