#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orgo {

/// By what somebody is reached. A further kind (phone, post, push) is one line here and one in the table of
/// contact.cpp.
enum class ContactKind : std::int8_t { mail, webhook };
/// "mail", "webhook"
std::string_view to_string(ContactKind kind);
std::optional<ContactKind> parse_contact_kind(std::string_view name);

/// Where somebody is reached: a mailbox, the URL of a program. Whoever makes one from what a stranger wrote says the
/// kind, by mail_contact() and the like: parse_contact() takes the kind from the text, and a stranger whose "mail
/// address" is a URL must not make us call it.
struct Contact {
  ContactKind kind = ContactKind::mail;
  std::string address;  ///< as its kind writes it; empty: nobody

  [[nodiscard]] bool empty() const { return address.empty(); }
  friend auto operator<=>(const Contact&, const Contact&) = default;  ///< to the letter; see is_same_contact()
};

/// With a domain beyond ASCII as address_for_people() writes it, so that what is stored of one mailbox is one text.
Contact mail_contact(std::string address);
inline Contact mail_contact(std::string_view address) {
  return mail_contact(std::string(address));
}
inline Contact mail_contact(const char* address) {
  return mail_contact(std::string(address));
}
inline Contact webhook_contact(std::string url) {
  return {ContactKind::webhook, std::move(url)};
}

/// As it is stored and shown: "anna@example.org", "https://example.org/hook", "mail:https://odd@example.org". The kind
/// stands in front only where the address alone would be read as another; so what was stored before there were kinds is
/// still read.
std::string to_string(const Contact& contact);
/// What to_string() wrote, and what an operator writes: a kind and a colon, else http:// or https:// is a webhook, else
/// it is mail. Never fails: is_valid() says whether anything can be sent there.
Contact parse_contact(std::string_view text);

/// Could something be sent to it, by its form? Of mail see is_mail_address(); of a webhook: http(s)://, a host, no
/// white space or control characters, at most 2,000 bytes.
bool is_valid(const Contact& contact);

/// The same for all spellings of one contact, for keys of tables: to_string() of the trimmed address; of mail with
/// ASCII letters in lower case (RFC 5321 lets a server tell upper from lower case before the @; none does) and the
/// domain in ASCII; of a webhook with scheme and host in lower case (RFC 3986, section 6.2.2.1). A key's own key is
/// itself.
std::string contact_key(const Contact& contact);
bool is_same_contact(const Contact& a, const Contact& b);

}  // namespace orgo
