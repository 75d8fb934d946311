#pragma once
#include <cstdint>

#include "core/processing/draft.h"
#include "core/task/task.h"

namespace orgo {

/// Who speaks in a mail that belongs to a task.
enum class Voice : std::uint8_t {
  customer,   ///< whoever asked, or anybody else who is not ours: it reopens, and starts the customer's clocks
  answer,     ///< one of ours, and the customer has it already: they stand in To or Cc
  claimed,    ///< the same, by their own word only: it stays with the task and moves nothing
  forward,    ///< one of ours answers a notification: it goes on to the customer
  kept,       ///< the same, but it stays with the task: by the team's setting
  to_others,  ///< the same: it went to others, too, and may be meant for them
  unclear,    ///< the same: what in it is for the customer can't be told for sure
  too_many,   ///< the same: so many went on within minutes that a program must be writing them
  unproven,   ///< one of ours, by their own word only: it stays with the task
  colleague,  ///< one of ours to a colleague with us in copy, or without a word of their own
};

/// Pure. One of ours is whoever has the task, its team, or staff (Workplace::is_staff()), but never the requester, who
/// is the customer also when he works here. Their answer goes on to the customer only when it answers a mail by which
/// Orgo told them, or their team, what the customer says: its Message-ID can't be guessed, and no customer has seen it,
/// while anybody can write "From:". It goes to Orgo alone, a person sent it from their own house, and what is theirs in
/// it stands apart from what they quote (words_for_others()). In doubt it stays, and they hear of it. That the customer
/// has it already counts by the same proof, or when our own mail server vouches for the author (is_authenticated()):
/// else anybody could stop the clocks of a task.
Voice voice_of(const Draft& draft, const Task& task);

/// Whoever wrote it is told that it went to nobody else, and why.
void tell_it_was_kept(Draft& draft, const Task& task, Voice voice);

}  // namespace orgo
