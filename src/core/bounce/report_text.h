#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

/// A recipient as the words of a report name it.
struct NamedRecipient {
  std::string address;
  std::string words;  ///< what the report says about this one; may be empty
  bool sure = false;  ///< it stands where reports name a recipient, not just somewhere in a sentence
};

/// Finds the recipients in the words of a report: "<a@b>: host said ...", an address on a line of its own with the
/// reason below, "a@b: reason", "Unknown user: a@b", "550 <a@b>... User unknown". `own` are the addresses that the
/// report was sent to: those are senders, and recipients only if nobody else is named. Sure ones only, if there are
/// some. Linear time.
std::vector<NamedRecipient> find_named_recipients(std::string_view text, const std::vector<std::string>& own,
                                                  std::size_t recipients_max);

}  // namespace orgo
