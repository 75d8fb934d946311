#include <iostream>

#include "app/api.h"
#include "app/command_line/neutral_output.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/rules/rules_of_version.h"
#include "app/settings.h"
#include "service/trace/trace_service.h"

namespace orgo {

int cmd_trace(const TraceOptions& options) {
  const auto id = parse_id<MessageTag>(options.message);
  if (!id)
    return report({Errc::invalid_input, "'" + cell(options.message, 40) + "' is not a message; write it as in m17"});
  const auto store = open_store_to_read(options.common);
  if (!store) return report(store.error());
  const auto tenant = tenant_of(options.common, (*store)->tenants);
  if (!tenant) return report(tenant.error());
  if (options.raw) {
    const auto bytes = (*store)->messages.read_bytes(*tenant, *id);
    if (!bytes) return report(bytes.error());
    raw_output();
    std::cout.write(bytes->data(), static_cast<std::streamsize>(bytes->size())).flush();
    return kDone;
  }
  const auto loaded = load_config_for(options.common);
  KeyringVerifier keys(keyring_of(loaded.config.mail));
  TraceService traces((*store)->messages, (*store)->tasks, (*store)->outbox, (*store)->work,
                      rules_of_version((*store)->rules, *loaded.config.data.dir), policies_as_written(options.common),
                      &keys);
  const auto story = traces.story(*tenant, *id);
  if (!story) return report(story.error());
  std::cout << (options.common.json ? to_json(*story) : to_text(*story));
  return kDone;
}

}  // namespace orgo
