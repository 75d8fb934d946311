#include "core/processing/label.h"

#include "base/text.h"
#include "base/unicode.h"
#include "core/task/commands.h"

namespace orgo {

std::vector<std::string> label_of(const Draft& draft) {
  std::string tag(cut_utf8(draft.envelope.label, commands::kTagMax));
  if (tag.empty()) return {};
  return {std::move(tag)};
}

}  // namespace orgo
