#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// Cryptographic Message Syntax (RFC 5652), what S/MIME is made of. By OpenSSL; pure functions over bytes.
enum class CmsKind { signed_data, encrypted, compressed, certificates, other };

inline constexpr std::size_t kCmsMax = 64U << 20U;  ///< bytes; longer ones are refused

/// What kind it is, by the first bytes only; nullopt: it is no CMS.
std::optional<CmsKind> cms_kind(std::string_view der);

/// The content of signed data that carries it, without a look at the signatures. invalid_input: it is none, is damaged
/// or carries nothing.
Result<std::string> cms_signed_content(std::string_view der);

struct CmsSigner {
  std::string name;                 ///< of the certificate's subject: CN, else the address; UTF-8
  std::vector<std::string> emails;  ///< of the subject and its alternative names
};

/// What came of checking signed data.
struct CmsCheck {
  enum class State {
    verified,   ///< all signatures fit, and a trusted certificate vouches for the signers
    untrusted,  ///< the signatures fit, but nobody whom we trust says whose they are
    broken,     ///< the content was changed, or the signature is damaged
    unknown,    ///< it can't be checked: no certificate of the signer, or an algorithm that we don't have
  };
  State state = State::unknown;
  std::vector<CmsSigner> signers;
  std::string problem;  ///< why not verified, in words
};

/// Certificates that may vouch. Read once, used by many threads.
class CertificateStore {
 public:
  CertificateStore();
  CertificateStore(CertificateStore&&) noexcept;
  CertificateStore& operator=(CertificateStore&&) noexcept;
  ~CertificateStore();
  /// Adds all certificates of a PEM text, at most 10,000 in all; returns how many.
  std::size_t add_pem(std::string_view pem);
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  friend CmsCheck verify_cms(std::string_view, std::optional<std::string_view>, const CertificateStore&, TimePoint);
  void* store_;
  std::size_t count_ = 0;
};

/// Checks signed data. `content`: what was signed, when it stands beside (then exactly those bytes); nullopt: it is
/// inside. Certificates are judged as of `when`. Never throws; what OpenSSL says becomes words.
CmsCheck verify_cms(std::string_view der, std::optional<std::string_view> content, const CertificateStore& trusted,
                    TimePoint when);

}  // namespace orgo
