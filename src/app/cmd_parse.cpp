#include <filesystem>
#include <iostream>
#include <iterator>

#include "adapter/clock/system_clock.h"
#include "adapter/mail_files/mail_files.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/settings.h"
#include "app/would_do.h"

namespace orgo {
namespace {

constexpr Millis kCheckTime = std::chrono::seconds(5);  // of one signature

}  // namespace

int cmd_parse(const ParseOptions& options) {
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto rules = load_rule_files(options.rules, *settings);
  if (!rules) return report(rules.error());

  std::error_code ignored;
  const bool several = options.files.size() > 1 || std::filesystem::is_directory(options.files.front(), ignored);
  const auto now = SystemClock().now();
  KeyringVerifier keys(settings->keyring);
  bool first = true;
  const auto show = [&](std::string_view bytes, std::string_view name) {
    const auto result = would_do(bytes, **rules, settings->decide, now);
    auto view = mail_view(bytes, result.message);
    view.check = check_signature(bytes, view.protection, &keys, now, within(kCheckTime));
    if (several) std::cout << to_json(result, name, &view) << '\n';
    else if (options.common.json) std::cout << to_json(result, {}, &view) << '\n';
    else std::cout << (first ? "" : "\n") << to_text(result, &view);  // one mbox may hold several mails
    first = false;
  };
  int status = kDone;
  for (const auto& path : options.files) {
    if (path == "-") {
      show(std::string(std::istreambuf_iterator<char>(std::cin), {}), path);
      continue;
    }
    auto files = MailFiles::open(path);
    if (!files) {
      status = report(files.error());
      continue;
    }
    while (const auto mail = files->next()) {
      if (*mail) show((*mail)->bytes, (*mail)->name);
      else status = report(mail->error());
    }
  }
  return status;
}

}  // namespace orgo
