#include "app/serve.h"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "app/config.h"
#include "app/output.h"
#include "app/server.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/planted.h"

namespace orgo {
namespace {

void say(const std::string& line) {
  std::fputs(line.c_str(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

ConfigSources sources_of(const ServeOptions& options) {
  ConfigSources sources;
  if (!options.config.empty()) sources.path = options.config;
  sources.environment = orgo_environment();
  const auto over = [&](const char* option, const std::string& value, const char* origin) {
    if (!value.empty()) sources.overrides.push_back({option, value, origin});
  };
  over("data.dir", options.data, "--data");
  over("http.listen", options.http, "--http");
  over("lmtp.listen", options.lmtp, "--lmtp");
  over("smtp_in.listen", options.smtp, "--smtp");
  over("rules.files", options.rules, "--rules");
  return sources;
}

/// What applies at a reload; the rest waits for the next start. With errors all stays as it is.
void reload_config(const ServeOptions& options) {
  const auto loaded = load_config(sources_of(options));
  if (loaded.errors.empty() && !ORGO_PLANT(hup_reloads_no_log)) log::configure(log_settings(loaded.config.log));
  else log::error("config.refused", {{"detail", to_string(loaded.errors, loaded.sources)}});
}

void greet(const Server& server, const LoadedConfig& loaded) {
  const auto& config = loaded.config;
  const auto door = [](const char* name, const std::string& where) {
    if (!where.empty()) say(std::string("  ") + name + where);
  };
  say(*config.organization.name + " is served by Orgo, process " + std::to_string(::getpid()) + ":");
  door("HTTP  ", server.http_url());
  door("LMTP  ", server.lmtp_address());
  door("SMTP  ", server.smtp_address());
  say("  data  " + *config.data.dir + ", " + std::to_string(server.rule_count()) +
      (server.rule_count() == 1 ? " rule" : " rules") +
      (server.sends_mail() ? "" : ", no smtp.host set: mails wait in the outbox"));
  if (loaded.path.empty()) say("  There is no config.yaml here: the defaults hold. `orgo init` asks and writes one.");
  const auto& first = server.first_login();
  if (!first) return;
  // What goes elsewhere than to a terminal is kept by somebody, in a journal that others read.
  if (::isatty(STDOUT_FILENO) == 1)
    say("The first administrator logs in with the name " + first->name + " and this password, shown this once:\n  " +
        first->password);
  else say("The first administrator is " + first->name + "; how to get in stands in " + first->file);
}

}  // namespace

int serve(const ServeOptions& options) {
  const auto roles = Roles::parse(options.roles);
  if (!roles) {
    return report(roles.error().in("serve"));
  }
  const auto loaded = load_config(sources_of(options));
  if (!loaded.errors.empty()) {
    std::fputs(to_string(loaded.errors, loaded.sources).c_str(), stderr);
    return 2;
  }
  // Before anything is made in a folder that was not meant.
  if (loaded.path.empty() && has_no_rules(loaded))
    return report({Errc::not_found,
                   "serve: there is neither config.yaml nor rules.yaml in this folder; `orgo init` asks five questions "
                   "and writes both, --config FILE names another configuration"});
  if (!loaded.warnings.empty()) std::fputs(to_string(loaded.warnings, loaded.sources).c_str(), stderr);
  log::configure(log_settings(loaded.config.log));

  // Before any thread is made, so that all of them leave the signals to the main thread's sigwaitinfo().
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a full disk, and no end of the server

  auto server = Server::start(loaded.config, *roles);
  if (!server) {
    return report(server.error().in("serve"));
  }
  greet(**server, loaded);
  log::info(
      "server.started",
      {{"http", (*server)->http_url()}, {"lmtp", (*server)->lmtp_address()}, {"smtp", (*server)->smtp_address()}});
  for (;;) {
    const int signal = sigwaitinfo(&signals, nullptr);
    if (signal == SIGTERM || signal == SIGINT) break;
    if (signal == SIGHUP) {
      reload_config(options);
      (*server)->reload_rules();
    }
  }
  log::info("server.stopping");
  (*server)->stop();
  log::info("server.stopped");
  log::flush();
  return (*server)->has_failed() ? kFailed : kDone;
}

}  // namespace orgo
