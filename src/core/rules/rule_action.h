#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.h"
#include "core/rules/rule_file.h"
#include "core/workplace/workplace_file.h"

namespace orgo::rules {

/// Where a name was written, to be checked when all files are read.
struct NameUse {
  std::size_t file;
  YamlNode node;
  std::string name;
  std::size_t offset = 0;  ///< in node.text; with length 0: the whole node
  std::size_t length = 0;
};

/// Reads the `action:` of a rule. What it names and other files may bring - templates, service levels, calendars - is
/// noted for the end.
class ActionReader {
 public:
  ActionReader(const RuleLimits& limits, WorkplaceReader& workplace) : limits_(limits), workplace_(workplace) {}
  /// `rule` has its condition and variables already.
  void read(YamlReader& reader, const YamlNode& node, Rule& rule);
  [[nodiscard]] const std::vector<NameUse>& template_uses() const { return template_uses_; }

 private:
  std::vector<std::string> list(YamlReader& reader, const YamlNode& node, std::string_view what);
  /// An address, or the name of a team or person.
  bool target(YamlReader& reader, const YamlNode& node, std::string_view text);
  void receiver(YamlReader& reader, const YamlNode& node, std::string_view text);
  void worker(YamlReader& reader, const YamlNode& node, std::string_view text);
  bool address(YamlReader& reader, const YamlNode& node, std::string_view text);
  /// The names in a text of an action; true: there are some, so that it can only be checked when they are filled in.
  bool names(YamlReader& reader, const YamlNode& node, std::string_view text);
  /// Of a rule with `no reply within`: its actions become steps of the chain, done when nobody has answered by then.
  void absence(YamlReader& reader, const YamlNode& node, Millis time, Rule& rule);

  const RuleLimits& limits_;
  WorkplaceReader& workplace_;
  const Rule* scope_ = nullptr;  ///< whose action is read
  std::vector<NameUse> template_uses_;
};

}  // namespace orgo::rules
