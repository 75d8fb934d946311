#include "core/ledger/ledger.h"

#include <string_view>

#include "base/planted.h"

namespace orgo {

std::vector<std::string> imbalances(const LedgerLine& line) {
  std::vector<std::string> found;
  if (line.channel == kGoneChannel) {
    if (line.accepted > 0)
      found.push_back(std::to_string(line.accepted) +
                      (line.accepted == 1 ? " message that was accepted is" : " messages that were accepted are") +
                      " gone from the database");
    return found;
  }
  const auto must_equal = [&](std::string_view a_name, std::int64_t a, std::string_view b_name, std::int64_t b) {
    if (a == b) return;
    found.push_back(line.channel + ": " + std::string(a_name) + " is " + std::to_string(a) + ", but " +
                    std::string(b_name) + " is " + std::to_string(b) + " (drift " + std::to_string(a - b) + ")");
  };
  must_equal("accepted", line.accepted, "stored", line.stored);
  must_equal("accepted", line.accepted, "decided + waiting + dead + refused",
             line.decided + line.waiting + line.dead + line.refused);
  if (!ORGO_PLANT(outcome_without_a_name))
    must_equal("decided", line.decided, "opened + joined + recorded + dropped",
               line.opened + line.joined + line.recorded + line.dropped);
  return found;
}

}  // namespace orgo
