#include "core/people/person_change.h"

#include "core/access/token_change.h"

namespace orgo {

bool changes_tokens(const Changes& changes) {
  return !changes.all<TokenMade>().empty() || !changes.all<TokenRevoked>().empty() ||
         !changes.all<PersonChange>().empty();
}

}  // namespace orgo
