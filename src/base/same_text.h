#pragma once
#include <string_view>

namespace orgo {

/// Is it the same by fold_case()? ASCII costs no copy.
bool is_same_text(std::string_view a, std::string_view b);
/// The same letters, whether composed or with their accents apart, as macOS types them (NFC, UAX #15); case counts.
/// Bytes that are not UTF-8 are only the same as themselves.
bool is_same_spelling(std::string_view a, std::string_view b);

}  // namespace orgo
