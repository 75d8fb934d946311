#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "app/config.h"
#include "base/result.h"

namespace orgo {

/// Which of its parts this process runs; all of them on one machine.
struct Roles {
  bool gateway = true;  ///< the HTTP, LMTP and SMTP doors, with intake behind them
  bool processing = true;
  bool delivery = true;
  bool escalation = true;
  /// "gateway,processing"; empty: all. invalid_input names the roles.
  static Result<Roles> parse(const std::string& text);
};

/// Joins stores, services and doors, and takes them apart again in the right order.
class Server {
 public:
  /// Everything open and running when it returns. The error says which part, why, and how to mend it.
  static Result<std::unique_ptr<Server>> start(const Config& config, const Roles& roles);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Reads the rule files again; all or nothing. Logs what came of it.
  void reload_rules();
  /// Reloads when a rule file has changed since the last look. Cheap: the main loop calls it each second.
  void reload_changed_rules();
  /// Stops accepting, finishes or gives back what is under way, flushes. Complete when it returns; twice is harmless.
  void stop();

  [[nodiscard]] std::string http_url() const;      ///< "http://127.0.0.1:5000"; empty: no such door
  [[nodiscard]] std::string lmtp_address() const;  ///< "127.0.0.1:2424"
  [[nodiscard]] std::string smtp_address() const;
  /// The administrator's token that the first start made; empty on every later start. To be shown once.
  [[nodiscard]] std::string first_token() const;
  [[nodiscard]] std::size_t rule_count() const;
  [[nodiscard]] bool sends_mail() const;  ///< a relay is configured and the role is on

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace orgo
