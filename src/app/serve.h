#pragma once
#include <string>

namespace orgo {

/// What stands on the command line of `orgo serve`; each that is not empty goes over the configuration.
struct ServeOptions {
  std::string config;  ///< path; empty: ORGO_CONFIG, /etc/orgo/config.yaml, ./config.yaml, else the defaults
  std::string roles;   ///< "gateway,processing,delivery,escalation"; empty: all
  std::string data;    ///< data folder
  std::string http;    ///< HOST:PORT; port 0 takes a free one, which the log and DATA/server.json name
  std::string lmtp;    ///< HOST:PORT
  std::string smtp;    ///< HOST:PORT
  std::string rules;   ///< rule file
};

/// Serves until SIGTERM or SIGINT. The exit status: 0 stopped as asked, 1 it could not start or go on, 2 the
/// configuration or the options are wrong.
int serve(const ServeOptions& options);

}  // namespace orgo
