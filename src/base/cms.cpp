#include "base/cms.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <utility>

#include "base/charset.h"
#include "base/work.h"

namespace orgo {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Cms = std::unique_ptr<CMS_ContentInfo, Freer<CMS_ContentInfo_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;

Cms parse(std::string_view der) {
  if (der.size() > kCmsMax) return nullptr;
  count_work(der.size());
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  ERR_clear_error();
  return Cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
}

std::string last_error() {
  const char* data = nullptr;
  int flags = 0;
  const auto code = ERR_peek_last_error_data(&data, &flags);
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  std::string out = reason == nullptr ? "no reason given" : reason;
  // "Verify error: unable to get local issuer certificate"
  if (data != nullptr && (flags & ERR_TXT_STRING) != 0 && std::strlen(data) > 0) {
    std::string_view more = data;
    const auto colon = more.find(": ");
    out = std::string((colon == std::string_view::npos ? more : more.substr(colon + 2)).substr(0, 200));
  }
  ERR_clear_error();
  return out;
}
bool has_reason(int library, int reason) {
  bool found = false;
  for (auto code = ERR_get_error(); code != 0; code = ERR_get_error())
    if (ERR_GET_LIB(code) == library && ERR_GET_REASON(code) == reason) found = true;
  return found;
}

std::string text_of(const ASN1_STRING* string) {
  if (string == nullptr) return {};
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, string);
  if (size < 0) return {};
  std::string out = to_utf8(
      std::string_view(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size)).substr(0, 500), "utf-8");
  OPENSSL_free(utf8);
  std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return out;
}

CmsSigner signer_of(X509* certificate) {
  CmsSigner signer;
  const auto* const subject = X509_get_subject_name(certificate);
  if (const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); at >= 0)
    signer.name = text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (auto* const emails = X509_get1_email(certificate); emails != nullptr) {
    for (int i = 0; i < sk_OPENSSL_STRING_num(emails) && i < 20; ++i)
      signer.emails.emplace_back(sk_OPENSSL_STRING_value(emails, i));
    X509_email_free(emails);
  }
  if (signer.name.empty() && !signer.emails.empty()) signer.name = signer.emails.front();
  return signer;
}

X509_STORE* as_store(void* store) {
  return static_cast<X509_STORE*>(store);
}

}  // namespace

std::optional<CmsKind> cms_kind(std::string_view der) {
  // SEQUENCE, length, OBJECT IDENTIFIER 1.2.840.113549.1.7.x or 1.2.840.113549.1.9.16.1.9
  const auto byte = [&](std::size_t i) { return i < der.size() ? static_cast<unsigned char>(der[i]) : 0U; };
  if (byte(0) != 0x30) return std::nullopt;
  const std::size_t at = byte(1) >= 0x80 ? 2 + (byte(1) & 0x7F) : 2;
  if (at > 6 || at + 11 > der.size()) return std::nullopt;
  const auto id = der.substr(at);
  constexpr std::string_view kPkcs7("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07", 10);
  constexpr std::string_view kCompressed("\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x09", 13);
  if (id.starts_with(kCompressed)) return CmsKind::compressed;
  constexpr std::string_view kAuthEnveloped("\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17", 13);
  if (id.starts_with(kAuthEnveloped)) return CmsKind::encrypted;
  if (!id.starts_with(kPkcs7)) return std::nullopt;
  switch (id[10]) {
    case 2:
      return CmsKind::signed_data;
    case 3:
    case 4:
    case 6:
      return CmsKind::encrypted;
    default:
      return CmsKind::other;
  }
}

Result<std::string> cms_signed_content(std::string_view der) {
  const auto cms = parse(der);
  if (!cms) return failure(Errc::invalid_input, "no CMS: " + last_error());
  if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed)
    return failure(Errc::invalid_input, "the CMS is not signed data");
  ASN1_OCTET_STRING** const content = CMS_get0_content(cms.get());
  if (content == nullptr || *content == nullptr)
    return failure(Errc::invalid_input, "the signed data carries no content");
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(*content)),
                     static_cast<std::size_t>(ASN1_STRING_length(*content)));
}

