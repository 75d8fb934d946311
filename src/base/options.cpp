#include "base/options.h"

#include <algorithm>
#include <cassert>

#include "base/masked.h"
#include "base/overloaded.h"
#include "base/text.h"
#include "base/yaml.h"

namespace orgo {
namespace {

std::string show_offset(int minutes) {
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return (minutes < 0 ? "-" : "+") + two(std::abs(minutes) / 60) + ":" + two(std::abs(minutes) % 60);
}

}  // namespace

std::string environment_name(std::string_view option) {
  std::string name = "ORGO_";
  for (const char c : option) name += c == '.' || c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

OptionSet& OptionSet::section(std::string name, std::string help) {
  sections_.emplace_back(std::move(name), std::move(help));
  return *this;
}

OptionSet& OptionSet::add(OptionInfo info, Binding binding) {
  assert(find(info.name) == nullptr && "declared twice");
  auto environment = environment_name(info.name);
  Option option{std::move(info), std::move(environment), std::move(binding), {}, {}, {}, {}};
  option.fallback = show(option.binding);
  options_.push_back(std::move(option));
  return *this;
}

OptionSet& OptionSet::text(OptionInfo info, Setting<std::string>& target, Check check) {
  return add(std::move(info), Text{&target, std::move(check)});
}
OptionSet& OptionSet::integer(OptionInfo info, Setting<std::int64_t>& target, std::int64_t least, std::int64_t most) {
  return add(std::move(info), Integer{&target, least, most});
}
OptionSet& OptionSet::boolean(OptionInfo info, Setting<bool>& target) {
  return add(std::move(info), Boolean{&target});
}
OptionSet& OptionSet::duration(OptionInfo info, Setting<Millis>& target, Millis least, Millis most) {
  return add(std::move(info), Duration{&target, least, most});
}
OptionSet& OptionSet::bytes(OptionInfo info, Setting<std::uint64_t>& target, std::uint64_t least, std::uint64_t most) {
  return add(std::move(info), Bytes{&target, least, most});
}
OptionSet& OptionSet::list(OptionInfo info, Setting<std::vector<std::string>>& target, Check check_each) {
  return add(std::move(info), List{&target, std::move(check_each)});
}
OptionSet& OptionSet::utc_offset(OptionInfo info, Setting<int>& target) {
  return add(std::move(info), Offset{&target});
}

OptionSet& OptionSet::records(std::string name, std::size_t most, DeclareRecord declare) {
  lists_.push_back({std::move(name), most, std::move(declare), {}});
  return *this;
}

void OptionSet::declare_samples() {
  for (const auto& list : lists_) list.declare(*this, list.name + ".NAME", "NAME");
}

OptionSet::Option* OptionSet::find(std::string_view name) {
  for (auto& option : options_)
    if (option.info.name == name) return &option;
  return nullptr;
}

std::string OptionSet::show(const Binding& binding) {
  return std::visit(Overloaded{[](const Text& b) { return b.target->peek(); },
                               [](const Integer& b) { return std::to_string(b.target->peek()); },
                               [](const Boolean& b) { return std::string(b.target->peek() ? "true" : "false"); },
                               [](const Duration& b) { return format_duration(b.target->peek()); },
                               [](const Bytes& b) { return format_bytes(b.target->peek()); },
                               [](const List& b) { return join(b.target->peek(), ", "); },
                               [](const Offset& b) { return show_offset(b.target->peek()); },
                               [](const Choice& b) { return b.show(); }},
                    binding);
}

std::string OptionSet::type_of(const Binding& binding) {
  return std::visit(
      Overloaded{[](const Text&) { return std::string("text"); },
                 [](const Integer& b) {
                   return "whole number, from " + std::to_string(b.least) + " to " + std::to_string(b.most);
                 },
                 [](const Boolean&) { return std::string("true or false"); },
                 [](const Duration& b) {
                   return "duration, from " + format_duration(b.least) + " to " + format_duration(b.most);
                 },
                 [](const Bytes& b) { return "size, from " + format_bytes(b.least) + " to " + format_bytes(b.most); },
                 [](const List&) { return std::string("list of texts"); },
                 [](const Offset&) { return std::string("offset from UTC"); },
                 [](const Choice& b) { return "one of " + join(b.names, ", "); }},
      binding);
}

std::vector<std::string> OptionSet::unread() const {
  std::vector<std::string> names;
  for (const auto& option : options_) {
    const bool read = std::visit(
        Overloaded{[](const Choice& b) { return b.was_read(); }, [](const auto& b) { return b.target->was_read(); }},
        option.binding);
    if (!read) names.push_back(option.info.name);
  }
  return names;
}

std::vector<OptionSet::Entry> OptionSet::entries() const {
  std::vector<Entry> entries;
  for (const auto& option : options_) {
    const bool secret = option.info.secret == Secret::yes;
    auto value = show(option.binding);
    if (secret && !value.empty()) value = "[secret]";
    value = without_login(value);
    std::string origin = option.origin.path.empty() ? "default" : option.origin.path;
    if (option.origin.line > 0) origin += ":" + std::to_string(option.origin.line);
    entries.push_back({option.info.name, option.environment, type_of(option.binding), std::move(value),
                       secret ? "" : option.fallback, std::move(origin), option.info.help, option.info.example,
                       option.info.applies, option.info.secret});
  }
  return entries;
}

bool OptionSet::is_set(std::string_view name) const {
  return std::any_of(options_.begin(), options_.end(),
                     [&](const Option& option) { return option.info.name == name && !option.origin.path.empty(); });
}

Diagnostic OptionSet::at(std::string_view name, std::string message, std::string hint) const {
  for (const auto& option : options_)
    if (option.info.name == name) {
      auto diagnostic = option.origin;
      diagnostic.message = std::move(message);
      diagnostic.hint = std::move(hint);
      if (diagnostic.path.empty()) diagnostic.path = "configuration";
      return diagnostic;
    }
  return {"configuration", 0, 0, 1, std::move(message), std::move(hint)};
}

}  // namespace orgo
