#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orgo::sql {

/// A mail that a database names.
struct NamedMail {
  std::string_view tenant;   ///< name; valid for the call
  std::int64_t message = 0;  ///< number of it
  std::string_view blob;     ///< where its bytes lie (BlobRef); valid for the call
};

/// Tells of each mail in a copy of the database (orgo.db in `folder`) that has the schema of this program, of all
/// tenants, in order. Writes nothing beside it. Errors: those of the callback; not_found, unavailable, corrupt.
Status each_named_mail(const std::string& folder, const std::function<Status(const NamedMail& mail)>& each);

}  // namespace orgo::sql
