#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/commands.h"
#include "base/result.h"
#include "core/intake/raw_message.h"

namespace orgo {

class Api;
struct ToolSettings;

/// A mail on its way in.
struct ImportMail {
  Envelope envelope;
  std::string bytes;
  std::string name;  ///< where it was found, for people: "inbox.mbox at 4711"
};

/// What became of mails.
struct ImportOutcome {
  std::size_t stored = 0;
  std::size_t duplicates = 0;
  struct Refused {
    std::string name;
    std::string why;
  };
  std::vector<Refused> refused;  ///< for what they are; trying again would change nothing
};

/// Where mails go: the store itself, or a server that owns it. One thread.
class ImportDestination {
 public:
  static constexpr std::size_t kMailsMost = 200;  ///< of one call: one commit, and one request where that holds it
  static constexpr std::size_t kBytesMost = 16U << 20U;  ///< past it a caller adds no more mails

  virtual ~ImportDestination() = default;
  /// In their order. Adds to `outcome` what is durable, or refused; then an error is about the destination, and what is
  /// not in `outcome` may be stored or not: saying the same again is safe.
  virtual Status store(std::span<const ImportMail> mails, ImportOutcome& outcome) = 0;
  /// For the envelopes. A server looks at the token instead.
  [[nodiscard]] virtual TenantId tenant() const = 0;
};

/// By HTTP to the server that owns the folder, else the store, whose folder is owned from then on.
Result<std::unique_ptr<ImportDestination>> open_import_destination(const CommonOptions& common,
                                                                   const ToolSettings& settings);

/// By requests of many mails; one by one what such a request can't carry, or to a server that is older than they are.
std::unique_ptr<ImportDestination> import_to_server(std::unique_ptr<Api> api);

}  // namespace orgo
