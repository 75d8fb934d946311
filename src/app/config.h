#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/answers/answers_options.h"
#include "app/delivery/delivery_options.h"
#include "app/doors/doors_options.h"
#include "app/feeds/feeds_options.h"
#include "app/http/http_options.h"
#include "app/log/log_options.h"
#include "app/mailboxes/mailbox_options.h"
#include "app/node/node_options.h"
#include "app/organization/organization_options.h"
#include "app/processing/processing_options.h"
#include "app/rules/rules_options.h"
#include "app/signatures/signatures_options.h"
#include "app/silence/silence_options.h"
#include "app/storage/storage_options.h"
#include "app/suppression/suppression_options.h"
#include "app/tenants/tenants_options.h"
#include "base/diagnostic.h"
#include "base/options.h"

namespace orgo {

/// All settings of one process, checked: for each feature what its folder declares. What each means and may be:
/// docs/configuration.md, made from the declarations.
struct Config {
  OrganizationConfig organization;
  NodeConfig node;
  DataConfig data;
  DatabaseConfig database;
  FilesConfig files;
  HttpConfig http;
  LmtpConfig lmtp;
  SmtpInConfig smtp_in;
  DoorLimits limits;
  MailboxesConfig mailboxes;
  SilenceConfig silence;
  MailViewConfig mail;
  RelayConfig smtp;
  DeliveryConfig delivery;
  SuppressionConfig suppression;
  WebhookConfig webhooks;
  RulesConfig rules;
  FeedsConfig feeds;
  ModulesConfig modules;
  QueueConfig queue;
  TenantsConfig tenants;
  ProcessingConfig processing;
  AnswersConfig answers;
  LogConfig log;
};

/// Where settings come from, each over the one before it: defaults, file, environment, command line.
struct ConfigSources {
  std::optional<std::string> path;                 ///< of the file, which then has to be there; also by ORGO_CONFIG
  std::map<std::string, std::string> environment;  ///< orgo_environment() in the program, a map of its own in a test
  struct Override {
    std::string option;  ///< "data.dir"
    std::string value;
    std::string origin;  ///< "--data"
  };
  std::vector<Override> overrides;
  /// Tried in order when no path is given; none of them has to be there. The nearest first: whoever works in a folder
  /// of their own never means the service of this machine and its data.
  std::vector<std::string> search{"./config.yaml", "/etc/orgo/config.yaml"};
};

struct LoadedConfig {
  Config config;                          ///< only to be used when there are no errors
  std::string path;                       ///< of the file that was read; empty: none
  std::vector<SourceFile> sources;        ///< to show lines in errors
  std::vector<std::string> secret_files;  ///< paths of files that hold the value of an option, by load_partial_config()
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> warnings;
  std::vector<OptionSet::Entry> entries;  ///< each option with its value and origin, secrets hidden
};

LoadedConfig load_config(const ConfigSources& sources);
/// One file over `base`, in which only some options may stand: those named, and all below them ("organization"). The
/// file may be missing. `base` is what stands when it says nothing. Who writes it need not be the one who runs the
/// server: files that it names lie below its folder, and no option of it runs a program.
LoadedConfig load_partial_config(Config base, const std::string& path, const std::vector<std::string>& allowed);
/// A path that leads into the folder that it counts from, and not out of it.
bool is_inside(const std::string& path);
/// The variables of this process that begin with ORGO_.
std::map<std::string, std::string> orgo_environment();

/// For `orgo config explain`: every option, its value, where that comes from, and what it means. No secrets.
std::string explain_config(const LoadedConfig& loaded);
/// docs/configuration.md.
std::string configuration_markdown();

}  // namespace orgo
