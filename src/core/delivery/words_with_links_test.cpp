#include "core/delivery/words_with_links.h"

#include <gtest/gtest.h>

#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

std::string words(const std::string& body, const std::string& type = "text/html") {
  return words_with_links(read_message("From: ben@school.example\r\nIn-Reply-To: <a@b.example>\r\nSubject: Re: x\r\n"
                                       "Content-Type: " +
                                       type + "; charset=utf-8\r\n\r\n" + body))
      .value_or("(none)");
}

TEST(WordsWithLinks, AddressesStandBehindTheirWords) {
  EXPECT_EQ(words("<p>Book <a href=\"https://book.example/r?x=1&amp;y=2\">here</a>, please.</p>"),
            "Book here <https://book.example/r?x=1&y=2>, please.");
  EXPECT_EQ(words("<a href=\"https://book.example/\">book.example</a> or <a href=\"mailto:ben@school.example\">me</a>"),
            "book.example or me <mailto:ben@school.example>");
  EXPECT_EQ(words("<a href=\"mailto:ben@school.example\">ben@school.example</a> <a href=\"tel:112\">call</a>"),
            "ben@school.example call");
  EXPECT_EQ(words("Look <a href=\"javascript:alert(1)\">here</a> or <a href=\"/x\">there</a>"), "Look here or there");
  EXPECT_EQ(words("No <b>link</b>"), "No link");
  EXPECT_EQ(words("See <a href=\"https://x.example\">x</a>", "text/plain"), "See <a href=\"https://x.example\">x</a>")
      << "what was typed stays";
}

TEST(WordsWithLinks, NothingOfWhatIsQuoted) {
  EXPECT_EQ(
      words("<div>Read <a href=\"https://a.example/p\">this</a>.</div><blockquote type=\"cite\"><div>T-12: Water, "
            "<a href=\"https://orgo.school.example/tasks/12\">open</a></div></blockquote>"),
      "Read this <https://a.example/p>.");
}

}  // namespace
}  // namespace orgo
