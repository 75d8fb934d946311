#include "app/config_options.h"

namespace orgo {

OptionSet config_options(Config& config) {
  OptionSet options;
  declare(options, config.organization);
  declare(options, config.node);
  declare(options, config.data);
  declare(options, config.database);
  declare(options, config.files);
  declare(options, config.http);
  declare(options, config.lmtp);
  declare(options, config.smtp_in);
  declare(options, config.limits);
  declare(options, config.mailboxes);
  declare(options, config.silence);
  declare(options, config.mail);
  declare(options, config.smtp);
  declare(options, config.delivery);
  declare(options, config.suppression);
  declare(options, config.webhooks);
  declare(options, config.rules);
  declare(options, config.feeds);
  declare(options, config.modules);
  declare(options, config.queue);
  declare(options, config.tenants);
  declare(options, config.processing);
  declare(options, config.answers);
  declare(options, config.log);
  return options;
}

void check_together(const Config& config, const OptionSet& options, std::vector<Diagnostic>& errors) {
  check(config.files, config.database, options, errors);
  check(config.http, config.limits.message_size.peek(), options, errors);
  check(config.smtp_in, options, errors);
  check(config.smtp, options, errors);
  check(config.mailboxes, options, errors);
  check(config.queue, options, errors);
  check(config.delivery, options, errors);
}

}  // namespace orgo
