#pragma once
#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace orgo::modules {

/// "1.4.2"; parts that are not written are 0.
struct Version {
  int major = 0, minor = 0, patch = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};
std::string to_string(const Version& version);
std::optional<Version> parse_version(std::string_view text);

/// Another module that has to be there, too.
struct Need {
  std::string module;
  Version least;
  int line = 0;  ///< in module.yaml
};

/// A team or a role that rules name. Rules of a module never hold addresses of an organization: that says who is who
/// (`orgo module add NAME --team facilities=caretaker@school.org`).
struct Contact {
  std::string description;
  std::string address;  ///< a default; empty: the name is a team without mail, seen in the list of tasks
  int line = 0;
  bool own = false;  ///< declared under `teams` of the module's rules: known to all others as "module/name"
};

/// What module.yaml says.
struct Manifest {
  std::string name;  ///< [a-z][a-z0-9_]*, at most 40; the same as the folder's
  Version version;
  std::string title;  ///< for people; the name when it is not given
  std::string description;
  std::vector<std::string> languages;  ///< BCP 47, the first is that of its templates without a language
  std::vector<Need> needs;
  std::map<std::string, Contact> contacts;  ///< teams and roles by name
  std::string path;                         ///< of module.yaml, for errors
};

bool is_module_name(std::string_view name);

/// Every error goes to `errors`; what is returned is only to be used when there was none.
Manifest read_manifest(const SourceFile& file, std::vector<Diagnostic>& errors);

}  // namespace orgo::modules
