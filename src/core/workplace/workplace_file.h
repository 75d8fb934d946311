#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/yaml.h"
#include "core/calendar/calendar_file.h"
#include "core/workplace/workplace.h"

namespace orgo {

struct WorkplaceLimits {
  std::size_t slas_max = 1'000;
  std::size_t teams_max = 1'000;
  std::size_t rotas_max = 200;
  std::size_t members_max = 200;    ///< of one team or rota
  std::size_t shifts_max = 10'000;  ///< of one rota
  std::size_t customers_max = 10'000;
};

/// "2 hours", "2 business hours", "90 business minutes": a span, and whether it is open time.
struct CountedSpan {
  Millis span{};
  bool business = false;
};
std::optional<CountedSpan> expect_counted_span(YamlReader& reader, const YamlNode& node, Millis least, Millis most);

/// Reads the sections of rule files that say how an organization works: `calendars`, `slas`, `teams`, `on_call` and
/// `quiet_hours` (docs/calendars.md), of any number of files. What names something that is nowhere is an error at its
/// place, found by finish() when all files are read.
class WorkplaceReader {
 public:
  explicit WorkplaceReader(FindFeed feeds, const WorkplaceLimits& limits = {}, WorkplaceScope scope = {})
      : feeds_(std::move(feeds)), limits_(limits), scope_(std::move(scope)) {
    calendar_limits_.zone_may_lack = scope_.of_module;
  }

  static constexpr std::array<std::string_view, 5> kSections{"calendars", "on_call", "quiet_hours", "slas", "teams"};

  /// The sections of one file; `reader` must be of that file and live until finish().
  void read(YamlReader& reader, const YamlNode& root);
  /// A rule of this file wants this calendar; with a length, its name is bytes [offset, offset + length) of the node's
  /// text.
  void use_calendar(YamlReader& reader, const YamlNode& node, std::string name, std::size_t offset = 0,
                    std::size_t length = 0) {
    uses_.push_back({&reader, node, Use::What::calendar, std::move(name), offset, length});
  }
  void use_sla(YamlReader& reader, const YamlNode& node, std::string name) {
    uses_.push_back({&reader, node, Use::What::sla, std::move(name)});
  }
  /// Somebody is told: an address, or else a team, a rota or a login name. Where there is none at all, names are free.
  /// `lenient`: it is looked at for the sake of accounts only.
  void use_target(YamlReader& reader, const YamlNode& node, std::string name, bool lenient = false) {
    uses_.push_back({&reader, node, Use::What::target, std::move(name), 0, 0, lenient});
  }
  /// Somebody works on it: the same, but they need no address.
  void use_worker(YamlReader& reader, const YamlNode& node, std::string name) {
    uses_.push_back({&reader, node, Use::What::worker, std::move(name), 0, 0, true});
  }
  /// A condition asks whether this team, rota or person has a task: who is none of them never has.
  void use_asked(YamlReader& reader, const YamlNode& node, std::string name, std::size_t offset, std::size_t length) {
    uses_.push_back({&reader, node, Use::What::asked, std::move(name), offset, length, true});
  }
  /// May it stand where an address is wanted (is_typed_address())?
  [[nodiscard]] bool is_address(std::string_view text) const;
  /// Is each name that rules tell or give work to one that has to be known? What a module names is looked at where
  /// modules are read.
  [[nodiscard]] bool checks_names() const { return !scope_.of_module || !scope_.people.empty(); }
  Workplace finish();

 private:
  struct Use {
    enum class What : std::uint8_t { calendar, sla, rota, target, worker, asked };
    YamlReader* reader;
    YamlNode node;
    What what;
    std::string name;
    std::size_t offset = 0;
    std::size_t length = 0;  ///< 0: the whole node
    bool lenient = false;
  };
  void slas(YamlReader& reader, const YamlNode& node);
  Sla sla(YamlReader& reader, const std::string& name, const YamlNode& node);
  void target(YamlReader& reader, const YamlNode& node, SlaTarget& target);
  void teams(YamlReader& reader, const YamlNode& node);
  void read_default(YamlReader& reader, const YamlNode& node, Team& team) const;
  void on_call(YamlReader& reader, const YamlNode& node);
  OnCall rota(YamlReader& reader, const std::string& name, const YamlNode& node);
  void shifts_of_feed(YamlReader& reader, const YamlNode& node, OnCall& made);
  void quiet_hours(YamlReader& reader, const YamlNode& node);
  bool name_of(YamlReader& reader, const YamlNode& key, std::string_view what, bool known, std::size_t count,
               std::size_t most);
  std::optional<std::string> address(YamlReader& reader, const YamlNode& node, std::string_view what);
  std::optional<std::string> address_of_person(YamlReader& reader, const YamlNode& node, std::string_view login) const;
  std::vector<std::string> addresses(YamlReader& reader, const YamlNode& node, std::string_view what);
  std::optional<std::string> named(YamlReader& reader, const YamlNode& node, Use::What what);
  std::optional<std::string> unreached(const Use& use, std::vector<std::string_view>& names) const;
  void check(const Use& use) const;
  static std::string_view in_words(Use::What what);

  void check_module(YamlReader& reader, const YamlNode& root) const;

  FindFeed feeds_;
  WorkplaceLimits limits_;
  WorkplaceScope scope_;
  CalendarLimits calendar_limits_;
  std::map<std::string, std::string> places_;  ///< "team desk" -> "rules.yaml:4"
  Workplace made_;
  std::vector<Use> uses_;
};

}  // namespace orgo
