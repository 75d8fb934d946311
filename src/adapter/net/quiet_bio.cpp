#include "adapter/net/quiet_bio.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/planted.h"

namespace orgo::net {
namespace {

int write_quietly(BIO* bio, const char* bytes, int count) {
  const int flags = ORGO_PLANT(tls_writes_raise_a_signal) ? 0 : MSG_NOSIGNAL;
  errno = 0;
  const auto written =
      static_cast<int>(::send(BIO_get_fd(bio, nullptr), bytes, static_cast<std::size_t>(count), flags));
  BIO_clear_retry_flags(bio);
  if (written <= 0 && BIO_sock_should_retry(written) != 0) BIO_set_retry_write(bio);
  return written;
}

/// OpenSSL's socket in all but its writes. Lives as long as the program: a BIO points to its method.
const BIO_METHOD* quiet_socket() {
  static const BIO_METHOD* const method = [] {
    const BIO_METHOD* const plain = BIO_s_socket();
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "quiet socket");
    if (made == nullptr) return made;
    BIO_meth_set_write(made, write_quietly);
    BIO_meth_set_read(made, BIO_meth_get_read(plain));
    BIO_meth_set_puts(made, BIO_meth_get_puts(plain));
    BIO_meth_set_ctrl(made, BIO_meth_get_ctrl(plain));
    BIO_meth_set_create(made, BIO_meth_get_create(plain));
    BIO_meth_set_destroy(made, BIO_meth_get_destroy(plain));
    return made;
  }();
  return method;
}

}  // namespace

bool set_quiet_socket(ssl_st* tls, int descriptor) {
  const BIO_METHOD* const method = quiet_socket();
  BIO* const bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return false;
  BIO_set_fd(bio, descriptor, BIO_NOCLOSE);
  SSL_set_bio(tls, bio, bio);
  return true;
}

}  // namespace orgo::net
