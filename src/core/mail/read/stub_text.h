#pragma once
#include <string_view>

namespace orgo {

/// Is this plain text beside an HTML one no form of it: blank (also by no-break spaces and characters without width),
/// only the places of pictures ("[cid:image001.png@01D9]"), or only a remark that HTML is needed ("Your mail program
/// does not support HTML") or that the mail is to be read elsewhere, in some twenty languages? `text` is UTF-8.
bool is_stub(std::string_view text);
/// Surely none, at a look: ASCII that begins with a letter and has nothing in it that such a remark has, or is longer.
bool is_surely_no_stub(std::string_view text);

}  // namespace orgo
