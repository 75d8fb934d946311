#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "core/contact/contact.h"

namespace orgo {

/// One thing to go out to one recipient, in the form that its channel wants (ChannelTraits::medium).
struct Outgoing {
  std::string id;  ///< "s5", of a further tenant "n2-s5": the same at each attempt, so that a receiver can drop doubles
  Contact sender{};  ///< who hears that it could not be delivered; empty: nobody (the null sender of mail)
  Contact recipient{};
  std::string body{};        ///< of a mail all of it (RFC 5322, LF or CRLF), with its Message-ID; of a webhook JSON
  std::string message_id{};  ///< by which others will refer to it, without <>; empty: by none
  TimePoint at{};            ///< of this attempt, for signatures
  /// Of the organization that calls a webhook: signs it by Standard Webhooks (webhook-id, -timestamp, -signature: v1).
  /// "whsec_" and base64, or the bytes themselves; empty: not signed.
  std::string secret{};
};

/// What became of it.
struct SendResult {
  enum class Kind {
    delivered,  ///< the peer has taken it and is responsible now
    temporary,  ///< surely not taken; try again later
    permanent,  ///< surely not taken and never will be
    unknown,  ///< the answer was lost: taken or not. Sending again may show it twice (it has the same id), not sending
              ///< again may lose it
  };
  /// At which step of the talk the peer said it: what a refusal is about depends on it (core/channel/refusal.h).
  enum class Stage : std::int8_t {
    none,       ///< it has no steps, or nobody was asked
    sender,     ///< it judged who sends: MAIL FROM
    recipient,  ///< it judged to whom: RCPT TO
    data,       ///< it would not hear the text: DATA
    text,       ///< it judged the text: the final dot
  };
  Kind kind = Kind::temporary;
  std::string detail{};  ///< for a person: the peer's answer ("550 5.1.1 no such user"), or what failed and where;
                         ///< bytes of a stranger, in any encoding
  Stage stage = Stage::none;
  std::optional<Millis> retry_after{};  ///< the peer asks for so long a pause before the next attempt
};

}  // namespace orgo
