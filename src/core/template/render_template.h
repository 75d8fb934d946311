#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

/// What a placeholder stands for; nullptr: there is no such placeholder, and it stays as it is written, so that a
/// misspelt one is seen. The string must live until render_template() returns.
using Lookup = std::function<const std::string*(std::string_view name)>;

/// Puts values for "{{name}}" ("{{ name }}" is the same) into `text`. Values are not looked through again: what a
/// stranger wrote into a subject can't become a placeholder. A line that has placeholders of which none has a value is
/// left out, so that "Due: {{due}}" disappears where nothing is due. The result has at most `most` bytes, cut between
/// characters.
std::string render_template(std::string_view text, const Lookup& lookup, std::size_t most = 65'536);

/// The names in the order of the text, for checking a rule file; no doubles.
std::vector<std::string> template_placeholders(std::string_view text);

}  // namespace orgo
