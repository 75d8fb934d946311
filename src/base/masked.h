#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// Does a key with this name hold a secret, or was one meant? "password", "passwrd", "webhook_secret"; not
/// "password_file".
bool names_a_secret(std::string_view key);

/// A value that may be an address of a server or a list of settings, for an error: what can be a password in it is
/// "***". Of "scheme://user:word@host/name?a=b" scheme, host and name are left, and the names of its parameters; of
/// "host=h password=w" the names.
std::string masked_value(std::string_view value);

/// An address with what stands before its @ as "***", for people; all else as it is.
std::string without_login(std::string_view value);

/// A configuration as it may be shown: from the value of a secret to the end of its line all characters are "*", as are
/// logins and parameters in addresses. Each character stays in its place, for the marks below it.
std::string masked_yaml(std::string_view text);

}  // namespace orgo
