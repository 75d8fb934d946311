#pragma once
#include <string_view>

#include "base/time.h"
#include "core/mail/read/protection.h"

namespace orgo {

/// Checks signatures of mails against the keys and certificates that the operator trusts.
/// A check never fails: what can't be checked is `not_checked` with the reason. It takes bounded time and memory,
/// whatever stands in the signature. Threads: any, several at a time.
class SignatureVerifier {
 public:
  virtual ~SignatureVerifier() = default;
  /// `when`: as of which moment certificates are judged: that of the mail's arrival, so that a mail stays verified when
  /// its certificate has run out. `deadline`: then the answer is `not_checked`.
  virtual SignatureCheck verify(const SignedContent& content, TimePoint when, Deadline deadline) = 0;
};

/// Checks the signature of a mail, if it has one. `verifier` may be null: then a signature is not checked.
SignatureCheck check_signature(std::string_view raw, const Protection& protection, SignatureVerifier* verifier,
                               TimePoint when, Deadline deadline);

}  // namespace orgo
