#include "adapter/sql/postgres/postgres_move_end.h"

#include "adapter/sql/postgres/postgres_engine.h"

namespace orgo::sql {
namespace {

constexpr Millis kPatience{600'000};  ///< a table is counted, and one side waits while the other is read

/// "INSERT INTO move_changes ..." of the row as it was (OLD) or is (NEW).
std::string note(const TableShape& table, const std::string& row) {
  const auto noted = noted_row(table, row, "::text");
  return "INSERT INTO " + std::string(kChangedRows) + " (" + noted.columns + ") VALUES (" + noted.values + ");";
}

}  // namespace

Status PostgresMoveEnd::make_ready(bool to_write) {
  PostgresEngineOptions options;
  options.server = options_;
  options.read_only = !to_write;
  ORGO_TRY(engine, PostgresEngine::open(options));
  engine->close();
  return {};
}

Result<std::string> PostgresMoveEnd::what_stays(Connection& connection) {
  Query query(connection, "SELECT count(*) FROM raw_mails WHERE part = 0");
  ORGO_TRY(row, query.next());
  if (!row || query.integer(0) == 0) return std::string();
  return std::to_string(query.integer(0)) +
         " mails lie in this database (files.store: database), and a move takes rows "
         "only: they can't leave it";
}

Result<std::unique_ptr<Connection>> PostgresMoveEnd::connect(bool to_write) {
  auto options = options_;
  options.only_reads = !to_write;
  options.patience = kPatience;
  ORGO_TRY(connection, open_postgres_connection(options));
  connection->see(Scope::all());
  return connection;
}

Result<std::unique_ptr<Connection>> PostgresMoveEnd::keep_servers_away() {
  auto options = options_;
  options.serving = Serving::alone;
  return open_postgres_connection(options);
}

/// Without those that only servers have: locks and nodes are of this moment, and mails in the database are looked at by
/// whoever moves.
Result<std::vector<TableShape>> PostgresMoveEnd::tables(Connection& connection) {
  Query query(
      connection,
      "SELECT c.table_name::text, c.column_name::text, c.data_type::text, coalesce(k.ordinal_position, 0)::bigint "
      "FROM information_schema.columns AS c LEFT JOIN information_schema.table_constraints AS p ON "
      "p.table_schema = c.table_schema AND p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY' "
      "LEFT JOIN information_schema.key_column_usage AS k ON k.constraint_schema = p.constraint_schema AND "
      "k.constraint_name = p.constraint_name AND k.table_name = c.table_name AND k.column_name = c.column_name "
      "WHERE c.table_schema = current_schema() AND c.table_name NOT LIKE 'move\\_%' AND c.table_name NOT LIKE "
      "'raw\\_mails%' AND c.table_name NOT IN ('schema_steps', 'lock_tokens', 'locks', 'nodes', 'node_marks', "
      "'commit_marks') ORDER BY "
      "c.table_name::text COLLATE \"C\", c.column_name::text COLLATE \"C\"");
  return read_shapes(query);
}

Result<bool> PostgresMoveEnd::has_table(Connection& connection, const std::string& name) {
  Query query(connection, "SELECT 1::bigint FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?");
  return query.with(name).next();
}

std::string PostgresMoveEnd::counted_table(const std::string& name, const std::string& columns) const {
  return "CREATE TABLE " + name + " (number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, " + columns + ");";
}

std::string PostgresMoveEnd::note_changes(const TableShape& table) const {
  std::string differs = "FALSE";
  for (const auto column : table.key) {
    const auto& name = table.columns[column].name;
    differs += " OR OLD." + name + " IS DISTINCT FROM NEW." + name;
  }
  return "CREATE FUNCTION move_" + table.name +
         "() RETURNS trigger LANGUAGE plpgsql AS $move$ BEGIN IF TG_OP = 'INSERT' THEN " + note(table, "NEW") +
         " ELSE " + note(table, "OLD") + " END IF; IF TG_OP = 'UPDATE' THEN IF " + differs + " THEN " +
         note(table, "NEW") + " END IF; END IF; RETURN NULL; END $move$; CREATE TRIGGER move_" + table.name +
         " AFTER INSERT OR UPDATE OR DELETE ON " + table.name + " FOR EACH ROW EXECUTE FUNCTION move_" + table.name +
         "();";
}

/// As a server that only reads refuses: whoever has mail for it keeps it.
std::string PostgresMoveEnd::refuse_changes(const TableShape& table, const std::string& words) const {
  return "CREATE FUNCTION move_no_" + table.name +
         "() RETURNS trigger LANGUAGE plpgsql AS $move$ BEGIN RAISE EXCEPTION '%', " + in_quotes(words) +
         " USING ERRCODE = '55000'; END $move$; CREATE TRIGGER move_no_" + table.name +
         " BEFORE INSERT OR UPDATE OR DELETE ON " + table.name + " FOR EACH STATEMENT EXECUTE FUNCTION move_no_" +
         table.name + "();";
}

std::string PostgresMoveEnd::let_be(const TableShape& table) const {
  return "DROP FUNCTION IF EXISTS move_" + table.name + "() CASCADE; DROP FUNCTION IF EXISTS move_no_" + table.name +
         "() CASCADE;";
}

}  // namespace orgo::sql
