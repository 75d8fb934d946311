// Mails that have to be opened before they can be read: signed by CMS under odd names, multiparts encoded as a whole.
#include <gtest/gtest.h>

#include "base/hash.h"
#include "core/mail/read/protection.h"
#include "core/mail/read/read_message.h"
#include "protocol/mime/transfer_encoding.h"

namespace orgo {
namespace {

std::string der(unsigned char tag, const std::string& content) {
  std::string out(1, static_cast<char>(tag));
  if (content.size() < 128) {
    out += static_cast<char>(content.size());
  } else {
    out += '\x82';
    out += static_cast<char>(content.size() >> 8);
    out += static_cast<char>(content.size() & 0xFF);
  }
  return out + content;
}

std::string base64_of(const std::string& bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63];
  }
  return out + "\n";
}

/// Signed data without a signer (RFC 5652, section 5.1), in base64.
std::string signed_data(const std::string& content) {
  const std::string signed_oid("\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02", 9),
      data_oid("\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 9);
  const auto inner = der(0x30, der(0x06, data_oid) + der(0xA0, der(0x04, content)));
  const auto data = der(0x30, der(0x02, std::string(1, '\x01')) + der(0x31, "") + inner + der(0x31, ""));
  const auto whole = der(0x30, der(0x06, signed_oid) + der(0xA0, data));
  return base64_of(whole);
}

const std::string kInner = "Content-Type: text/plain; charset=utf-8\r\n\r\nThere is a leak in room seven.\r\n";

/// `part`, a signed mail in CMS, is opened: as the whole mail, before a footer and behind a banner.
void expect_opened(const std::string& part) {
  const std::string from = "From: a@x.example\nSubject: leak\n", text = "There is a leak in room seven.";
  EXPECT_EQ(read_message(from + part).text, text + "\n") << part;
  EXPECT_TRUE(find_protection(from + part).is_signed()) << part;
  const auto content = signed_content(from + part);
  EXPECT_TRUE(content && content->signature.starts_with('0')) << "what a verifier gets is DER: " << part;
  const std::string mixed = from + "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
                    note = "Content-Type: text/plain\n\nScanned by Gateway.\n";
  for (const auto& raw : {mixed + part + "\n--b\n" + note + "--b--\n", mixed + note + "--b\n" + part + "--b--\n"}) {
    const auto message = read_message(raw);
    EXPECT_NE(message.text.find(text), std::string::npos) << raw;
    EXPECT_NE(message.text.find("Scanned by Gateway."), std::string::npos) << "what stands beside it stays: " << raw;
    EXPECT_TRUE(message.attachments.empty()) << raw;
    EXPECT_TRUE(find_protection(raw).is_signed()) << raw;
  }
}

TEST(OpenLayer, SignedMailsUnderManyNames) {
  for (const char* type : {"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
                           "application/x-pkcs7-mime",
                           "application/pkcs7",
                           "application/x-pkcs7; name=smime.p7m",
                           "application/octet-stream; name=\"smime.p7m\"",
                           "application/octet-stream; name=SMIME.P7M",
                           "application/octet-stream\nContent-Disposition: attachment; filename=smime.p7m",
                           "application/x-unknown; name=mail.p7m",
                           "APPLICATION/PKCS7-MIME",
                           "application/cms",
                           "application/pkcs7-mime; smime-type=\"signed-data\"",
                           "application/pkcs7-mime; smime-type=enveloped-data",
                           "application/pkcs7-mime; smime-type=compressed-data; name=smime.p7m",
                           "binary/octet-stream; name=smime.p7m",
                           "unknown/unknown; name=smime.p7m",
                           "file/p7m\nContent-Disposition: attachment; filename=\"smime.p7m\"",
                           "text/plain; name=smime.p7m",
                           "application/pkcs7-signature; name=smime.p7m",
                           "application/x-pkcs7-signature; name=smime.p7s; smime-type=signed-data",
                           "application/x-pkcs7-signature\nContent-Disposition: attachment; filename=smime.p7m"})
    expect_opened("Content-Type: " + std::string(type) + "\nContent-Transfer-Encoding: base64\n\n" +
                  signed_data(kInner));
}

TEST(OpenLayer, SignedMailsHoweverTheyAreEncoded) {
  const auto base64 = signed_data(kInner);
  std::string bytes;
  mime::decode_base64(base64, bytes);
  ASSERT_EQ(bytes.find('\n' + std::string("--")), std::string::npos);
  for (const char* encoding : {"", "Content-Transfer-Encoding: 7bit\n", "Content-Transfer-Encoding: base64\n",
                               "Content-Transfer-Encoding: binary\n"})
    for (const auto& body : {base64, "\n" + base64, "-----BEGIN PKCS7-----\n" + base64 + "-----END PKCS7-----\n",
                             "-----BEGIN CMS-----\n" + base64 + "-----END CMS-----\n",
                             "-----BEGIN PKCS #7 SIGNED DATA-----\n" + base64 + "-----END PKCS #7 SIGNED DATA-----\n"})
      for (const char* type : {"pkcs7-mime; smime-type=signed-data", "pkcs7-mime", "octet-stream; name=smime.p7m"})
        expect_opened("Content-Type: application/" + std::string(type) + "\n" + encoding + "\n" + body);
}

TEST(OpenLayer, WhatCarriesNoMailIsAFile) {
  const auto files = [](const std::string& part) {
    return read_message(
               "From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n"
               "Content-Type: " +
               part + "\n--b--\n")
        .attachments.size();
  };
  EXPECT_EQ(files("application/octet-stream; name=a.p7m\nContent-Transfer-Encoding: base64\n\nAAAA"), 1U) << "damaged";
  EXPECT_EQ(files("application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nAAAA"), 1U);
  EXPECT_EQ(files("application/pkcs7-signature; name=smime.p7m\n\n" + signed_data("")), 1U) << "nothing inside";
  EXPECT_EQ(files("image/png; name=smime.p7m\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="), 1U);
  for (const char* type : {"binary/octet-stream; name=smime.p7m", "application/pkcs7-mime; smime-type=signed-data"}) {
    std::string enveloped;  // 1.2.840.113549.1.7.3
    mime::decode_base64(signed_data(kInner), enveloped);
    enveloped[enveloped.find("\x01\x07\x02") + 2] = '\x03';
    const auto raw = "From: a@x.example\nContent-Type: " + std::string(type) +
                     "\nContent-Transfer-Encoding: base64\n\n" + base64_of(enveloped);
    EXPECT_TRUE(find_protection(raw).is_encrypted()) << type;
    EXPECT_EQ(read_message(raw).attachments.size(), 1U) << type;
  }
}

TEST(OpenLayer, AMultipartThatIsEncodedAsAWhole) {
  for (const char* end : {"\n", "\r\n"}) {
    std::string parts;
    for (const char* line : {"--S", "Content-Type: text/plain", "", "There is a leak.", "--S",
                             "Content-Type: application/pdf; name=order.pdf", "Content-Transfer-Encoding: base64", "",
                             "JVBERi0=", "--S--"})
      parts += std::string(line) + end;
    std::string quoted_printable;
    for (const char c : parts) quoted_printable += c == '=' ? "=3D" : c == '-' ? "=2D" : std::string(1, c);
    for (const auto& [encoding, body] :
         {std::pair{std::string("base64"), base64_of(parts)},
          std::pair{std::string("quoted-printable"), quoted_printable}, std::pair{std::string("base64"), parts},
          std::pair{std::string("7bit"), parts}}) {
      const auto message = read_message(
          "From: a@x.example\nSubject: leak\nContent-Type: multipart/mixed; boundary=\"S\"\n"
          "Content-Transfer-Encoding: " +
          encoding + "\n\n" + body);
      EXPECT_EQ(message.text.substr(0, 16), "There is a leak.") << encoding;
      ASSERT_EQ(message.attachments.size(), 1U) << encoding;
      EXPECT_EQ(message.attachments[0].filename, "order.pdf");
      EXPECT_EQ(message.attachments[0].size, 5U);
    }
  }
}

TEST(OpenLayer, PlainTextThatSaysBase64IsPlain) {
  const auto message = read_message(
      "From: a@x.example\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nThere is a leak in room "
      "seven, please come.\n");
  EXPECT_EQ(message.text, "There is a leak in room seven, please come.\n");
  ASSERT_FALSE(message.defects.empty());
}

TEST(OpenLayer, AFileThatSaysBase64AndIsPlainIsTheSameBytesWhenItIsFetched) {
  const std::string raw =
      "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n"
      "Content-Type: image/gif; name=x.gif\nContent-Transfer-Encoding: base64\n\nSome words instead of the "
      "bytes.\n--b--\n";
  const auto message = read_message(raw);
  ASSERT_EQ(message.attachments.size(), 1U);
  const auto bytes = attachment_bytes(raw, 0);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(*bytes, "Some words instead of the bytes.");
  EXPECT_EQ(bytes->size(), message.attachments[0].size);
  EXPECT_EQ(to_hex(sha256(*bytes)), message.attachments[0].sha256);
}

}  // namespace
}  // namespace orgo
