#include <gtest/gtest.h>

#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

using Kind = MachineReport::Kind;

std::string status(std::string_view actions) {
  std::string out = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n";
  for (std::size_t at = 0; at < actions.size();) {
    const auto end = std::min(actions.find(' ', at), actions.size());
    out += "\nFinal-Recipient: rfc822; anna@example.org\nAction: " + std::string(actions.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return out;
}
std::string multipart(std::string_view type, std::string_view boundary, std::vector<std::string> parts) {
  std::string out = "Content-Type: multipart/" + std::string(type) + "; boundary=" + std::string(boundary) + "\n\n";
  for (const auto& part : parts) out += "--" + std::string(boundary) + "\n" + part + "\n";
  return out + "--" + std::string(boundary) + "--\n";
}
const std::string kWords = "Content-Type: text/plain\n\nIt says.\n";
const std::string kReceipt =
    "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;a@b\nDisposition: manual-action; "
    "displayed\n";

MachineReport report_of(const std::string& mail) {
  return read_message("From: gw@example.org\nSubject: x\nMIME-Version: 1.0\n" + mail).as_mail().report;
}

TEST(MachineReport, IsFoundWhereverItStands) {
  const auto report = multipart("report; report-type=delivery-status", "r", {kWords, status("failed")});
  const auto unnamed = multipart("report", "r", {kWords, status("failed")});
  const auto wrong = multipart("report; report-type=\"mail-report\"", "r", {kWords, status("failed")});
  for (const auto& mail :
       {report, unnamed, wrong, multipart("mixed", "o", {report, kWords}), multipart("mixed", "o", {kWords, report}),
        multipart("mixed", "o", {unnamed, kWords}), multipart("signed", "o", {report, kWords}),
        multipart("mixed", "q", {multipart("mixed", "o", {kWords, unnamed}), kWords}), status("failed"),
        multipart("report; report-type=Delivery-Status", "r", {kWords, status("delivered failed")})})
    EXPECT_EQ(report_of(mail), (MachineReport{Kind::delivery_status, true, ""})) << mail;
  const auto receipt = multipart("report; report-type=disposition-notification", "r", {kWords, kReceipt});
  for (const auto& mail :
       {receipt, multipart("report", "r", {kWords, kReceipt}), multipart("mixed", "o", {receipt, kWords})})
    EXPECT_EQ(report_of(mail), (MachineReport{Kind::disposition, true, ""})) << mail;
}

TEST(MachineReport, AloneAmongOtherPartsItIsNotWhole) {
  EXPECT_EQ(report_of(multipart("mixed", "o", {kWords, status("failed")})),
            (MachineReport{Kind::delivery_status, false, ""}));
  EXPECT_EQ(report_of(multipart("mixed", "o", {kWords, kReceipt})), (MachineReport{Kind::disposition, false, ""}));
}

TEST(MachineReport, OneThatIsAttachedAsAMailIsNotThisMails) {
  const auto bounce = multipart("report; report-type=delivery-status", "r", {kWords, status("failed")});
  EXPECT_EQ(report_of(multipart("mixed", "o", {kWords, "Content-Type: message/rfc822\n\nSubject: y\n" + bounce})),
            MachineReport{});
  EXPECT_EQ(report_of(kWords), MachineReport{});
}

TEST(MachineReport, SaysWhenNothingFailed) {
  for (const char* word : {"delivered", "relayed", "expanded"})
    EXPECT_EQ(report_of(multipart("report", "r", {kWords, status(word)})).delivered, word);
  EXPECT_EQ(report_of(multipart("report", "r", {kWords, status("relayed delivered")})).delivered, "relayed");
  for (const char* word : {"failed", "delayed", "delivered failed", "relayed delayed delivered", ""})
    EXPECT_EQ(report_of(multipart("report", "r", {kWords, status(word)})).delivered, "") << word;
}

}  // namespace
}  // namespace orgo
