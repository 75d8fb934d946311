#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// A domain in the one form in which domains are compared: lower case, without the dot of the root, and labels with
/// letters beyond ASCII as DNS and SMTP without SMTPUTF8 carry them ("Schule-Höhe.example" =
/// "xn--schule-hhe-lcb.example"; UTS #46, nontransitional, by ICU). What is no valid name comes back in lower case.
/// Says nothing about whether there is such a domain.
std::string ascii_domain(std::string_view domain);
/// The same with its labels in Unicode ("bücher.example"), for people. A name that is not valid stays in ASCII.
std::string unicode_domain(std::string_view domain);
/// Could DNS have it, as ascii_domain() writes it: labels of 1 to 63 letters, digits and hyphens, none at an end of a
/// label, 253 bytes at most, and what begins with "xn--" says a name in Unicode?
bool is_domain_name(std::string_view ascii);
/// Does it have a label in Unicode or in ASCII's disguise? Most don't, and need neither of the above.
bool is_international(std::string_view domain);

}  // namespace orgo
