#include <iostream>

#include "app/api.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/table.h"

namespace orgo {

int cmd_ledger(const LedgerOptions& options) {
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return report(api.error());
  const auto ledger = (*api)->ask("GET", "/api/v1/ledger");
  if (!ledger) return report(ledger.error());
  const auto& fields = ledger->as_object();
  const bool balanced = fields.at("balanced").as_bool();
  if (options.common.json) {
    std::cout << json::serialize(*ledger) << '\n';
    return balanced ? kDone : kFailed;
  }
  constexpr auto kColumns = std::to_array<const char*>(
      {"accepted", "stored", "decided", "opened", "joined", "recorded", "dropped", "waiting", "dead", "refused"});
  std::vector<std::string> head{"CHANNEL"};
  head.insert(head.end(), kColumns.begin(), kColumns.end());
  Table table(std::move(head));
  std::string wrong;
  for (const auto& value : fields.at("lines").as_array()) {
    const auto& line = value.as_object();
    std::vector<std::string> row{text_of(line, "channel")};
    for (const auto* column : kColumns) row.push_back(json::serialize(line.at(column)));
    table.add(std::move(row));
    for (const auto& sentence : line.at("imbalances").as_array())
      wrong += text_of(line, "channel") + ": " + std::string(sentence.as_string()) + "\n";
  }
  std::cout << (table.empty() ? "nothing was accepted yet\n" : table.text());
  if (balanced)
    std::cout << "balanced: accepted = stored = decided + waiting + dead + refused, decided = opened + joined + "
                 "recorded + dropped\n";
  else std::cout << "NOT BALANCED\n" << wrong;
  return balanced ? kDone : kFailed;
}

}  // namespace orgo
