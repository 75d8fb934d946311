#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "protocol/mime/entity.h"

namespace orgo {

/// How a mail is signed or encrypted, by its form (RFC 8551, RFC 3156, RFC 4880 armour). Nothing is checked here.
struct Protection {
  enum class Form {
    none,
    smime_detached,  ///< multipart/signed with application/pkcs7-signature
    smime_opaque,    ///< application/pkcs7-mime that carries the signed mail
    smime_encrypted,
    smime_compressed,
    pgp_detached,          ///< multipart/signed with application/pgp-signature
    pgp_inline_signed,     ///< "-----BEGIN PGP SIGNED MESSAGE-----" in the text
    pgp_encrypted,         ///< multipart/encrypted
    pgp_inline_encrypted,  ///< "-----BEGIN PGP MESSAGE-----" in the text
  };
  Form form = Form::none;

  [[nodiscard]] bool is_signed() const;
  [[nodiscard]] bool is_encrypted() const;
  [[nodiscard]] bool is_smime() const;
};
std::string_view to_string(Protection::Form form);  ///< "smime_detached", "none"

/// What a verifier needs: exactly the bytes that were signed, and the signature.
struct SignedContent {
  Protection::Form form = Protection::Form::none;
  std::string content;    ///< with CRLF, as it was signed; empty when it is inside the signature
  std::string signature;  ///< decoded: DER, or PGP (armoured or not)
  std::string sender;     ///< the address in From, lower case: whose signature it should be
};

/// By the form of the mail: looks at the outermost layer that is signed or encrypted. Linear; a mail without such a
/// part costs its headers.
Protection find_protection(std::string_view raw);
/// For signed forms; nullopt: not signed, or a part is missing.
std::optional<SignedContent> signed_content(std::string_view raw);

/// Is this part CMS (RFC 8551, section 3.2; RFC 7193): application/pkcs7-mime and its older names, application/cms, any
/// other application whose file name ends in .p7m, as gateways rename it, another type of such a name whose bytes are
/// CMS, or what calls itself a signature and carries the mail? Not a detached signature.
bool is_cms(const mime::Document& document, const mime::Entity& entity);
/// Is the whole mail wrapped in CMS? Costs a mail of no such name nothing.
inline bool is_wrapped(const mime::Document& document) {
  return !document.entities.front().multipart && is_cms(document, document.entities.front());
}
/// One layer of a mail that has to be opened before it can be read, by what `document` says of `raw`: a signed part in
/// CMS beside others (a gateway's footer), or a multipart whose body is base64 or quoted-printable as a whole (RFC
/// 2045, section 6.4 forbids it; SAP does it). The mail with that part in the clear; nullopt: there is none.
std::optional<std::string> open_layer(std::string_view raw, const mime::Document& document);
/// A mail whose signed content is wrapped in CMS (smime_opaque), as a mail that can be read: the outer header with the
/// inner body. nullopt: it is not such a mail, or it can't be opened. Signatures within each other are opened up to 3
/// deep.
std::optional<std::string> open_opaque(std::string_view raw);

/// What a check of the signature says. `not_checked`: nobody tried.
struct SignatureCheck {
  enum class State {
    none,         ///< not signed
    not_checked,  ///< signed; no key, certificate or program to check it with
    verified,     ///< by somebody whom a trusted key or certificate names, and who is the sender
    broken,       ///< it does not fit: the mail was changed on the way, or the signature is false
  };
  State state = State::none;
  std::string signer;  ///< who, in words: "Anna Example <anna@example.org>"
  std::string detail;  ///< why not verified
};
std::string_view to_string(SignatureCheck::State state);

/// "Signed, verified: Anna Example <anna@example.org>", "Signed, not verified (no key)", "The signature is broken:
/// ...", "Encrypted: kept as it came"; empty: neither signed nor encrypted.
std::string in_words(const Protection& protection, const SignatureCheck& check);

/// {"form", "signed", "encrypted", "signature", "signer", "detail", "words"}
void write_protection(JsonWriter& out, const Protection& protection, const SignatureCheck& check);

}  // namespace orgo
