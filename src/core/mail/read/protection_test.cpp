#include "core/mail/read/protection.h"

#include <gtest/gtest.h>

#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

using Form = Protection::Form;

Form form_of(std::string_view raw) {
  return find_protection(raw).form;
}

TEST(Protection, IsToldByItsForm) {
  EXPECT_EQ(form_of("From: a@example.org\n\ntext\n"), Form::none);
  EXPECT_EQ(form_of("Content-Type: multipart/signed; boundary=b; "
                    "protocol=\"application/pkcs7-signature\"\n\n--b\n\nx\n--b\n\ny\n--b--\n"),
            Form::smime_detached);
  EXPECT_EQ(form_of("Content-Type: multipart/signed; boundary=b; "
                    "protocol=\"application/pgp-signature\"\n\n--b\n\nx\n--b\n\ny\n--b--\n"),
            Form::pgp_detached);
  EXPECT_EQ(form_of("Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b\n\ny\n--b--\n"),
            Form::pgp_encrypted);
  EXPECT_EQ(form_of("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nxx\n"), Form::smime_encrypted);
  EXPECT_EQ(form_of("Content-Type: application/x-pkcs7-mime; smime-type=signed-data\n\nxx\n"), Form::smime_opaque);
  EXPECT_EQ(form_of("Content-Type: application/pkcs7-mime; smime-type=compressed-data\n\nxx\n"),
            Form::smime_compressed);
  EXPECT_EQ(form_of("Subject: x\n\nHi\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n"), Form::pgp_inline_signed);
  EXPECT_EQ(form_of("Subject: x\n\n-----BEGIN PGP MESSAGE-----\n"), Form::pgp_inline_encrypted);
  EXPECT_EQ(form_of("Subject: x\n\n> -----BEGIN PGP MESSAGE-----\n"), Form::none) << "quoted";
}

TEST(Protection, SignedBytesAreThoseOfThePart) {
  const std::string part = "Content-Type: text/plain\n\nHello  \nyou";
  for (const bool crlf : {false, true}) {
    std::string raw =
        "From: A <A@Example.org>\nContent-Type: multipart/signed; boundary=b; "
        "protocol=\"application/pgp-signature\"\n\npreamble\n--b\n" +
        part + "\n--b\nContent-Type: application/pgp-signature\n\nSIG\n--b--\n";
    if (crlf)
      for (std::size_t at = 0; (at = raw.find('\n', at)) != std::string::npos; at += 2) raw.insert(at, "\r");
    const auto content = signed_content(raw);
    ASSERT_TRUE(content);
    EXPECT_EQ(content->content, "Content-Type: text/plain\r\n\r\nHello  \r\nyou");
    EXPECT_EQ(content->signature.substr(0, 3), "SIG");
    EXPECT_EQ(content->sender, "a@example.org");
  }
}

TEST(Protection, SignedBytesOfAMultipart) {
  const std::string inner =
      "Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\none\r\n--i\r\n\r\ntwo\r\n--i--\r\n";
  const auto content = signed_content(
      "Content-Type: multipart/signed; boundary=b; protocol=\"application/pkcs7-signature\"\r\n\r\n--b\r\n" + inner +
      "\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nSIG\r\n--b--\r\n");
  ASSERT_TRUE(content);
  EXPECT_EQ(content->content, inner);
}

TEST(Protection, DamagedFormsAreNoSignedContent) {
  EXPECT_FALSE(signed_content("Content-Type: multipart/signed; boundary=b\n\n--b\n\nonly one\n--b--\n"));
  EXPECT_FALSE(signed_content("Content-Type: multipart/signed; boundary=b\n\nnothing"));
  EXPECT_FALSE(signed_content("Subject: x\n\n-----BEGIN PGP SIGNED MESSAGE-----\nno end\n"));
  EXPECT_FALSE(open_opaque("Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nnot DER\n"));
  const auto message =
      read_message("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n\nnot DER\n");
  ASSERT_EQ(message.attachments.size(), 1U) << "kept as it came";
}

TEST(Protection, Words) {
  SignatureCheck check;
  EXPECT_EQ(in_words({Form::none}, check), "");
  check.state = SignatureCheck::State::verified;
  check.signer = "Anna";
  EXPECT_EQ(in_words({Form::smime_detached}, check), "Signed (S/MIME), verified: Anna");
  check = {SignatureCheck::State::not_checked, "", "no key"};
  EXPECT_EQ(in_words({Form::pgp_detached}, check), "Signed (PGP), not verified: no key");
  check = {SignatureCheck::State::not_checked, "Anna", "nobody vouches"};
  EXPECT_EQ(in_words({Form::smime_detached}, check),
            "Signed (S/MIME), as it says by Anna, not verified: nobody vouches");
  check = {SignatureCheck::State::broken, "", ""};
  EXPECT_EQ(in_words({Form::pgp_detached}, check), "The signature (PGP) is broken: it does not fit the mail");
  EXPECT_NE(in_words({Form::pgp_encrypted}, {}).find("Encrypted (PGP)"), std::string::npos);
}

}  // namespace
}  // namespace orgo
