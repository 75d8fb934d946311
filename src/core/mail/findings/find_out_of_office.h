#pragma once
#include <optional>

#include "core/intake/raw_message.h"
#include "core/message/finding.h"
#include "core/message/message.h"

namespace orgo {

/// Is this an absence notice? Exchange and others mark theirs as auto-generated or not at all, so the subject has to
/// tell, in the words that the programs put there (en, de, fr, es, it, pt, nl, hi, and a few more). "Automatic reply:
/// ..." is enough by itself. "Out of office ..." a person may write too ("Out of office on Monday - who takes over?"),
/// so those words need evidence of a machine beside them: a field of an answering program, the null sender, or an
/// answer (In-Reply-To) whose subject does not begin with "Re:".
std::optional<Finding> find_out_of_office(const Envelope& envelope, const Message& message);

}  // namespace orgo
