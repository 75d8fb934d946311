#include "adapter/net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace orgo::net {

std::string last_tls_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "unknown error";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "OpenSSL error " + std::to_string(code);
}

Result<TlsContext> server_tls(const TlsFiles& files) {
  namespace ssl = boost::asio::ssl;
  ERR_clear_error();
  const auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(native, files.certificate.c_str()) != 1) {
    return failure(Errc::invalid_input, "TLS certificate " + files.certificate + ": " + last_tls_error());
  }
  if (SSL_CTX_use_PrivateKey_file(native, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return failure(Errc::invalid_input, "TLS key " + files.key + ": " + last_tls_error());
  }
  if (SSL_CTX_check_private_key(native) != 1) {
    return failure(Errc::invalid_input,
                   "TLS key " + files.key + " does not belong to the certificate " + files.certificate);
  }
  return context;
}

Result<TlsContext> client_tls(const std::string& ca_file) {
  namespace ssl = boost::asio::ssl;
  ERR_clear_error();
  const auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_mode(native, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(native)
                                     : SSL_CTX_load_verify_locations(native, ca_file.c_str(), nullptr);
  if (loaded != 1)
    return failure(Errc::invalid_input, "certificate authorities in " + ca_file + ": " + last_tls_error());
  return context;
}

}  // namespace orgo::net
