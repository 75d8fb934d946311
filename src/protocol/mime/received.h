#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace orgo::mime {

/// What a Received field says about one hop (RFC 5321, section 4.4, and what mailers write instead). Everything below
/// the fields of our own host is a claim of strangers.
struct Received {
  std::string from;     ///< who it came from, as the mailer names it: a name, or an address of the Internet without []
  std::string from_ip;  ///< address of the peer, beside the name; without [], "IPv6:" and port
  std::string from_reverse;  ///< name that the address resolved to, if the mailer looked it up
  std::string by;            ///< who writes the field
  std::string via;           ///< "smap", "HTTP"
  std::string with;  ///< protocol, upper case, of the registry of RFC 3848 where it can be told: "ESMTPS", "LOCAL"
  std::string id;
  std::string for_recipient;  ///< without <>
  std::string helo;           ///< name given at HELO or EHLO where it differs in the field
  std::string ident;          ///< of RFC 1413, or who authenticated
  std::string tls_version;    ///< "TLSv1.3"
  std::string tls_cipher;     ///< "TLS_AES_256_GCM_SHA384"
  std::optional<TimePoint> date;
};

/// Never fails: what cannot be read stays empty. Work is linear, of at most 16 KiB of the value.
Received parse_received(std::string_view value);

}  // namespace orgo::mime
