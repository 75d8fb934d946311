// Reads Outlook files that are no such files: nothing may crash, hang or grow, whatever stands in trees, blocks and
// heaps.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "adapter/mail_files/pst.h"
#include "adapter/mail_files/pst_store.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > (1U << 20U)) return 0;
  (void)orgo::check_pst_head({reinterpret_cast<const char*>(data), size}, size);
  const int file = ::memfd_create("pst", MFD_CLOEXEC);
  if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) {
    ::close(file);
    return 0;
  }
  const auto path = "/proc/self/fd/" + std::to_string(file);
  if (auto store = orgo::PstStore::open(path)) {
    (void)store->properties(0x21);
    for (const std::uint32_t name : {0x8054U, 0x8216U})
      if (const auto property = store->named(name)) (void)property;
    for (const std::uint32_t id : {0x21U, 0x61U, 0x122U})
      if (const auto node = store->node(id))
        for (const auto& [inner, below] : store->below(*node)) {
          (void)inner;
          if (!store->properties(below)) break;
        }
  }
  ::close(file);
  return 0;
}
