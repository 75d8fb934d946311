#include "core/policy/rules_choice.h"

#include "base/planted.h"

namespace orgo {

RulesChoice choose_rules(const RulesAtHand& rules) {
  if (rules.newest.empty() || rules.newest == rules.files || ORGO_PLANT(each_disk_has_its_rules))
    return RulesChoice::files;
  if (!rules.seen.empty()) return rules.seen == rules.files ? RulesChoice::newest : RulesChoice::files;
  if (!rules.others_live) return RulesChoice::files;  // one server: what lies here is what is meant
  return rules.is_known ? RulesChoice::newest : RulesChoice::unknown;
}

}  // namespace orgo
