#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// A domain in the one form in which domains are compared: lower case, without the dot of the root, and labels with
/// letters beyond ASCII as mail and DNS carry them ("Schule-Höhe.example" = "xn--schule-hhe-lcb.example"; Punycode, RFC
/// 3492). Letters are folded as fold_case() does, which is what IDNA maps (UTS 46, section 4) save for rare characters.
/// A label that can't be one is left as it is folded. Says nothing about whether there is such a domain.
std::string ascii_domain(std::string_view domain);

}  // namespace orgo
