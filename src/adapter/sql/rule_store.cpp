#include "adapter/sql/rule_store.h"

#include "adapter/sql/rows.h"
#include "base/json.h"

namespace orgo {

using sql::Query;

namespace {

#define ORGO_RULE_VERSION_COLUMNS "tenant, version, rules, accepted_at, modules"

RuleVersion version_from_row(Query& row) {
  RuleVersion version{.tenant = TenantId{row.integer(0)}};
  version.version = row.string(1);
  version.rules = row.integer(2);
  version.accepted_at = from_ms(row.integer(3));
  if (modules::InForce in_force; !row.is_null(4) && modules::from_text(row.string(4), in_force))
    version.modules = std::move(in_force);
  return version;
}

}  // namespace

Result<std::vector<RuleVersion>> SqlRuleStore::list_rule_versions(TenantId tenant, int limit) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use,
              "SELECT " ORGO_RULE_VERSION_COLUMNS " FROM rule_versions WHERE tenant = ? ORDER BY id DESC LIMIT ?");
  query.with(tenant.value, limit);
  std::vector<RuleVersion> found;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return found;
    found.push_back(version_from_row(query));
  }
}

Result<RuleVersion> SqlRuleStore::read_rule_version(TenantId tenant, std::string_view name) {
  if (name.size() < 4 || name.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return failure(Errc::not_found,
                   "'" + std::string(name.substr(0, 64)) +
                       "' is not the name of a version: at least 4 hex digits, as `orgo rules history` shows them");
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_RULE_VERSION_COLUMNS
                    ", files FROM rule_versions WHERE tenant = ? AND version >= ? AND version < ? ORDER BY id DESC");
  const auto behind = std::string(name) + "g";  // the next letter: an index finds the range
  query.with(tenant.value, name, behind);
  std::optional<RuleVersion> found;
  std::string files;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) break;
    auto version = version_from_row(query);
    if (found && found->version != version.version)
      return failure(Errc::conflict, "several versions begin with " + std::string(name) + ": " + found->version + ", " +
                                         version.version + "; write more digits");
    if (found) continue;
    found = std::move(version);
    files = query.string(5);
  }
  if (!found)
    return failure(Errc::not_found,
                   "there is no version " + std::string(name) + " of the rules; `orgo rules history` lists them");
  ORGO_TRY(list, parse_json(files));
  if (!list.is_array()) return failure(Errc::corrupt, "the files of version " + found->version + " are not a list");
  for (const auto& file : list.as_array()) {
    const auto* path = file.is_object() ? file.as_object().if_contains("path") : nullptr;
    const auto* hash = file.is_object() ? file.as_object().if_contains("hash") : nullptr;
    if (path == nullptr || hash == nullptr || !path->is_string() || !hash->is_string())
      return failure(Errc::corrupt, "the files of version " + found->version + " are not as they were written");
    Query text(*use, "SELECT text FROM rule_texts WHERE tenant = ? AND hash = ?");
    text.with(tenant.value, std::string_view(hash->as_string()));
    ORGO_TRY(row, text.next());
    if (!row)
      return failure(Errc::corrupt,
                     "the text of " + std::string(path->as_string()) + " in version " + found->version + " is gone");
    found->files.push_back({std::string(path->as_string()), text.string(0)});
  }
  return *std::move(found);
}

}  // namespace orgo
