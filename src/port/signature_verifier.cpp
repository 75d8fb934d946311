#include "port/signature_verifier.h"

namespace orgo {

SignatureCheck check_signature(std::string_view raw, const Protection& protection, SignatureVerifier* verifier,
                               TimePoint when, Deadline deadline) {
  SignatureCheck check;
  if (!protection.is_signed()) return check;
  check.state = SignatureCheck::State::not_checked;
  const auto content = signed_content(raw);
  if (!content) {
    check.detail = "a part of it is missing";
  } else if (verifier == nullptr) {
    check.detail = "no keys are set up";
  } else {
    check = verifier->verify(*content, when, deadline);
  }
  return check;
}

}  // namespace orgo
