#include "adapter/net/self_signed.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>

namespace orgo::net {
namespace {

template <auto free_function>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    free_function(object);
  }
};
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

File create(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  return File(descriptor < 0 ? nullptr : fdopen(descriptor, "w"));
}

bool is_ip_address(const std::string& host) {
  unsigned char address[16];
  return inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
}

}  // namespace

Result<TlsFiles> write_self_signed(const std::string& folder, const std::string& host) {
  const std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Free<X509_free>> certificate(X509_new());
  if (!key || !certificate) return failure(Errc::unavailable, "making a key: " + last_tls_error());
  unsigned char serial[8];
  RAND_bytes(serial, sizeof serial);
  serial[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
  X509_set_version(certificate.get(), 2);
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 10L * 365 * 24 * 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), name);
  const std::string alternative = (is_ip_address(host) ? "IP:" : "DNS:") + host;
  for (const auto& [nid, value] :
       {std::pair<int, std::string>{NID_subject_alt_name, alternative}, {NID_basic_constraints, "critical,CA:TRUE"}}) {
    const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
    if (!extension) return failure(Errc::invalid_input, "'" + host + "' can't stand in a certificate");
    X509_add_ext(certificate.get(), extension.get(), -1);
  }
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
    return failure(Errc::unavailable, "signing a certificate: " + last_tls_error());
  }
  TlsFiles files{folder + "/certificate.pem", folder + "/key.pem"};
  const File key_file = create(files.key);
  const File certificate_file = create(files.certificate);
  if (!key_file || !certificate_file ||
      PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_X509(certificate_file.get(), certificate.get()) != 1) {
    return failure(Errc::unavailable, "writing a certificate to " + folder + " failed");
  }
  return files;
}

}  // namespace orgo::net
