#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.h"
#include "core/rules/rule_set.h"

namespace orgo::rules {

/// Reads `templates:` of all files of a set: mails to answer with, whose placeholders have to be known.
class TemplateReader {
 public:
  explicit TemplateReader(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  /// `place`: how a node is called in "first in rules.yaml:12".
  void read(YamlReader& reader, const YamlNode& node, const std::function<std::string(const YamlNode&)>& place);
  /// Is there one of this name, good or not? Also those that are built in.
  [[nodiscard]] bool knows(const std::string& name) const;
  /// Of the files, for "did you mean".
  [[nodiscard]] std::vector<std::string_view> names() const;
  std::map<std::string, MailTemplate> take() { return std::move(templates_); }

 private:
  std::size_t bytes_max_;
  std::map<std::string, std::string> places_;  ///< name -> where it is written
  std::map<std::string, MailTemplate> templates_;
};

}  // namespace orgo::rules
