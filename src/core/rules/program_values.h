#pragma once
#include "base/language.h"
#include "base/text.h"
#include "core/rules/program.h"
#include "core/rules/value_parts.h"

namespace orgo::rules {

// What a field holds for one message; shared by the files that run and explain programs.

template <typename Use>
void Program::for_each_of_field(Run& run, const Source& source, Use&& use) const {
  const Facts& facts = *run.facts_;
  const Message& message = facts.message;
  const auto addresses = [&](const std::vector<Address>& list) {
    for (const auto& address : list) use(std::string_view(address.address));
  };
  const auto text_of_kind = [&](TextKind kind) {
    const auto& split = run.split();
    const auto text = text_of(message.text, split, kind);
    use(std::string_view(text));
  };
  switch (source.field) {
    case Field::subject: use(std::string_view(message.subject)); break;
    case Field::body: use(std::string_view(message.text)); break;
    case Field::from:
      if (message.from) use(std::string_view(message.from->address));
      break;
    case Field::from_name:
      if (message.from) use(std::string_view(message.from->name));
      break;
    case Field::to: addresses(message.to); break;
    case Field::cc: addresses(message.cc); break;
    case Field::reply_to: addresses(message.reply_to); break;
    case Field::any_recipient:
      addresses(message.to);
      addresses(message.cc);
      if (!facts.envelope.recipient.empty()) use(std::string_view(facts.envelope.recipient));
      break;
    case Field::header:
      for (const auto& field : message.headers)
        if (field.name.size() == source.header.size() && ascii_iequals(field.name, source.header)) use(std::string_view(field.value));
      break;
    case Field::attachment_name:
      for (const auto& attachment : message.attachments) use(std::string_view(attachment.filename));
      break;
    case Field::attachment_type:
      for (const auto& attachment : message.attachments) use(std::string_view(attachment.content_type));
      break;
    case Field::envelope_sender: use(std::string_view(facts.envelope.sender)); break;
    case Field::envelope_recipient: use(std::string_view(facts.envelope.recipient)); break;
    case Field::new_text: {
      const auto& split = run.split();
      // A mail passed on without a word is still about something.
      if (split.has(TextKind::fresh)) text_of_kind(TextKind::fresh);
      else use(std::string_view(message.text));
      break;
    }
    case Field::quoted_text: text_of_kind(TextKind::quoted); break;
    case Field::signature: text_of_kind(TextKind::signature); break;
    case Field::language:
      if (!run.language_) {
        const auto guess = guess_language(message.text);
        run.language_ = guess ? guess->language : "";
      }
      if (!run.language_->empty()) use(std::string_view(*run.language_));
      break;
    case Field::thread_task:
      if (facts.thread != nullptr) use(std::string_view(to_string(facts.thread->number)));
      break;
    case Field::variable:
      if (const auto held = run.extracted(source.extraction); !held.empty()) use(held);
      break;
    default: break;
  }
}

template <typename Use>
void Program::for_each_value(Run& run, std::uint16_t slot, Use&& use) const {
  const Source& source = slots_[slot].source;
  if (source.part == Part::whole && source.index == 0) {
    for_each_of_field(run, source, use);
    return;
  }
  std::vector<std::string> values;
  for_each_of_field(run, source, [&](std::string_view value) {
    if (is_date_part(source.part)) {
      // Also what is no date counts as one of several headers: [2] is the second header, not the second date.
      values.push_back(date_part(value, source.part).value_or(""));
    } else if (source.part != Part::whole) {
      const auto add = [&](std::string_view address) {
        if (auto part = address_part(address, source.part)) values.push_back(std::move(*part));
        else if (source.index != 0) values.emplace_back();
      };
      if (source.field == Field::header) {
        for (const auto& address : addresses_of(value)) add(address);
      } else {
        add(value);
      }
    } else {
      values.emplace_back(value);
    }
  });
  const bool empty_is_none = is_date_part(source.part);
  const auto give = [&](const std::string& value) {
    if (!empty_is_none || !value.empty()) use(std::string_view(value));
  };
  if (source.index == 0) {
    for (const auto& value : values) give(value);
    return;
  }
  const auto count = static_cast<std::ptrdiff_t>(values.size());
  const auto at = source.index > 0 ? source.index - 1 : count + source.index;
  if (at >= 0 && at < count) give(values[static_cast<std::size_t>(at)]);
}

}  // namespace orgo::rules
