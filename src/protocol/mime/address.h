#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orgo::mime {

/// One mailbox of an address list (RFC 5322, section 3.4), decoded to UTF-8.
struct Mailbox {
  std::string name;     ///< display name; empty when there was none
  std::string address;  ///< as written, without comments, white space and route; empty when there was none
  std::string comment;  ///< what stood in parentheses, several joined by a space: "marc@example.com (Marc Smith)"
  std::string group;    ///< the group it stands in: "A Group: a@b, c@d;"
  friend bool operator==(const Mailbox&, const Mailbox&) = default;
};

struct AddressLimits {
  std::size_t mailboxes = 10'000;  ///< further ones are left out
};

struct AddressList {
  std::vector<Mailbox> mailboxes;
  bool truncated = false;  ///< there were more than the limit
};

/// Reads an address list with all that RFC 5322 allows (groups, comments, quoted strings, domain literals, routes,
/// white space and folds in odd places) and what mailers get wrong: names that need quotes and have none (commas,
/// colons, @), missing brackets and quotes, semicolons between addresses, encoded words inside quotes. Mailboxes that
/// have neither address nor name are left out. `charset` as in decode_header(). Linear time.
AddressList parse_addresses(std::string_view value, std::string_view charset = {}, const AddressLimits& limits = {});

/// The ids of a Message-ID, In-Reply-To or References field, without <>; words outside of <> count when there is
/// nothing in <>, as mailers that forget the brackets need it. At most `ids_max`: the first and the last ones.
std::vector<std::string> parse_message_ids(std::string_view value, std::size_t ids_max = 100);
/// The first of them; empty: there is none.
std::string first_message_id(std::string_view value);

}  // namespace orgo::mime
