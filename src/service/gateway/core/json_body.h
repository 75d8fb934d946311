#pragma once
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "service/gateway/core/problem.h"

namespace orgo::gateway {

/// Reads the fields of a JSON body and collects every complaint, so that a caller learns all at once:
///   JsonBody body(request);
///   const auto team = body.text("team", 200);          // demanded
///   const auto note = body.optional_text("note", 500);
///   if (auto problem = body.finish()) return *problem;
/// A field that nobody asked for is refused: a typing error must not be a silent no-op.
class JsonBody {
 public:
  /// An empty body counts as {}. Content-Type must be application/json when there is a body (415).
  explicit JsonBody(const HttpRequest& request);

  /// Demanded; an empty text is refused unless `may_be_empty`.
  std::string text(std::string_view name, std::size_t bytes_max, bool may_be_empty = false);
  std::optional<std::string> optional_text(std::string_view name, std::size_t bytes_max);
  std::vector<std::string> optional_texts(std::string_view name, std::size_t count_max, std::size_t bytes_max);
  /// An object of texts, in its order; texts may be empty.
  std::vector<std::pair<std::string, std::string>> texts_by_name(std::string_view name, std::size_t count_max,
                                                                 std::size_t bytes_max);
  /// What `read` makes of a text of at most `bytes_max`; a JSON null says "none" and is nullopt.
  using ReadTime = std::function<Result<std::optional<TimePoint>>(std::string_view text)>;
  std::optional<TimePoint> time_or_null(std::string_view name, bool demanded, std::size_t bytes_max,
                                        const ReadTime& read);
  /// false when it is missing.
  bool optional_flag(std::string_view name);
  /// A list of objects that hold texts of these names and nothing else; what one leaves out is empty.
  std::vector<std::map<std::string, std::string, std::less<>>> optional_text_objects(
      std::string_view name, std::initializer_list<std::string_view> members, std::size_t count_max,
      std::size_t bytes_max);
  /// Does the body name it? (null: no)
  [[nodiscard]] bool has(std::string_view name) const;
  /// Adds a complaint that only the caller can know of.
  void complain(std::string_view name, std::string detail);

  [[nodiscard]] std::optional<Problem> finish();

 private:
  const json::value* take(std::string_view name, bool demanded);
  std::optional<std::string> read_text(const json::value& value, std::string pointer, std::size_t bytes_max);

  json::object fields_;
  std::vector<std::string> asked_;
  std::vector<FieldError> errors_;
  std::optional<Problem> broken_;  ///< no use reading on
};

/// "application/json" of "Application/JSON; charset=utf-8".
std::string media_type(std::string_view content_type);

}  // namespace orgo::gateway
