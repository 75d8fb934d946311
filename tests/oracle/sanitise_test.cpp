#include <gtest/gtest.h>
#include <gumbo.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/html.h"
#include "base/text.h"
#include "core/mail/read/read_message.h"
#include "core/mail/show/sanitise_html.h"
#include "tests/oracle/corpora.h"

// What the sanitiser writes, read again by a true HTML5 parser: nothing may be in the tree that is not on the list,
// however the parser moves things about. And what people read must still be there.
namespace orgo {
namespace {

const std::set<std::string> kAllowedTags = {
    "html",   "head",   "body",       "a",       "abbr",    "address", "article", "aside",   "b",          "bdi",
    "bdo",    "big",    "blockquote", "br",      "caption", "center",  "cite",    "code",    "col",        "colgroup",
    "dd",     "del",    "details",    "dfn",     "div",     "dl",      "dt",      "em",      "figcaption", "figure",
    "font",   "footer", "h1",         "h2",      "h3",      "h4",      "h5",      "h6",      "header",     "hr",
    "i",      "img",    "ins",        "kbd",     "li",      "main",    "mark",    "nav",     "ol",         "p",
    "pre",    "q",      "rp",         "rt",      "ruby",    "s",       "samp",    "section", "small",      "span",
    "strike", "strong", "sub",        "summary", "sup",     "table",   "tbody",   "td",      "tfoot",      "th",
    "thead",  "time",   "tr",         "tt",      "u",       "ul",      "var",     "wbr"};
const std::set<std::string> kAllowedAttributes = {
    "abbr",    "align",  "alt",     "bgcolor",   "border",   "cellpadding", "cellspacing",    "class",
    "clear",   "color",  "colspan", "data-host", "datetime", "dir",         "face",           "height",
    "href",    "hspace", "lang",    "loading",   "noshade",  "nowrap",      "referrerpolicy", "rel",
    "rowspan", "scope",  "size",    "span",      "src",      "start",       "style",          "target",
    "title",   "type",   "valign",  "vspace",    "width"};

/// What is wrong in the tree; empty: nothing.
std::string wrong_in(const std::string& html) {
  auto options = kGumboDefaultOptions;
  options.max_errors = 0;
  auto* const output = gumbo_parse_with_options(&options, html.data(), html.size());
  std::string wrong;
  std::vector<const GumboNode*> nodes{output->root};
  while (!nodes.empty() && wrong.empty()) {
    const auto* const node = nodes.back();
    nodes.pop_back();
    if (node->type == GUMBO_NODE_COMMENT || node->type == GUMBO_NODE_CDATA || node->type == GUMBO_NODE_TEMPLATE)
      wrong = "a comment";
    if (node->type != GUMBO_NODE_ELEMENT) continue;
    const auto& element = node->v.element;
    std::string name = gumbo_normalized_tagname(element.tag);
    if (element.tag == GUMBO_TAG_UNKNOWN) {
      auto original = element.original_tag;
      gumbo_tag_from_original_text(&original);
      name = std::string(original.data, original.length);
    }
    if (!kAllowedTags.contains(name)) wrong = "<" + name + ">";
    if (element.tag_namespace != GUMBO_NAMESPACE_HTML) wrong = "foreign " + name;
    for (unsigned i = 0; i < element.attributes.length; ++i) {
      const auto* const attribute = static_cast<const GumboAttribute*>(element.attributes.data[i]);
      const std::string key = attribute->name, value = attribute->value;
      if (!kAllowedAttributes.contains(key)) wrong = name + " " + key;
      if (key == "href" && !value.starts_with("http://") && !value.starts_with("https://") &&
          !value.starts_with("mailto:") && !value.starts_with("tel:") && !value.starts_with("MAILTO:") &&
          !value.starts_with("TEL:") && value.find("ailto:") == std::string::npos &&
          value.find("el:") == std::string::npos)
        wrong = "href " + value;
      if (key == "src" && !value.starts_with("data:image/")) wrong = "src " + value.substr(0, 50);
      if (key == "class" && !value.starts_with("orgo-")) wrong = "class " + value;
      if (key == "style" && (value.find("url") != std::string::npos || value.find('\\') != std::string::npos ||
                             value.find("position") == 0))
        wrong = "style " + value;
    }
    for (unsigned i = 0; i < element.children.length; ++i)
      nodes.push_back(static_cast<const GumboNode*>(element.children.data[i]));
  }
  gumbo_destroy_output(&options, output);
  return wrong;
}

std::string ink(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' && c != '\n' && c != '\t') out += c;
  return out;
}
/// Without what we put in ourselves.
std::string without_ours(std::string html) {
  for (const std::string begin : {"<span class=\"orgo-picture\">", "<strong class=\"orgo-warning\">"})
    for (std::size_t at = 0; (at = html.find(begin, at)) != std::string::npos;)
      html.erase(at, html.find("</s", at) - at);
  return html;
}

TEST(SanitiseOracle, NothingButTheListsInHtmlOfRealMails) {
  ORGO_NEED_CORPORA();
  int documents = 0, same = 0;
  std::string differing;
  for (const auto& path : testing::corpus_mails()) {
    auto message = read_message(testing::read_file(path));
    if (message.as_mail().html.empty()) continue;
    // Lists to choose from are forms, and go with all that is in them.
    const auto lower = ascii_lower(message.as_mail().html);
    std::string kept;
    std::size_t from = 0;
    for (std::size_t at = 0; (at = lower.find("<select", from)) != std::string::npos;) {
      kept += message.as_mail().html.substr(from, at - from);
      const auto end = lower.find("</select>", at);
      from = end == std::string::npos ? message.as_mail().html.size() : end + 9;
    }
    message.make_mail().html = kept + message.as_mail().html.substr(from);
    SanitiseOptions options;
    options.fold = false;
    const auto clean = sanitise_html(message.as_mail().html, options);
    ASSERT_EQ(wrong_in(clean.html), "") << path;
    ++documents;
    if (ink(html_to_text(without_ours(clean.html))) == ink(html_to_text(message.as_mail().html))) {
      ++same;
    } else {
      const auto a = ink(html_to_text(without_ours(clean.html))), b = ink(html_to_text(message.as_mail().html));
      const auto at = static_cast<std::size_t>(
          std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())), b.begin())
              .first -
          a.begin());
      differing += path.filename().string() + ": " + a.substr(at, 40) + " | " + b.substr(at, 40) + "\n";
    }
  }
  EXPECT_GT(documents, 100);
  EXPECT_GE(same * 100, documents * 99) << same << " of " << documents << " say the same; others:\n" << differing;
}

