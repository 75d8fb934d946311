#pragma once
#include <span>
#include <string_view>

#include "core/bounce/bounce_reason.h"

namespace orgo {

/// Words by which mail systems give a reason: lower case, "|" between them, "*" for up to 120 bytes of anything. Each
/// has at least two letters before its first "*".
struct ReasonWords {
  BounceReason reason;
  std::string_view words;
};
/// In the order of their weight: the first that is found decides.
std::span<const ReasonWords> telling_words();
/// Words that say little: only when neither those above nor the codes say more.
std::span<const ReasonWords> vague_words();

}  // namespace orgo
