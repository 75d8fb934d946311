#include "core/mail/findings/find_mailing_list.h"

#include "base/text.h"

namespace orgo {

std::optional<Finding> find_mailing_list(const Envelope&, const Message& message) {
  for (const auto& [name, value] : message.as_mail().headers) {
    if (name.size() < 7 || name.size() > 16) continue;
    const auto initial = ascii_lower(name[0]);
    bool found = false;
    if (initial == 'l')
      found = ascii_iequals(name, "List-Id") || ascii_iequals(name, "List-Unsubscribe") ||
              ascii_iequals(name, "List-Post") || ascii_iequals(name, "List-Help");
    else if (initial == 'm') found = ascii_iequals(name, "Mailing-List");
    else if (initial == 'x') found = ascii_iequals(name, "X-Mailman-Version");
    else if (initial == 'p' && ascii_iequals(name, "Precedence")) {
      const auto word = trim(value);
      found = ascii_iequals(word, "bulk") || ascii_iequals(word, "list") || ascii_iequals(word, "junk");
    }
    if (found) return Finding{FindingKind::mailing_list, name + ": " + std::string(trim(value).substr(0, 120))};
  }
  return std::nullopt;
}

bool is_of_list(const Message& message) {
  for (const auto& [name, value] : message.as_mail().headers) {
    if (ascii_iequals(name, "List-Post") && !ascii_iequals(trim(value), "NO")) return true;
    if (ascii_iequals(name, "Mailing-List") || ascii_iequals(name, "X-Mailman-Version") ||
        ascii_iequals(name, "X-BeenThere") || (ascii_iequals(name, "Precedence") && ascii_iequals(trim(value), "list")))
      return true;
  }
  return false;
}

}  // namespace orgo
