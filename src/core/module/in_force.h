#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orgo::modules {

/// Which modules were in force, in the order in which they are asked, and who their teams were. With the rule files it
/// is all that decided then; the history of rules keeps it.
struct InForce {
  struct One {
    std::string name;
    std::string version;      ///< "1.1.0"
    std::string fingerprint;  ///< of its files: two of one version may differ
    friend bool operator==(const One&, const One&) = default;
  };
  std::vector<One> modules;
  std::map<std::string, std::string> addresses;  ///< team or role -> address
  friend bool operator==(const InForce&, const InForce&) = default;
};

/// One difference between two of these.
struct Change {
  enum class Kind { enabled, disabled, version, files, order, team };
  Kind kind = Kind::enabled;
  std::string name;           ///< of a module or team; empty for the order
  std::string before, after;  ///< versions, fingerprints, names of modules, addresses; empty: none
  friend bool operator==(const Change&, const Change&) = default;
};

/// In the order of `after`, what went away behind it, then teams.
std::vector<Change> changes(const InForce& before, const InForce& after);
std::string_view to_string(Change::Kind kind);
/// "module hr 1.0.0 -> 1.1.0", "module hr 1.0.0 enabled", "team desk: nobody -> it@school.org".
std::string to_text(const Change& change);

/// One line of JSON for a store; false: it is damaged.
std::string to_text(const InForce& in_force);
bool from_text(std::string_view text, InForce& out);

}  // namespace orgo::modules
