#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace orgo {

inline constexpr std::size_t kAddressMax = 254;  ///< bytes (RFC 5321, section 4.5.3.1.3, without the brackets)

/// What stands before the last @, or all of it.
std::string_view local_part(std::string_view address);
/// What stands behind the last @; empty when there is none.
std::string_view domain_part(std::string_view address);

/// Do both name the same mailbox? Letters of ASCII in any case; a domain in Unicode is the same as its ASCII form
/// ("xn--", UTS #46).
bool is_same_address(std::string_view a, std::string_view b);
bool is_same_domain(std::string_view a, std::string_view b);
/// One text for all that is_same_address() calls the same, for keys of maps; of a domain with its @, too.
std::string address_key(std::string_view address);
/// Each domain in a text that is to be compared with addresses ("@xn--bcher-kva.example", "*.Bücher.example", "anna@")
/// as address_for_people() writes it. `all`: the text is about domains alone.
std::string with_domains_for_people(std::string_view text, bool all = false);
/// With the domain in ASCII, as SMTP and headers write it for a server without SMTPUTF8.
std::string address_on_wire(std::string_view address);
/// With the domain in Unicode and lower case, as it is kept and shown.
std::string address_for_people(std::string address);

/// Can mail be sent to it? Teams may be names ("maintenance"), which have no mailbox. Strict, since it goes into an
/// envelope and a header as it is: one @, no white space, control characters, brackets, quotes or lists.
bool is_mail_address(std::string_view name);

/// Can a person who typed it, or wrote it into a rule, have meant one mailbox? Stricter: a domain that DNS could have
/// ("_" is let pass), no dot at an end of the local part, nothing that is not seen. What a stranger is called is not
/// asked so.
bool is_typed_address(std::string_view text);

}  // namespace orgo
