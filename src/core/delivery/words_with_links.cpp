#include "core/delivery/words_with_links.h"

#include <string_view>

#include "base/planted.h"
#include "core/mail/read/html_links.h"
#include "core/mail/read/words_for_others.h"
#include "core/mail/show/link_target.h"

namespace orgo {
namespace {

/// "https://school.example/" is said by "school.example", and "mailto:ben@school.example" by "ben@school.example".
bool says(std::string_view words, std::string_view address) {
  for (const std::string_view scheme : {"https://", "http://", "mailto:"})
    if (address.starts_with(scheme)) address.remove_prefix(scheme.size());
  if (address.ends_with('/')) address.remove_suffix(1);
  return words.find(address) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> words_with_links(const Message& message) {
  const auto place = place_of_words(message);
  if (!place) return std::nullopt;
  const auto text = std::string_view(message.text).substr(0, place->end);
  std::string words;
  auto at = place->begin;
  const auto links = ORGO_PLANT(links_go_on_without_address) ? std::vector<TextLink>()
                                                             : links_in_text(message.as_mail().html, message.text);
  for (const auto& link : links) {
    if (link.begin < at || link.end > place->end) continue;
    const auto target = read_link_target(link.href);
    if (!target.allowed || target.host.empty() || says(text.substr(link.begin, link.end - link.begin), target.address))
      continue;
    words.append(text.substr(at, link.end - at)).append(" <").append(target.address).append(">");
    at = link.end;
  }
  words.append(text.substr(at));
  return words;
}

}  // namespace orgo
