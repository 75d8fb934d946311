#include "tests/world/support/simulated_statements.h"

#include <forward_list>
#include <string_view>
#include <utility>

#include "tests/world/support/planted.h"

namespace orgo::world {
namespace {

constexpr double kRowHidden = 0.1;  // of the events that are read behind a cursor, when a later one is there

bool writes(std::string_view sql) {
  for (const auto* word : {"INSERT", "UPDATE", "DELETE", "REPLACE"})
    if (sql.starts_with(word)) return true;
  return false;
}

class PassedStatement : public sql::Statement {
 public:
  explicit PassedStatement(sql::Statement& real) : real_(real) {}
  void bind(int index, std::int64_t value) override { real_.bind(index, value); }
  void bind(int index, const StoredText& text) override { real_.bind(index, text); }
  void bind_blob(int index, std::string_view bytes) override { real_.bind_blob(index, bytes); }
  void bind_null(int index) override { real_.bind_null(index); }
  Result<bool> step() override { return real_.step(); }
  void reset() override { real_.reset(); }
  std::int64_t integer(int column) override { return real_.integer(column); }
  std::string_view text(int column) override { return real_.text(column); }
  std::string_view blob(int column) override { return real_.blob(column); }
  bool is_null(int column) override { return real_.is_null(column); }

 protected:
  sql::Statement& real_;
};

/// Bug::event_skipped: a row is not there yet, although a later one is.
class HidingStatement final : public PassedStatement {
 public:
  HidingStatement(sql::Statement& real, Random& random) : PassedStatement(real), random_(random) {}
  Result<bool> step() override {
    ORGO_TRY(row, real_.step());
    return row && random_.chance(kRowHidden) ? real_.step() : Result<bool>(row);
  }

 private:
  Random& random_;
};

class WritingStatement final : public PassedStatement {
 public:
  WritingStatement(sql::Statement& real, const char* sql, const WritingConnection::Before& before)
      : PassedStatement(real), before_(before) {
    recorded_.sql = sql;
  }
  void bind(int index, std::int64_t value) override {
    at(index) = value;
    real_.bind(index, value);
  }
  void bind(int index, const StoredText& text) override {
    at(index) = std::string(text.view());
    real_.bind(index, text);
  }
  void bind_blob(int index, std::string_view bytes) override {
    at(index) = Recorded::Blob{std::string(bytes)};
    real_.bind_blob(index, bytes);
  }
  void bind_null(int index) override {
    at(index) = nullptr;
    real_.bind_null(index);
  }
  Result<bool> step() override {
    if (!std::exchange(begun_, true)) before_(recorded_);
    return real_.step();
  }
  void reset() override {
    begun_ = false;
    real_.reset();
  }

 private:
  Recorded::Value& at(int index) {
    const auto wanted = static_cast<std::size_t>(index);
    if (recorded_.values.size() < wanted) recorded_.values.resize(wanted, nullptr);
    return recorded_.values[wanted - 1];
  }

  const WritingConnection::Before& before_;
  Recorded recorded_;
  bool begun_ = false;
};

}  // namespace

Status run_again(sql::Connection& connection, const Recorded& statement) {
  ORGO_TRY(real, connection.prepare(statement.sql));
  std::forward_list<StoredText> texts;  // bound text lives until the statement has run
  for (std::size_t i = 0; i < statement.values.size(); ++i) {
    const auto index = static_cast<int>(i) + 1;
    const auto& value = statement.values[i];
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      real->bind(index, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      real->bind(index, texts.emplace_front(*text));
    } else if (const auto* blob = std::get_if<Recorded::Blob>(&value)) {
      real->bind_blob(index, blob->bytes);
    } else {
      real->bind_null(index);
    }
  }
  Status status;
  for (;;) {
    const auto row = real->step();
    if (!row) status = tl::unexpected(row.error());
    if (!row || !*row) break;
  }
  real->reset();
  return status;
}

const char* AlteredStatements::text_of(const char* sql) {
  if (bug_ == Bug::none) return sql;
  if (const auto known = texts_.find(sql); known != texts_.end()) return known->second;
  auto text = with_bug(bug_, sql);
  const char* used = text == sql ? sql : altered_.emplace(sql, std::move(text)).first->second.c_str();
  texts_.emplace(sql, used);
  return used;
}

ReadingConnection::~ReadingConnection() = default;

Result<sql::Statement*> ReadingConnection::prepare(const char* sql) {
  ORGO_TRY(real, real_.prepare(altered_.text_of(sql)));
  if (altered_.bug() != Bug::event_skipped || std::string_view(sql).find("sequence > ?") == std::string_view::npos)
    return real;
  wrapped_.push_back(std::make_unique<HidingStatement>(*real, random_));
  return wrapped_.back().get();
}

WritingConnection::~WritingConnection() = default;

Result<sql::Statement*> WritingConnection::prepare(const char* sql) {
  const char* text = altered_.text_of(sql);
  ORGO_TRY(real, real_.prepare(text));
  if (!writes(text)) return real;
  if (const auto known = statements_.find(text); known != statements_.end()) return known->second.get();
  auto wrapped = std::make_unique<WritingStatement>(*real, text, before_);
  return statements_.emplace(text, std::move(wrapped)).first->second.get();
}

}  // namespace orgo::world
