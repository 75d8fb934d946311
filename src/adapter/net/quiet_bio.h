#pragma once
struct ssl_st;

namespace orgo::net {

/// As SSL_set_fd(), but writes by send() with MSG_NOSIGNAL: OpenSSL's own way to a socket is write(), and a peer that
/// has gone would end the whole program by SIGPIPE. Thus nobody who speaks TLS needs to remember a signal, not
/// `orgo mailbox check`, not a test's own peer. The caller keeps the descriptor and closes it after SSL_free(). False:
/// no memory. Source: BIO_meth_new(3), BIO_s_socket(3).
[[nodiscard]] bool set_quiet_socket(ssl_st* tls, int descriptor);

}  // namespace orgo::net
