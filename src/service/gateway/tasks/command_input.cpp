#include "service/gateway/tasks/command_input.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace orgo::gateway {
namespace {

constexpr std::size_t kChoiceMax = 20;

/// "low, normal, high or urgent"
std::string in_words(std::span<const std::string_view> choices) {
  std::string out;
  for (std::size_t i = 0; i < choices.size(); ++i)
    out.append(i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ").append(choices[i]);
  return out;
}

}  // namespace

commands::Input command_input(const commands::Command& command, JsonBody& body, const JsonBody::ReadTime& read_time) {
  commands::Input input;
  for (const auto& parameter : command.parameters) {
    const auto name = parameter.name;
    switch (parameter.kind) {
      case commands::Parameter::Kind::text:
        if (parameter.required) input.set(name, body.text(name, parameter.bytes_max, parameter.may_be_empty));
        else input.set(name, body.optional_text(name, parameter.bytes_max).value_or(""));
        break;
      case commands::Parameter::Kind::choice: {
        auto text = body.text(name, kChoiceMax);
        const auto& choices = parameter.choices;
        if (!text.empty() && std::ranges::find(choices, text) == choices.end())
          body.complain(name, "'" + text + "' is not " + std::string(parameter.what) + "; use " + in_words(choices));
        input.set(name, std::move(text));
        break;
      }
      case commands::Parameter::Kind::texts:
        input.set(name, body.optional_texts(name, parameter.count_max, parameter.bytes_max));
        break;
      case commands::Parameter::Kind::named_texts:
        input.set(name, body.texts_by_name(name, parameter.count_max, parameter.bytes_max));
        break;
      case commands::Parameter::Kind::time:
        input.set(name, body.time_or_null(name, parameter.required, commands::kTimeMax, read_time));
        break;
    }
  }
  return input;
}

}  // namespace orgo::gateway
