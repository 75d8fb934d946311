#pragma once
#include "core/changes/changes.h"
#include "core/intake/raw_message.h"

namespace orgo {

// What a database does with text that is no text (base/stored_text.h), for a store that has no columns.

Changes mended(Changes changes);
Envelope mended(Envelope envelope);

}  // namespace orgo
