#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/tnef/rtf.h"
#include "protocol/tnef/tnef.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto content = orgo::tnef::read_tnef(bytes))
    for (const auto& attachment : content->attachments)
      if (!attachment.bytes.empty() && (attachment.bytes.data() < bytes.data() ||
                                        attachment.bytes.data() + attachment.bytes.size() > bytes.data() + size))
        __builtin_trap();
  static_cast<void>(orgo::tnef::read_rtf(bytes));
  static_cast<void>(orgo::tnef::decompress_rtf(bytes));
  return 0;
}
