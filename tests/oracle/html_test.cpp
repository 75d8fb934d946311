// The text that we read from HTML without a tree, against the text nodes of the tree that gumbo builds by the standard.
#include <gtest/gtest.h>
#include <gumbo.h>

#include <iostream>

#include "base/charset.h"
#include "base/html.h"
#include "core/mail/read/read_message.h"
#include "tests/oracle/corpora.h"

namespace orgo {
namespace {

/// All text of the tree but that of scripts, styles, titles and the like; without white space.
std::string by_gumbo(const std::string& html) {
  GumboOptions options = kGumboDefaultOptions;
  auto* const output = gumbo_parse_with_options(&options, html.data(), html.size());
  std::string text;
  std::vector<const GumboNode*> open{output->root};
  while (!open.empty()) {
    const auto* const node = open.back();
    open.pop_back();
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA) text += node->v.text.text;
    if (node->type != GUMBO_NODE_ELEMENT && node->type != GUMBO_NODE_TEMPLATE) continue;
    switch (node->v.element.tag) {
      case GUMBO_TAG_SCRIPT:
      case GUMBO_TAG_STYLE:
      case GUMBO_TAG_TITLE:
      case GUMBO_TAG_IFRAME:
      case GUMBO_TAG_NOEMBED:
      case GUMBO_TAG_NOFRAMES:
        continue;
      default:
        break;
    }
    const auto& children = node->v.element.children;
    for (unsigned i = children.length; i-- > 0;) open.push_back(static_cast<const GumboNode*>(children.data[i]));
  }
  gumbo_destroy_output(&options, output);
  return text;
}

/// Letters and digits only: white space and the place of controls are a matter of taste.
std::string letters(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto length = std::max<std::size_t>(utf8_sequence(text, i), 1);
    const auto piece = text.substr(i, length);
    i += length;
    if (length == 1 ? static_cast<unsigned char>(piece[0]) > ' ' && static_cast<unsigned char>(piece[0]) < 0x7F
                    : piece != "\xC2\xA0" && piece != "\xEF\xBF\xBD" && static_cast<unsigned char>(piece[0]) >= 0xC2 &&
                          !(piece[0] == '\xC2' && static_cast<unsigned char>(piece[1]) < 0xA0))
      out += piece;
  }
  return out;
}

TEST(HtmlOracle, TheTextIsThatOfTheTree) {
  ORGO_NEED_CORPORA();
  std::size_t all = 0, same = 0;
  for (const auto& path : testing::corpus_mails()) {
    const auto message = read_message(testing::read_file(path));
    if (message.as_mail().html.empty() || message.as_mail().html.size() > 300'000) continue;
    ++all;
    const auto theirs = letters(by_gumbo(message.as_mail().html)), ours = letters(html_to_text(message.as_mail().html));
    if (theirs == ours) {
      ++same;
    } else if (std::getenv("ORGO_ORACLE_SHOW") != nullptr) {
      std::size_t at = 0;
      while (at < theirs.size() && at < ours.size() && theirs[at] == ours[at]) ++at;
      at = at > 30 ? at - 30 : 0;
      std::cout << path << ":\n  gumbo " << theirs.substr(at, 100) << "\n  orgo  " << ours.substr(at, 100) << "\n";
    }
  }
  std::cout << "html: " << same << " of " << all << " texts as gumbo's\n";
  // The others: text that a table has outside of its cells, which the standard moves before it; a document in a
  // document; tags that are never closed, where we rather show too much; rare names of characters.
  EXPECT_GE(same * 100, all * 97);
}

}  // namespace
}  // namespace orgo
