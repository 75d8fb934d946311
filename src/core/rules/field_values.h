#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/domain_name.h"
#include "base/language.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/mail/read/part_content.h"
#include "core/mail/read/split_text.h"
#include "core/rules/condition.h"
#include "core/rules/rule_set.h"
#include "core/rules/value_parts.h"

namespace orgo::rules {

// What a field holds for one message: shared by programs, which compare it, and by those who show where words stand.

/// What is worked out once for a message, and only when a rule asks for it.
struct FieldCache {
  std::optional<SplitText> split;
  std::optional<std::string> language;
  std::optional<std::vector<std::string>> attachment_texts;
  std::optional<std::vector<PartContent>> parts;
  std::optional<std::string> raw_body;

  void reset() {
    split.reset();
    language.reset();
    attachment_texts.reset();
    parts.reset();
    raw_body.reset();
  }
  const SplitText& split_of(const Message& message) {
    if (!split) split = split_text(message);
    return *split;
  }
};

/// As the reader of mails leaves addresses, also what the wire, older versions or a rule file wrote otherwise.
template <typename Use>
void use_address(const std::string& address, Use& use) {
  if (!is_international(domain_part(address))) use(std::string_view(address));
  else use(std::string_view(address_for_people(address)));
}

/// Calls `use` with each value of a text field, in the order of the message; views hold as long as the call. Not for
/// variables: what they hold depends on the rules.
template <typename Use>
void for_each_of_field(const Facts& facts, Field field, std::string_view header, FieldCache& cache, Use&& use) {
  const Message& message = facts.message;
  const auto addresses = [&](const std::vector<Address>& list) {
    for (const auto& one : list) use(std::string_view(one.address));
  };
  const auto text_of_kind = [&](TextKind kind) {
    const auto text = text_of(message.text, cache.split_of(message), kind);
    use(std::string_view(text));
  };
  switch (field) {
    case Field::subject:
      use(std::string_view(message.subject));
      break;
    case Field::body:
      use(std::string_view(message.text));
      break;
    case Field::from:
      if (message.from) use(std::string_view(message.from->address));
      break;
    case Field::from_name:
      if (message.from) use(std::string_view(message.from->name));
      break;
    case Field::to:
      addresses(message.as_mail().to);
      break;
    case Field::cc:
      addresses(message.as_mail().cc);
      break;
    case Field::reply_to:
      addresses(message.as_mail().reply_to);
      break;
    case Field::any_recipient:
      addresses(message.as_mail().to);
      addresses(message.as_mail().cc);
      if (!facts.envelope.recipient.empty()) use_address(facts.envelope.recipient.address, use);
      break;
    case Field::header:
      if (header.find(',') != std::string_view::npos) {  // header[To,Cc]
        const auto names = split(header, ',');
        for (const auto& one : message.as_mail().headers)
          if (std::any_of(names.begin(), names.end(),
                          [&](std::string_view name) { return ascii_iequals(one.name, name); }))
            use(std::string_view(one.value));
        break;
      }
      for (const auto& one : message.as_mail().headers)
        if (one.name.size() == header.size() && ascii_iequals(one.name, header)) use(std::string_view(one.value));
      break;
    case Field::attachment_name:
      for (const auto& attachment : message.attachments) use(std::string_view(attachment.filename));
      break;
    case Field::attachment_type:
      for (const auto& attachment : message.attachments) use(std::string_view(attachment.content_type));
      break;
    case Field::envelope_sender:
      use_address(facts.envelope.sender.address, use);
      break;
    case Field::envelope_recipient:
      use_address(facts.envelope.recipient.address, use);
      break;
    case Field::new_text:
      // A mail passed on without a word is still about something.
      if (cache.split_of(message).has(TextKind::fresh)) text_of_kind(TextKind::fresh);
      else use(std::string_view(message.text));
      break;
    case Field::quoted_text:
      text_of_kind(TextKind::quoted);
      break;
    case Field::signature:
      text_of_kind(TextKind::signature);
      break;
    case Field::language:
      if (!cache.language) {
        const auto guess = guess_language(message.text);
        cache.language = guess ? guess->language : "";
      }
      if (!cache.language->empty()) use(std::string_view(*cache.language));
      break;
    case Field::thread_task:
      if (facts.thread != nullptr) use(std::string_view(to_string(facts.thread->number)));
      break;
    case Field::thread_team:
      if (facts.thread != nullptr) use_address(facts.thread->team, use);
      break;
    case Field::thread_assignee:
      if (facts.thread != nullptr) use_address(facts.thread->assignee, use);
      break;
    case Field::thread_priority:
      if (facts.thread != nullptr) use(to_string(facts.thread->priority));
      break;
    case Field::thread_tag:
      if (facts.thread != nullptr)
        for (const auto& tag : facts.thread->tags) use(std::string_view(tag));
      break;
    case Field::date:
      use(std::string_view(to_rfc3339(TimePoint{std::chrono::minutes(facts.local_minutes)}).substr(0, 10)));
      break;
    case Field::time:
      use(std::string_view(to_rfc3339(TimePoint{std::chrono::minutes(facts.local_minutes)}).substr(11, 5)));
      break;
    case Field::attachment_text:
      if (!cache.attachment_texts) cache.attachment_texts = attachment_texts(facts.raw);
      for (const auto& text : *cache.attachment_texts) use(std::string_view(text));
      break;
    case Field::part_content:
      if (!cache.parts) cache.parts = part_contents(facts.raw);
      for (const auto& part : *cache.parts)
        if (is_type(part.type, header)) use(std::string_view(part.text));
      break;
    case Field::raw_body:
      if (!cache.raw_body) cache.raw_body = raw_body(facts.raw);
      use(std::string_view(*cache.raw_body));
      break;
    default:
      break;
  }
}

/// Of the values that `each` gives to what it is called with: their parts (`domain of`), and only the nth. `source` has
/// field, part and index as a Test.
template <typename Source, typename Each, typename Use>
void for_each_part(const Source& source, Each&& each, Use&& use) {
  std::vector<std::string> values;
  each([&](std::string_view value) {
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
