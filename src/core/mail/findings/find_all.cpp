#include "core/mail/findings/find_all.h"

#include <algorithm>

#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/find_bounce.h"
#include "core/mail/findings/find_duplicate.h"
#include "core/mail/findings/find_follow_up.h"
#include "core/mail/findings/find_mailing_list.h"
#include "core/mail/findings/find_out_of_office.h"

namespace orgo {

std::vector<Finding> find_all(const Envelope& envelope, const Message& message, const OwnMarks& ours,
                              const KnownToStore& known) {
  std::vector<Finding> findings;
  const auto add = [&](std::optional<Finding> finding) {
    if (!finding) return false;
    findings.push_back(std::move(*finding));
    return true;
  };
  if (!add(find_own_loop(message, ours)) && !add(find_bounce(envelope, message))) {
    add(find_out_of_office(envelope, message));
    add(find_auto_reply(envelope, message));
  }
  add(find_mailing_list(envelope, message));
  add(find_follow_up(known.task, known.evidence));
  add(find_duplicate(known.same_content, known.known_id));
  return findings;
}

const Finding* finding_of(const std::vector<Finding>& findings, FindingKind kind) {
  const auto at = std::find_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.kind == kind; });
  return at == findings.end() ? nullptr : &*at;
}

}  // namespace orgo
