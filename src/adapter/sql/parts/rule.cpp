#include "adapter/sql/parts/parts.h"
#include "base/hash.h"
#include "base/json_writer.h"

namespace orgo::sql {
namespace {

/// Each text once, whatever number of versions it is part of: of many files mostly one changes. The list of them, as
/// JSON.
Result<std::string> store_texts(Tx& tx, const std::vector<SourceFile>& files) {
  std::string list;
  JsonWriter json(list);
  json.begin_array();
  for (const auto& file : files) {
    const auto hash = to_hex(sha256(file.text));
    Query text(tx.db,
               "INSERT INTO rule_texts (tenant, hash, text) VALUES (?, ?, ?) ON CONFLICT (tenant, hash) DO NOTHING");
    ORGO_CHECK(text.with(tx.tenant.value, hash, file.text).run());
    json.begin_object().field("path", file.path).field("hash", hash).end_object();
  }
  json.end_array();
  return list;
}

}  // namespace

Status check(Tx& tx, const RuleVersionAdded& added) {
  Query newest(tx.db, "SELECT version FROM rule_versions WHERE tenant = ? ORDER BY id DESC LIMIT 1");
  newest.with(tx.tenant.value);
  ORGO_TRY(row, newest.next());
  if (!row || newest.string(0) != added.version.version) return {};
  return failure(Errc::conflict, "version " + added.version.version + " of the rules is the newest already");
}

Status apply(Tx& tx, const RuleVersionAdded& added) {
  const auto& version = added.version;
  ORGO_TRY(id, tx.transaction.next(tx.tenant, Counter::rule_version));
  ORGO_TRY(files, store_texts(tx, version.files));
  const auto in_force = version.modules ? modules::to_text(*version.modules) : std::string();
  Query insert(
      tx.db,
      "INSERT INTO rule_versions (tenant, id, version, rules, accepted_at, files, modules) SELECT ?, ?, ?, ?, ?, "
      "?, ? WHERE coalesce((SELECT version FROM rule_versions WHERE tenant = ? ORDER BY id DESC LIMIT 1), '') "
      "<> ?");
  insert.with(tx.tenant.value, id, version.version, version.rules, to_ms(version.accepted_at), files);
  if (version.modules) insert.with(in_force);
  else insert.with(nullptr);
  ORGO_CHECK(insert.with(tx.tenant.value, version.version).run());
  return must_have_changed(tx.db, "the newest version of the rules");
}

}  // namespace orgo::sql
