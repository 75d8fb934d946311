#include "tests/score/allocated.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> now{0}, most{0};

void* take_if_there(std::size_t bytes) noexcept {
  void* const memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) return nullptr;
  const auto held = now.fetch_add(malloc_usable_size(memory)) + malloc_usable_size(memory);
  auto known = most.load();
  while (known < held && !most.compare_exchange_weak(known, held)) {
  }
  return memory;
}
void* take(std::size_t bytes) {
  void* const memory = take_if_there(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void give(void* memory) {
  if (memory != nullptr) now.fetch_sub(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t bytes) {
  return take(bytes);
}
void* operator new[](std::size_t bytes) {
  return take(bytes);
}
// What std::stable_sort asks for; all that is given back by the ones below must come from here.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return take_if_there(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return take_if_there(bytes);
}
void operator delete(void* memory) noexcept {
  give(memory);
}
void operator delete[](void* memory) noexcept {
  give(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  give(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  give(memory);
}

namespace orgo::score {

std::size_t allocated() {
  return now.load();
}
std::size_t most_allocated() {
  return most.load();
}
void reset_most_allocated() {
  most.store(now.load());
}

}  // namespace orgo::score
