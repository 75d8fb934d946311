#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

/// What we conclude about a message, beside it and never inside it, so that no outsider can set one by a header.
enum class FindingKind {
  auto_reply,     ///< a machine answered (RFC 3834); opens no work, gets no answer
  out_of_office,  ///< an absence notice; opens no work, gets no answer
  bounce,         ///< a delivery report (RFC 3464 or one of the well-known imitations); opens no work, gets no answer
  own_loop,       ///< one of our own mails came back
  mailing_list,   ///< sent through a list or in bulk; may open work, gets no automatic answer
  follow_up,      ///< belongs to a task that is known (In-Reply-To, References, task marker)
  duplicate,      ///< the same mail reached us before, by another recipient or under a known id with another body
};
std::string_view to_string(FindingKind kind);
std::optional<FindingKind> parse_finding_kind(std::string_view text);

struct Finding {
  FindingKind kind;
  std::string detail;  ///< why, in words with the evidence: "Auto-Submitted: auto-replied"
};

}  // namespace orgo
