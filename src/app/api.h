#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adapter/sql/stores.h"
#include "app/commands.h"
#include "app/problem_words.h"
#include "base/json.h"
#include "base/result.h"
#include "service/policy/policy_book.h"

namespace orgo {

/// The API of Orgo for the command line: the same requests and answers as over HTTP, so that each command exists once.
/// - To read, and to change when no server runs: the gateway in this process, on the database itself.
/// - To change while a server owns the data folder: HTTP to that server, with the token it left for its own user.
class Api {
 public:
  enum class Purpose { read, change };

  /// not_found: there is no data yet. conflict: another process owns the folder and has no HTTP door to ask.
  static Result<std::unique_ptr<Api>> open(const CommonOptions& common, Purpose purpose);
  virtual ~Api() = default;

  struct Answer {
    int status = 0;
    std::string body;
  };
  /// Any answer of the gateway. Errors: no answer came.
  virtual Result<Answer> call(std::string_view method, const std::string& target, const std::string& body = {},
                              std::string_view content_type = "application/json") = 0;

  /// The JSON of a 2xx answer (null when it has no body); else the problem as an Error, with what it says of each
  /// field.
  Result<json::value> ask(std::string_view method, const std::string& target, const std::string& body = {},
                          const FieldNames& names = {});
  /// The items of each page of a list, one page after the other; ends with the first error, also with that of `take`.
  Status each_page(const std::string& target, const std::function<Status(json::array& items)>& take);
  struct Listed {
    json::array items;
    bool more = false;  ///< there are others behind the limit
  };
  /// The items of all pages of a list, at most `limit`.
  Result<Listed> list(const std::string& target, int limit);
};

/// Opens the database to read, beside a server or without one, for commands that the API has no request for.
Result<std::unique_ptr<SqlStores>> open_store_to_read(const CommonOptions& common);

/// The tenant that a command is about: that of --tenant, else the first one. not_found: there is none of this name.
Result<TenantId> tenant_of(const CommonOptions& common, TenantStore& tenants);

/// What the tenant of the command has decided, as it is written now; no rules where they have errors.
PolicyOf policies_as_written(const CommonOptions& common);

/// The words of an answer that is not 2xx: of fields that are wrong each by the name that the command line has for it,
/// in FieldNames or else its own, and what is wrong with it.
Error error_of(const Api::Answer& answer, const FieldNames& names = {});

}  // namespace orgo
