#include "core/mail/show/sanitise_html.h"

#include <gtest/gtest.h>

#include <ctime>

#include "base/text.h"
#include "base/work.h"
#include "core/mail/show/link_target.h"

namespace orgo {
namespace {

std::string safe(std::string_view html) {
  return sanitise_html(html).html;
}
std::string link(const std::string& href, const std::string& text) {
  return safe("<a href=\"" + href + "\">" + text + "</a>");
}

TEST(SanitiseHtml, KeepsWhatMailsAreMadeOf) {
  EXPECT_EQ(safe("<p>Hi <b>Anna</b><br>x &amp; y</p>"), "<p>Hi <b>Anna</b><br>x &amp; y</p>");
  EXPECT_EQ(safe("<table border=1><tr><td>a<td>b<tr><td>c</table>"),
            "<table border=\"1\"><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>");
  EXPECT_EQ(safe("<ul><li>a<li>b<ul><li>c</ul></ul>"), "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>");
  EXPECT_EQ(safe("<font color=red size=2 face=\"Arial\">x"), "<font color=\"red\" size=\"2\" face=\"Arial\">x</font>");
  EXPECT_EQ(safe("<o:p>x</o:p><custom-thing>y</custom-thing>"), "xy");
  EXPECT_EQ(safe("1 < 2 &lt;b&gt; <3"), "1 &lt; 2 &lt;b&gt; &lt;3");
  EXPECT_EQ(safe("<body bgcolor=#fff>x</body>"), "<div style=\"background-color:#fff\">x</div>");
}

TEST(SanitiseHtml, IsBalanced) {
  EXPECT_EQ(safe("<div><b><i>x</div>y</i>"), "<div><b><i>x</i></b></div>y");
  EXPECT_EQ(safe("</div></td></table>x</p>"), "x");
  EXPECT_EQ(safe("<b>x"), "<b>x</b>");
  EXPECT_EQ(safe("<p>a<p>b<div>c"), "<p>a</p><p>b</p><div>c</div>");
}

TEST(SanitiseHtml, DropsWhatCouldRun) {
  for (const std::string html : {"<script>alert(1)</script>",
                                 "<SCRIPT SRC=//x.example/a.js></SCRIPT>",
                                 "<style>@import 'x'</style>",
                                 "<iframe src=javascript:alert(1)></iframe>",
                                 "<object data=x><embed src=x></object>",
                                 "<svg onload=alert(1)></svg>",
                                 "<svg><script>alert(1)</script></svg>",
                                 "<math><mtext><script>alert(1)</script></mtext></math>",
                                 "<template><img src=x onerror=alert(1)></template>",
                                 "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
                                 "<base href=javascript:alert(1)//>",
                                 "<link rel=stylesheet href=//x.example>",
                                 "<video><source onerror=alert(1)></video>",
                                 "<!--<img src=x onerror=alert(1)>-->",
                                 "<!-- --!><script>alert(1)</script>",
                                 "<noframes><script>alert(1)</script></noframes>",
                                 "<title><img src=x onerror=alert(1)></title>",
                                 "<textarea><script>alert(1)</script></textarea>",
                                 "<xmp><script></xmp>",
                                 "<plaintext><script>alert(1)",
                                 "<?xml version=1?><![CDATA[<script>]]>"}) {
    const auto out = safe(html);
    EXPECT_EQ(out.find('<'), std::string::npos) << html << " -> " << out;
  }
  EXPECT_EQ(safe("<form action=x><input name=a><button>Go</button>text</form>"), "Gotext");
  EXPECT_EQ(safe("<p onclick=alert(1) id=x class=y>z</p>"), "<p>z</p>");
  EXPECT_GT(sanitise_html("<p onclick=alert(1)><script></script><form>").removed, 2U);
  EXPECT_EQ(safe("<svg><div>out</div>"), "<div>out</div>") << "HTML ends a drawing, as in a browser";
}

/// Every attribute of HTML, SVG and MathML that names an address, with an element that has it (the "Attributes" index
/// of the HTML Standard, and those that older browsers fetched).
TEST(SanitiseHtml, NoAttributeFetchesAnything) {
  struct Fetching {
    const char* element;
    const char* attribute;
  };
  for (const auto& [element, attribute] : std::vector<Fetching>{{"img", "src"},
                                                                {"img", "srcset"},
                                                                {"img", "longdesc"},
                                                                {"img", "lowsrc"},
                                                                {"img", "dynsrc"},
                                                                {"img", "usemap"},
                                                                {"picture", "srcset"},
                                                                {"source", "src"},
                                                                {"source", "srcset"},
                                                                {"video", "src"},
                                                                {"video", "poster"},
                                                                {"audio", "src"},
                                                                {"track", "src"},
                                                                {"embed", "src"},
                                                                {"object", "data"},
                                                                {"object", "classid"},
                                                                {"object", "codebase"},
                                                                {"object", "archive"},
                                                                {"applet", "code"},
                                                                {"applet", "codebase"},
                                                                {"iframe", "src"},
                                                                {"iframe", "srcdoc"},
                                                                {"frame", "src"},
                                                                {"frame", "longdesc"},
                                                                {"link", "href"},
                                                                {"link", "imagesrcset"},
                                                                {"script", "src"},
                                                                {"base", "href"},
                                                                {"form", "action"},
                                                                {"button", "formaction"},
                                                                {"input", "src"},
                                                                {"input", "formaction"},
                                                                {"isindex", "action"},
                                                                {"body", "background"},
                                                                {"table", "background"},
                                                                {"tr", "background"},
                                                                {"td", "background"},
                                                                {"th", "background"},
                                                                {"div", "background"},
                                                                {"a", "ping"},
                                                                {"area", "ping"},
                                                                {"blockquote", "cite"},
                                                                {"q", "cite"},
                                                                {"ins", "cite"},
                                                                {"del", "cite"},
                                                                {"html", "manifest"},
                                                                {"head", "profile"},
                                                                {"bgsound", "src"},
                                                                {"layer", "src"},
                                                                {"image", "src"},
                                                                {"image", "href"},
                                                                {"image", "xlink:href"},
                                                                {"use", "href"},
                                                                {"use", "xlink:href"},
                                                                {"feImage", "href"},
                                                                {"animate", "values"},
                                                                {"set", "to"},
                                                                {"math", "href"},
                                                                {"maction", "xlink:href"},
                                                                {"menuitem", "icon"},
                                                                {"portal", "src"},
                                                                {"xml", "src"},
                                                                {"p", "datasrc"},
                                                                {"p", "style"},
                                                                {"li", "style"},
                                                                {"hr", "style"}}) {
    for (const std::string address :
         {"https://canary.example/a", "//canary.example/a", "HTTP://CANARY.example/a 2x, b 1x",
          "javascript:location='//canary.example'", "url(https://canary.example/a)",
          "background:url(//canary.example/a)", "list-style:url('//canary.example/a')"}) {
      const auto html = std::string("<") + element + " " + attribute + "=\"" + address + "\">x</" + element + ">";
      const auto out = ascii_lower(safe(html));
      EXPECT_EQ(out.find("canary"), std::string::npos) << html << " -> " << out;
    }
  }
}

TEST(SanitiseHtml, LinksLeadSomewhereHarmless) {
  for (const std::string href : {"javascript:alert(1)",
                                 "JaVaScRiPt:alert(1)",
                                 " javascript:alert(1)",
                                 "java\nscript:alert(1)",
                                 "java&#9;script:alert(1)",
                                 "&#106;avascript:alert(1)",
                                 "&#x6A;avascript&colon;alert(1)",
                                 "\x01javascript:alert(1)",
                                 "vbscript:x",
                                 "data:text/html,<script>",
                                 "file:///etc/passwd",
                                 "relative/path",
                                 "//x.example",
                                 "blob:x",
                                 "about:blank",
                                 "view-source:http://x.example",
                                 "#top",
                                 "http://",
                                 "http://a b.example",
                                 "feed:javascript:alert(1)",
                                 "jar:x"}) {
    const auto out = link(href, "x");
    EXPECT_EQ(out.find("href"), std::string::npos) << href << " -> " << out;
  }
  EXPECT_EQ(link("https://example.org/?a=1&amp;b=2", "x"),
            "<a href=\"https://example.org/?a=1&amp;b=2\" title=\"https://example.org/?a=1&amp;b=2\" "
            "data-host=\"example.org\" "
            "rel=\"noreferrer noopener nofollow\" target=\"_blank\" referrerpolicy=\"no-referrer\">x</a>");
  EXPECT_NE(link("mailto:a@example.org", "x").find("href=\"mailto:a@example.org\""), std::string::npos);
  EXPECT_NE(link("tel:+49-123", "x").find("href"), std::string::npos);
  EXPECT_NE(link("http:\\\\example.org\\x", "x").find("href=\"http://example.org/x\""), std::string::npos);
}

TEST(SanitiseHtml, MarksLinksThatSayOtherwise) {
  const auto deceptive = [](const std::string& href, const std::string& text) {
    return sanitise_html("<a href=\"" + href + "\">" + text + "</a>").deceptive_links == 1;
  };
  EXPECT_TRUE(deceptive("https://evil.example/x", "https://bank.example/login"));
  EXPECT_TRUE(deceptive("https://evil.example/x", "https://bank.example/ <a href=\"https://bank.example/\">in</a>"))
      << "a link within a link ends it, and it is looked at all the same";
  EXPECT_TRUE(deceptive("https://evil.example/x", "www.bank.example"));
  EXPECT_TRUE(deceptive("https://evil.example/x", "<b>bank</b>.example"));
  EXPECT_TRUE(deceptive("https://bank.example@evil.example/x", "click"));
  EXPECT_TRUE(deceptive("mailto:thief@evil.example", "support@bank.example"));
  EXPECT_TRUE(deceptive("https://bank.example.evil.example/", "https://bank.example"));
  EXPECT_FALSE(deceptive("https://www.bank.example/x?y", "bank.example"));
  EXPECT_FALSE(deceptive("https://mail.bank.example/", "https://bank.example"));
  EXPECT_FALSE(deceptive("https://evil.example/x", "Click here"));
  EXPECT_FALSE(deceptive("https://files.example/x", "report.pdf"));
  EXPECT_FALSE(deceptive("https://shop.example/x", "Version 3.5 is out."));
  const auto out = link("https://evil.example/x", "https://bank.example");
  EXPECT_NE(out.find("leads to evil.example"), std::string::npos) << out;
}

TEST(SanitiseHtml, RemotePicturesAreBlockedAndCounted) {
  const std::string html =
      "<img src=https://track.example/p.gif width=1><img src='//x.example/a.png' alt='Our logo'><td "
      "background=http://x.example/b>"
      "<p style=\"background:url(http://x.example/c);color:red\">x</p><link rel=stylesheet href=http://x.example/d>";
  const auto blocked = sanitise_html(html);
  EXPECT_EQ(blocked.remote_blocked, 5U);
  EXPECT_EQ(blocked.html.find("x.example"), std::string::npos) << blocked.html;
  EXPECT_NE(blocked.html.find("Our logo"), std::string::npos);
  SanitiseOptions options;
  options.remote_content = true;
  const auto shown = sanitise_html("<img src=https://track.example/p.gif>", options);
  EXPECT_NE(shown.html.find("<img src=\"https://track.example/p.gif\""), std::string::npos);
  EXPECT_EQ(shown.remote_blocked, 0U);
}

TEST(SanitiseHtml, OwnPictures) {
  SanitiseOptions options;
  options.inline_picture = [](std::string_view id) {
    return id == "a@b" ? std::string("/messages/m1/attachments/0") : std::string();
  };
  EXPECT_NE(sanitise_html("<img src=\"cid:a@b\">", options).html.find("src=\"/messages/m1/attachments/0\""),
            std::string::npos);
  EXPECT_EQ(sanitise_html("<img src=\"cid:other\">", options).html, "");
  EXPECT_NE(safe("<img src=\"data:image/png;base64,AAAA\">").find("data:image/png"), std::string::npos);
  for (const std::string src :
       {"data:image/svg+xml;base64,AAAA", "data:text/html;base64,AAAA", "data:image/png,<svg>", "javascript:alert(1)"})
    EXPECT_EQ(safe("<img src=\"" + src + "\">").find("src"), std::string::npos) << src;
}

TEST(SanitiseHtml, Styles) {
  EXPECT_EQ(clean_style("color:red; position:fixed; FONT-size : 12px"), "color:red;font-size:12px");
  for (const std::string style : {"background:url(javascript:alert(1))",
                                  "width:expression(alert(1))",
                                  "color:\\65xpression(1)",
                                  "behavior:url(x)",
                                  "-moz-binding:url(x)",
                                  "background:image(x)",
                                  "color:/**/red",
                                  "color:red}</style><script>",
                                  "margin:-100px",
                                  "font-family:\"</style>\"",
                                  "position:absolute",
                                  "z-index:9",
                                  "width:calc(1px)",
                                  "background-image:url(x)",
                                  "color:var(--x)",
                                  "@import 'x'",
                                  "color:red<",
                                  "top:0",
                                  "opacity:0",
                                  "transform:rotate(1deg)",
                                  "content:'x'"})
    EXPECT_EQ(clean_style(style), "") << style;
  EXPECT_EQ(clean_style("color:rgba(1, 2, 3, 0.5);font-family:'A;B',serif"), "color:rgba(1, 2, 3, 0.5)");
}

TEST(SanitiseHtml, MutationVectors) {
  // Each of these came alive in some sanitiser after a browser had parsed the result again.
  for (const std::string html :
       {"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<select><template><style><!--</style><a rel=\"--></style></template></select><img id=x src "
        "onerror=alert(1)>\">",
        "<a title=\"`<img src=x onerror=alert(1)>\">",
        "<img alt=\"x` `onerror=alert(1) \">",
        "<p title='\"><img src=x onerror=alert(1)>'>x</p>",
        "<xmp><p title=\"</xmp><img src onerror=alert(1)>\">",
        "<textarea><img title=\"</textarea><img src onerror=alert(1)>\">",
        "<b <script>alert(1)</script>0",
        "<img src=\"x`><script>alert(1)</script>\"` `>",
        "<<script>alert(1);//<</script>",
        "<a href=\"https://x.example/\"onmouseover=alert(1)>x</a>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<image src=x onerror=alert(1)>",
        "<table><td background=javascript:alert(1)>",
        "<details open ontoggle=alert(1)>",
        "<marquee onstart=alert(1)>",
        "<body onload=alert(1)>",
        "<p/onclick=alert(1)>x",
        "<isindex action=javascript:alert(1) type=image>"}) {
    const auto out = safe(html);
    // Markup of the result is what stands between "<" and ">": text and values have none.
    for (std::size_t at = 0; (at = out.find('<', at)) != std::string::npos;) {
      const auto end = out.find('>', at);
      ASSERT_NE(end, std::string::npos) << html;
      const auto tag = out.substr(at, end - at);
      for (const std::string word : {"script", " on", "/on", "style=\"\"", "svg", "math", "iframe"}) {
        std::string outside;  // of quotes
        bool quoted = false;
        for (const char c : tag) {
          if (c == '"') quoted = !quoted;
          if (!quoted) outside += c;
        }
        EXPECT_EQ(outside.find(word), std::string::npos) << html << " -> " << out;
      }
      at = end;
    }
  }
}

TEST(SanitiseHtml, FoldsQuotesAndSignatures) {
  SanitiseOptions options;
  options.fold = true;
  const auto fold = [&](std::string_view html) { return sanitise_html(html, options).html; };
  EXPECT_EQ(fold("<p>Yes</p><div class=gmail_quote>On ...<blockquote class=gmail_quote>No?</blockquote></div><p>z</p>"),
            "<p>Yes</p><details class=\"orgo-fold\"><summary>Quoted text</summary><div>On "
            "...<blockquote>No?</blockquote></div></details><p>z</p>");
  EXPECT_EQ(fold("<div>Yes<div id=divRplyFwdMsg>From: a</div><p>No?</p></div>"),
            "<div>Yes<details class=\"orgo-fold\"><summary>Quoted text</summary><div>From: "
            "a</div><p>No?</p></details></div>");
  EXPECT_EQ(fold("<div class=gmail_signature>Anna</div>"),
            "<details class=\"orgo-fold\"><summary>Signature</summary><div>Anna</div></details>");
  EXPECT_EQ(fold("<table><tr class=gmail_quote><td>x</td></tr></table>"), "<table><tr><td>x</td></tr></table>");
}

TEST(SanitiseHtml, Limits) {
  SanitiseOptions options;
  options.depth = 3;
  EXPECT_EQ(sanitise_html("<div><div><div><div>x</div></div></div></div>y", options).html,
            "<div><div><div>x</div></div></div>y");
  options.input_bytes = 10;
  EXPECT_TRUE(sanitise_html("0123456789", options).whole);
  EXPECT_FALSE(sanitise_html("0123456789a", options).whole);
  options = {};
  EXPECT_FALSE(sanitise_html("seen<svg>and all behind it", options).whole) << "it never ends";
  options.output_bytes = 100;
  EXPECT_FALSE(sanitise_html(std::string(1000, '"') + "<b>" + std::string(1000, 'x') + "<b>", options).whole);
  options = {};
  options.picture_bytes = 30;
  EXPECT_NE(sanitise_html("<img src=\"data:image/png;base64,AAAAAAAA\">", options).html, "");
  EXPECT_EQ(sanitise_html("<img src=\"data:image/png;base64,AAAAAAAAA\">", options).html, "");
}

TEST(SanitiseHtml, LinearInWhateverIsRepeated) {
  for (const std::string unit : {"<div>",
                                 "</div>",
                                 "<b><i>",
                                 "<table><td>",
                                 "<a href=http://x.example>",
                                 "<svg>",
                                 "<!--",
                                 "<p x",
                                 " a=1",
                                 "<p a='",
                                 "&amp;",
                                 "&",
                                 "<li>",
                                 "<style>",
                                 "</style",
                                 "<font size=1><p>",
                                 "<div><table><td></div></td></table>",
                                 "\"",
                                 "<x ",
                                 "--",
                                 "<details class=gmail_quote><div class=gmail_quote>"}) {
    std::uint64_t cost[2];
    for (int k = 0; k < 2; ++k) {
      std::string html = "<p a";
      if (unit != " a=1") html.clear();
      while (html.size() < (k == 0 ? 100'000U : 200'000U)) html += unit;
      SanitiseOptions options;
      options.fold = true;
      work_done = 0;
      const auto begin = std::clock();
      const auto out = sanitise_html(html, options);
      EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 10) << unit;
      EXPECT_LE(out.html.size(), html.size() * 30 + 1000) << unit;
      cost[k] = work_done;
    }
    EXPECT_LE(cost[1], cost[0] * 5 / 2 + 1000) << unit;
  }
}

}  // namespace
}  // namespace orgo
