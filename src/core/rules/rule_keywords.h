#pragma once
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/yaml.h"

namespace orgo::rules {

/// Reads `keywords:` of all files of a set: words for routing keywords, beside those that are built in.
class KeywordReader {
 public:
  explicit KeywordReader(std::size_t words_max);
  void read(YamlReader& reader, const YamlNode& node);
  /// Is there a keyword of this folded name?
  [[nodiscard]] bool knows(const std::string& name) const { return names_.contains(name); }
  /// For "did you mean".
  [[nodiscard]] std::vector<std::string_view> names() const { return {names_.begin(), names_.end()}; }
  /// keyword, word; in the order of the files
  std::vector<std::pair<std::string, std::string>> take() { return std::move(words_); }

 private:
  std::size_t words_max_;
  std::set<std::string> names_;
  std::vector<std::pair<std::string, std::string>> words_;
};

}  // namespace orgo::rules
