#include "service/gateway/core/multipart_form.h"

#include <gmock/gmock.h>

#include <chrono>

namespace orgo::gateway {
namespace {

using testing::HasSubstr;

constexpr std::string_view kType = "multipart/form-data; boundary=----WebKitFormBoundaryAb12";

std::string part(std::string_view head, std::string_view content) {
  return "------WebKitFormBoundaryAb12\r\nContent-Disposition: form-data; " + std::string(head) + "\r\n\r\n" +
         std::string(content) + "\r\n";
}
std::string closed(std::string body) {
  return std::move(body) + "------WebKitFormBoundaryAb12--\r\n";
}
std::string trouble(std::string_view body, std::string_view type = kType) {
  const auto form = parse_multipart(type, body);
  return form ? "none" : form.error().message;
}

TEST(MultipartForm, ReadsWhatABrowserSends) {
  const std::string bytes("\0\xFF\r\n--no boundary\r\n", 20);
  const auto body = closed(
      part("name=\"text\"",
           "Gr\xC3\xBC\xC3\x9F"
           "e\r\nAnna") +
      part("name=\"empty\"", "") +
      part("name=\"files\"; filename=\"C:\\offers\\%22best%22 Angeb\xC3\xB6t.pdf\"\r\nContent-Type: application/pdf",
           bytes) +
      part("name=\"files\"; filename=\"b.txt\"\r\nContent-Type: text/plain", ""));
  const auto form = parse_multipart(kType, body);
  ASSERT_TRUE(form) << form.error().message;
  EXPECT_EQ(form->fields.at("text"),
            "Gr\xC3\xBC\xC3\x9F"
            "e\r\nAnna");
  EXPECT_EQ(form->fields.at("empty"), "");
  EXPECT_EQ(form->fields.size(), 2U);
  ASSERT_EQ(form->files.size(), 2U);
  EXPECT_EQ(form->files[0].field, "files");
  EXPECT_EQ(form->files[0].filename, "\"best\" Angeb\xC3\xB6t.pdf") << "no path, its quotes again";
  EXPECT_EQ(form->files[0].type, "application/pdf");
  EXPECT_EQ(form->files[0].bytes, bytes);
  EXPECT_EQ(form->files[1].filename, "b.txt") << "an empty file is a file";
  EXPECT_EQ(form->files[1].bytes, "");
}

TEST(MultipartForm, AnInputWithoutAFileIsNoFile) {
  const auto body = closed(part("name=\"files\"; filename=\"\"\r\nContent-Type: application/octet-stream", "") +
                           part("name=\"files\"; filename=\"\"", "pasted"));  // which the form points into
  const auto form = parse_multipart(kType, body);
  ASSERT_TRUE(form) << form.error().message;
  ASSERT_EQ(form->files.size(), 1U) << "bytes without a name are one";
  EXPECT_EQ(form->files[0].filename, "");
  EXPECT_EQ(form->files[0].bytes, "pasted");
}

TEST(MultipartForm, TakesOtherBoundariesAndUnquotedNames) {
  const auto form = parse_multipart("Multipart/Form-Data; charset=utf-8; boundary=\"a b\"",
                                    "--a b\r\ncontent-disposition: FORM-DATA; x=1; name=text\r\n\r\nhi\r\n--a b--");
  ASSERT_TRUE(form) << form.error().message;
  EXPECT_EQ(form->fields.at("text"), "hi");
  EXPECT_TRUE(parse_multipart(kType, "------WebKitFormBoundaryAb12--")) << "a form without fields";
}

TEST(MultipartForm, SaysWhatIsWrong) {
  const auto good = closed(part("name=\"a\"", "1"));
  ASSERT_EQ(trouble(good), "none");
  EXPECT_THAT(trouble(good, "application/x-www-form-urlencoded"), HasSubstr("our own pages only"));
  EXPECT_THAT(trouble(good, ""), HasSubstr("our own pages only"));
  for (const auto* type : {"multipart/form-data", "multipart/form-data; boundary=\"\"",
                           "multipart/form-data; boundary=\"a<b\"", "multipart/form-data; boundary=\"a \""})
    EXPECT_THAT(trouble(good, type), HasSubstr("boundary is missing or none")) << type;
  EXPECT_EQ(trouble("--" + std::string(70, 'b') + "--", "multipart/form-data; boundary=" + std::string(70, 'b')),
            "none");
  EXPECT_THAT(trouble("--" + std::string(71, 'b') + "--", "multipart/form-data; boundary=" + std::string(71, 'b')),
              HasSubstr("boundary is missing or none"));
  EXPECT_THAT(trouble(""), HasSubstr("does not begin"));
  EXPECT_THAT(trouble("x\r\n" + good), HasSubstr("does not begin"));
  EXPECT_THAT(trouble(part("name=\"a\"", "1")), HasSubstr("end is missing")) << "cut off";
  EXPECT_THAT(trouble("------WebKitFormBoundaryAb12"), HasSubstr("goes on"));
  EXPECT_THAT(trouble(closed(part("name=\"a\"", "1\r\n------WebKitFormBoundaryAb12x"))), HasSubstr("goes on"));
  EXPECT_THAT(trouble(closed(part("filename=\"a\"", "1"))), HasSubstr("which field"));
  EXPECT_THAT(trouble(closed(part("name=\"a\"; name=\"b\"", "1"))), HasSubstr("which field"));
  EXPECT_THAT(trouble(closed(part("name=\"a", "1"))), HasSubstr("which field"));
  EXPECT_THAT(trouble(closed(part("name=\"a\"x", "1"))), HasSubstr("which field"));
  EXPECT_THAT(trouble(closed("------WebKitFormBoundaryAb12\r\n\r\n1\r\n")), HasSubstr("which field"));
  EXPECT_THAT(trouble(closed("------WebKitFormBoundaryAb12\r\nContent-Disposition: form-data; name=a\r\n")),
              HasSubstr("end of its header"));
  EXPECT_THAT(trouble(closed(part("name=\"a\"\r\nContent-Transfer-Encoding: base64", "MQ=="))), HasSubstr("encoded"));
  EXPECT_EQ(trouble(closed(part("name=\"a\"\r\nContent-Transfer-Encoding: Binary", "1"))), "none");
  EXPECT_THAT(trouble(closed(part("name=\"a\"", "\xFC"))), HasSubstr("not UTF-8"));
  EXPECT_THAT(trouble(closed(part("name=\"a\"", "1") + part("name=\"a\"", "2"))), HasSubstr("twice"));
}

TEST(MultipartForm, HoldsItsLimits) {
  std::string fields, files;
  for (std::size_t i = 0; i < MultipartForm::kFieldsMax; ++i) fields += part("name=\"f" + std::to_string(i) + "\"", "");
  EXPECT_EQ(trouble(closed(fields)), "none");
  EXPECT_THAT(trouble(closed(fields + part("name=\"more\"", ""))), HasSubstr("more than 100 fields"));
  for (std::size_t i = 0; i < MultipartForm::kFilesMax; ++i) files += part("name=\"files\"; filename=\"a\"", "x");
  EXPECT_EQ(trouble(closed(files)), "none");
  EXPECT_EQ(trouble(closed(files + part("name=\"files\"; filename=\"\"", ""))), "none");
  EXPECT_THAT(trouble(closed(files + part("name=\"files\"; filename=\"a\"", "x"))), HasSubstr("at most 50 files"));
  const auto head = [](std::size_t bytes) {
    const std::string start = "name=\"a\"\r\nX: ";
    return start + std::string(bytes - start.size() - std::string_view("Content-Disposition: form-data; ").size(), 'x');
  };
  EXPECT_EQ(trouble(closed(part(head(MultipartForm::kHeaderMax - 4), "1"))), "none");
  EXPECT_THAT(trouble(closed(part(head(MultipartForm::kHeaderMax - 3), "1"))), HasSubstr("end of its header"));
  const auto long_type =
      parse_multipart(kType, closed(part("name=\"f\"; filename=\"a\"\r\nContent-Type: " + std::string(300, 'x'), "1")));
  ASSERT_TRUE(long_type);
  EXPECT_EQ(long_type->files.at(0).type, "");
}

TEST(MultipartForm, ReadsNearBoundariesInLinearTime) {
  std::string body = "------WebKitFormBoundaryAb12\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
  while (body.size() < (8U << 20U)) body += "\r\n------WebKitFormBoundaryAb1";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(trouble(closed(body + "\r\n")), "none");
  std::string parts;
  while (parts.size() < (8U << 20U)) parts += part("name=\"files\"; filename=\"\"", "");
  EXPECT_EQ(trouble(closed(parts)), "none");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(MultipartForm, LineEndsOfATextarea) {
  EXPECT_EQ(with_plain_line_ends("a\r\nb\rc\n\r\n"), "a\nb\nc\n\n");
}

TEST(MultipartForm, WhatIsWholeOfOneThatIsCut) {
  const std::string whole =
      "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nThe words.\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"cc\"\r\n\r\npat@client.example\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.mp4\"\r\n\r\nxxxxxxxx";
  const auto begins_files = whole.find("name=\"files\"");
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto form = parse_multipart("multipart/form-data; boundary=b", whole.substr(0, size), true);
    if (size < 3) continue;
    ASSERT_TRUE(form) << size << " " << form.error().message;
    EXPECT_TRUE(form->files.empty()) << "a file that is cut is none";
    if (size >= begins_files) {
      EXPECT_EQ(form->fields.at("text"), "The words.");
      EXPECT_EQ(form->fields.at("cc"), "pat@client.example");
    }
    EXPECT_FALSE(parse_multipart("multipart/form-data; boundary=b", whole.substr(0, size))) << "else its end is missed";
  }
}

}  // namespace
}  // namespace orgo::gateway
