#include "core/delivery/thread_fields.h"

#include <gtest/gtest.h>

#include "tests/support/tenants.h"

namespace orgo {
namespace {

TEST(ThreadFields, OneMarkerStandsInASubject) {
  Task task{.tenant = kTenant, .number = TaskNumber{8}};
  task.title = "Water leak";
  Message message;
  const auto subject = [&](const char* of_mail) {
    message.subject = of_mail;
    return mark_subject("Re: " + answered_subject(message, &task), &task);
  };
  EXPECT_EQ(subject("Water leak"), "Re: [T-8] Water leak");
  EXPECT_EQ(subject("Re: [T-5] Water leak"), "Re: [T-8] Water leak") << "it came late, and opened this task";
  EXPECT_EQ(subject("[T-5] Another matter"), "Re: [T-8] [T-5] Another matter") << "it may be of another house";
  EXPECT_EQ(answered_subject(message, nullptr), "[T-5] Another matter");
  task.title = "Re: [T-5] Water leak";
  EXPECT_EQ(subject("Re: [T-5] Water leak"), "Re: [T-8] Re: [T-5] Water leak") << "so it is called";
}

}  // namespace
}  // namespace orgo
