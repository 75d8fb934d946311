#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// Where a link of a mail leads.
struct LinkTarget {
  bool allowed = false;    ///< http, https, mailto or tel, and well-formed
  bool with_user = false;  ///< "https://bank.example@evil.example": what stands before the @ is no host
  std::string address;     ///< without white space and control characters
  std::string host;        ///< in lower case; of mailto the whole address; of tel empty
};

/// Reads an href as a browser does: white space around it and tabs and line ends in it are not there, "\" is "/".
/// Relative ones are not allowed, since a mail stands nowhere.
LinkTarget read_link_target(std::string_view href);

/// Does the text of a link name another address than the one that it leads to? "https://bank.example" that leads to
/// evil.example does; "click here" names none, and a parent or child domain is no other.
bool is_deceptive(std::string_view text, const LinkTarget& target);

}  // namespace orgo