CertificateStore::CertificateStore() : store_(X509_STORE_new()) {}
CertificateStore::CertificateStore(CertificateStore&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)), count_(std::exchange(other.count_, 0)) {}
CertificateStore& CertificateStore::operator=(CertificateStore&& other) noexcept {
  std::swap(store_, other.store_);
  std::swap(count_, other.count_);
  return *this;
}
CertificateStore::~CertificateStore() {
  X509_STORE_free(as_store(store_));
}

std::size_t CertificateStore::add_pem(std::string_view pem) {
  if (pem.size() > kCmsMax) return 0;
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::size_t added = 0;
  while (count_ < 10'000) {
    const std::unique_ptr<X509, Freer<X509_free>> certificate(
        PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    if (X509_STORE_add_cert(as_store(store_), certificate.get()) != 1) continue;
    ++added;
    ++count_;
  }
  ERR_clear_error();
  return added;
}

CmsCheck verify_cms(std::string_view der, std::optional<std::string_view> content, const CertificateStore& trusted,
                    TimePoint when) {
  CmsCheck check;
  const auto cms = parse(der);
  if (!cms) {
    check.state = CmsCheck::State::broken;
    check.problem = "the signature is damaged: " + last_error();
    return check;
  }
  if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) {
    check.problem = "this is not a signature";
    return check;
  }
  if (content && content->size() > kCmsMax) {
    check.problem = "what was signed is too long to be checked";
    return check;
  }
  const auto run = [&](X509_STORE* store, unsigned flags) {
    const Bio data(content ? BIO_new_mem_buf(content->data(), static_cast<int>(content->size())) : nullptr);
    const Bio sink(BIO_new(BIO_s_null()));
    ERR_clear_error();
    return CMS_verify(cms.get(), nullptr, store, data.get(), sink.get(), flags | CMS_BINARY) == 1;
  };
  const bool fits = run(nullptr, CMS_NO_SIGNER_CERT_VERIFY);
  if (!fits) {
    const auto code = ERR_peek_last_error();
    const bool no_certificate =
        ERR_GET_LIB(code) == ERR_LIB_CMS && ERR_GET_REASON(code) == CMS_R_SIGNER_CERTIFICATE_NOT_FOUND;
    const bool no_algorithm = ERR_GET_LIB(code) == ERR_LIB_EVP;
    check.state = no_certificate || no_algorithm ? CmsCheck::State::unknown : CmsCheck::State::broken;
    check.problem = no_certificate ? "the signer's certificate is not with the mail" : last_error();
    if (has_reason(ERR_LIB_CMS, CMS_R_NO_SIGNERS)) check.problem = "nobody signed";
  }
  // Known after a run only: those whose certificates were found.
  if (auto* const signers = CMS_get0_signers(cms.get()); signers != nullptr) {
    for (int i = 0; i < sk_X509_num(signers) && i < 20; ++i)
      check.signers.push_back(signer_of(sk_X509_value(signers, i)));
    sk_X509_free(signers);
  }
  if (!fits) return check;
  // The store is shared; the time of judgement is not. So a parameter set of its own goes through a copy of the flags.
  auto* const store = X509_STORE_new();
  if (auto* const objects = X509_STORE_get0_objects(as_store(trusted.store_)); objects != nullptr)
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i)
      if (auto* const certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i)); certificate != nullptr)
        X509_STORE_add_cert(store, certificate);
  auto* const parameters = X509_STORE_get0_param(store);
  X509_VERIFY_PARAM_set_time(parameters,
                             std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_depth(parameters, 10);
  if (run(store, 0)) {
    check.state = CmsCheck::State::verified;
  } else {
    check.state = CmsCheck::State::untrusted;
    check.problem = trusted.size() == 0 ? "no certificate is trusted here"
                                        : "nobody whom we trust vouches for the signer (" + last_error() + ")";
  }
  ERR_clear_error();
  X509_STORE_free(store);
  return check;
}

}  // namespace orgo
