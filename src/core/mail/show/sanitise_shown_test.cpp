#include <gtest/gtest.h>

#include <string>

#include "base/text.h"
#include "core/mail/show/sanitise_html.h"

namespace orgo {
namespace {

/// Beside an address that is shown, every other attribute that names one.
TEST(SanitiseHtml, WhatIsShownFetchesNothingBesideItsOwnAddress) {
  for (const std::string shown : {"img src=\"data:image/png;base64,iVBORw0KGgo=\"", "img src=\"cid:a\"",
                                  "a href=\"https://good.example/\"", "td bgcolor=red", "p align=left", "hr width=3"})
    for (const std::string attribute :
         {"srcset",     "imagesrcset", "sizes",   "longdesc", "lowsrc", "dynsrc",         "usemap", "ping",
          "background", "poster",      "data",    "codebase", "cite",   "formaction",     "action", "manifest",
          "profile",    "xlink:href",  "datasrc", "icon",     "src2",   "attributionsrc", "style",  "srcdoc",
          "onload",     "onerror",     "href2",   "data-src", "id",     "class",          "name"})
      for (const std::string address : {"https://canary.example/a", "//canary.example/a 1x, /b 2x",
                                        "background:url(//canary.example/a)", "canary"}) {
        const auto html = "<" + shown + " " + attribute + "=\"" + address + "\">x";
        SanitiseOptions options;
        options.inline_picture = [](std::string_view) { return std::string("/messages/m1/attachments/1"); };
        const auto out = ascii_lower(sanitise_html(html, options).html);
        EXPECT_EQ(out.find("canary"), std::string::npos) << html << " -> " << out;
      }
}

/// What is taken out with its content is so to its own end, however often it stands in itself.
TEST(SanitiseHtml, WhatIsTakenOutEndsWhereItEnds) {
  for (const std::string name :
       {"svg", "math", "template", "object", "applet", "audio", "video", "canvas", "select", "datalist", "frameset"})
    for (int depth = 1; depth <= 4; ++depth) {
      std::string html = "before";
      for (int i = 0; i < depth; ++i) html += "<" + name + " x=1>hidden";
      for (int i = 0; i < depth; ++i) html += "</" + name + ">" + (i + 1 < depth ? "hidden" : "after");
      EXPECT_EQ(sanitise_html(html, {}).html, "beforeafter") << html;
    }
}

}  // namespace
}  // namespace orgo
