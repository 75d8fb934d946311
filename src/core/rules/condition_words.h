#pragma once
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/intake/raw_message.h"
#include "core/message/finding.h"
#include "core/rules/condition.h"

namespace orgo::rules {

// The words of conditions, for the parser, for "did you mean" and for the JSON Schema.

/// In the order of Field. That of variables stands for none: their names are given by rules.
std::span<const std::string_view> field_words();
/// Those with which a rule can begin: without the one of variables.
std::span<const std::string_view> known_field_words();
std::span<const std::string_view> part_words();
/// The operators of a field, as written.
std::span<const std::string_view> operator_words(Field field);
std::span<const std::string_view> all_operator_words();
std::optional<Field> find_field(std::string_view lower);
/// Does a field's name begin with this word, as `attachment` does that of `attachment name`, without being a name
/// itself?
bool begins_field(std::string_view lower);
std::optional<Part> find_part(std::string_view lower);
/// Comparisons make sense: what a header or a variable says may be a number or a date.
bool has_order(Field field);
/// It holds addresses, so that one can ask for the domain of it.
bool has_addresses(Field field);

inline constexpr std::array<FindingKind, 7> kFindings{
    FindingKind::auto_reply,   FindingKind::out_of_office, FindingKind::bounce,   FindingKind::own_loop,
    FindingKind::mailing_list, FindingKind::follow_up,     FindingKind::duplicate};
inline constexpr std::array<Channel, 6> kChannels{Channel::lmtp,    Channel::smtp, Channel::http,
                                                  Channel::import_, Channel::imap, Channel::pop3};
/// States of the thread's task, by number of TaskState; "none" is 0.
inline constexpr std::array<std::string_view, 7> kThreadStates{"none",         "new",      "open",  "pending",
                                                               "acknowledged", "resolved", "closed"};

}  // namespace orgo::rules
