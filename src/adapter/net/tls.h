#pragma once
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/result.h"

namespace orgo::net {

/// Where a certificate chain and its key lie, both PEM. Both empty: no TLS.
struct TlsFiles {
  std::string certificate;
  std::string key;
  [[nodiscard]] bool empty() const { return certificate.empty() && key.empty(); }
};

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

/// For a server: TLS 1.2 and 1.3, no compression, no renegotiation, our order of ciphers.
/// invalid_input: a file is missing, unreadable, no PEM, or key and certificate don't belong together; says which.
Result<TlsContext> server_tls(const TlsFiles& files);

/// For a client: TLS 1.2 and 1.3; `ca_file` (PEM) instead of the system's certificate authorities unless it is empty.
/// Whether and against which name a peer is verified is said for each connection. invalid_input: the file can't be
/// read.
Result<TlsContext> client_tls(const std::string& ca_file);

/// The newest error of OpenSSL on this thread, in its words; empties the queue.
std::string last_tls_error();

}  // namespace orgo::net
