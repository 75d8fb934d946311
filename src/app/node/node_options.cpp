#include "app/node/node_options.h"

#include <unistd.h>

#include <algorithm>

namespace orgo {
namespace {

constexpr std::size_t kNameMax = 63;  ///< bytes, as of one label of a host's name

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

std::string check_name(std::string_view text) {
  if (text.size() > kNameMax) return "is longer than 63 bytes";
  return std::all_of(text.begin(), text.end(), is_name_character) ? ""
                                                                  : "has other characters than letters, digits, - _ .";
}

}  // namespace

std::string NodeConfig::name_or_host() const {
  if (!name->empty()) return *name;
  char host[256] = {};
  if (::gethostname(host, sizeof host - 1) != 0) return "node";
  std::string text(host, std::min(std::char_traits<char>::length(host), kNameMax));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return !is_name_character(c); }, '-');
  return text.empty() ? "node" : text;
}

void declare(OptionSet& options, NodeConfig& node) {
  options.section("node", "Which of several nodes this process is.")
      .text({"node.name",
             "Name of this node, one for each: leases, locks and the command line's token belong to it. Empty: the "
             "host's name.",
             "orgo-1"},
            node.name, check_name);
}

}  // namespace orgo
