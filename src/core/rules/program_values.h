#pragma once
#include "core/rules/field_values.h"
#include "core/rules/program.h"

namespace orgo::rules {

// What a field holds for one message; shared by the files that run and explain programs.

template <typename Use>
void Program::for_each_of_field(Run& run, const Source& source, Use&& use) const {
  if (source.field == Field::variable) {
    if (const auto held = run.extracted(source.extraction); !held.empty()) use(held);
    return;
  }
  rules::for_each_of_field(*run.facts_, source.field, source.header, run.cache_, use);
}

template <typename Use>
void Program::for_each_value(Run& run, std::uint16_t slot, Use&& use) const {
  const Source& source = slots_[slot].source;
  if (source.part == Part::whole && source.index == 0) {
    for_each_of_field(run, source, use);
    return;
  }
  for_each_part(
      source, [&](auto&& take) { for_each_of_field(run, source, take); }, use);
}

}  // namespace orgo::rules
