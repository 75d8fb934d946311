// What a stranger has attached is never shown as a page of ours, whatever it says that it is.
#include "service/gateway/content/attachment_response.h"

#include <gtest/gtest.h>

#include <string>

namespace orgo::gateway {
namespace {

HttpResponse served(const std::string& type, const std::string& filename = "a") {
  Attachment attachment;
  attachment.content_type = type;
  attachment.filename = filename;
  return attachment_response(attachment, "<script>alert(1)</script>");
}

TEST(AttachmentResponse, NothingThatABrowserRunsKeepsItsType) {
  for (const std::string type :
       {"text/html", "TEXT/HTML", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml",
        "application/javascript", "text/javascript", "text/css", "application/x-shockwave-flash", "multipart/related",
        "text/html; charset=utf-8", "text/x-component", "application/pdfx", "message/partial", "image/png\r\nX: y", ""})
    EXPECT_EQ(served(type).header("Content-Type"), "application/octet-stream") << type;
  for (const std::string type : {"image/png", "application/pdf", "text/plain", "message/rfc822", "text/calendar"})
    EXPECT_EQ(served(type).header("Content-Type"), type);
}

TEST(AttachmentResponse, EachIsKeptApartWhateverItIs) {
  for (const std::string type : {"text/html", "image/png", "image/svg+xml", "text/plain", "application/pdf"}) {
    const auto response = served(type, "x\".html\r\nSet-Cookie: a=b");
    EXPECT_TRUE(response.header("Content-Disposition").starts_with("attachment; filename=\"")) << type;
    for (const auto& header : response.headers)
      EXPECT_EQ(header.value.find_first_of("\r\n"), std::string::npos) << type;
    EXPECT_EQ(response.header("X-Content-Type-Options"), "nosniff") << type;
    EXPECT_EQ(response.header("Content-Security-Policy"), "default-src 'none'; sandbox") << type;
  }
}

}  // namespace
}  // namespace orgo::gateway