TEST(SanitiseOracle, NothingButTheListsInRandomMarkup) {
  const std::vector<std::string> pieces = {"<",
                                           ">",
                                           "</",
                                           "/>",
                                           "\"",
                                           "'",
                                           "`",
                                           "=",
                                           " ",
                                           "\n",
                                           "<!--",
                                           "-->",
                                           "--!>",
                                           "<![CDATA[",
                                           "]]>",
                                           "<?",
                                           "svg",
                                           "math",
                                           "style",
                                           "script",
                                           "img",
                                           "table",
                                           "td",
                                           "tr",
                                           "p",
                                           "b",
                                           "a",
                                           "div",
                                           "form",
                                           "mglyph",
                                           "mtext",
                                           "foreignObject",
                                           "desc",
                                           "title",
                                           "textarea",
                                           "template",
                                           "noscript",
                                           "select",
                                           "option",
                                           "iframe",
                                           "annotation-xml",
                                           "body",
                                           "html",
                                           "frameset",
                                           "details class=gmail_quote",
                                           "blockquote type=cite",
                                           " onerror=alert(1)",
                                           " href=javascript:alert(1)",
                                           " src=x",
                                           " style=background:url(x)",
                                           " href=https://a.example/",
                                           "&lt;",
                                           "&#60;",
                                           "&quot;",
                                           "x",
                                           "plaintext",
                                           "xmp",
                                           "<a href=\"https://e.example\">www.b.example</a>",
                                           "<svg>",
                                           "<math>",
                                           "</svg>",
                                           "<p>",
                                           "</p>",
                                           "<table>",
                                           "<td>"};
  std::mt19937 random(20'261'122);
  for (int round = 0; round < 20'000; ++round) {
    std::string html;
    const auto count = 1 + random() % 40;
    for (std::size_t i = 0; i < count; ++i) html += pieces[random() % pieces.size()];
    SanitiseOptions options;
    options.fold = round % 2 == 0;
    const auto clean = sanitise_html(html, options).html;
    ASSERT_EQ(wrong_in(clean), "") << html << "\n-> " << clean;
    // What was made safe stays so, and as it is.
    options.fold = false;
    ASSERT_EQ(wrong_in(sanitise_html(clean, options).html), "");
  }
}

}  // namespace
}  // namespace orgo
