#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/contact/contact.h"

namespace orgo {

/// In which form a channel wants what goes out; core/delivery/render_outgoing.h makes it.
enum class Medium : std::int8_t {
  mail,  ///< a whole mail (RFC 5322)
  json,  ///< a JSON object, for a program
};

/// What is true of a channel, whoever carries it. Everything that decides asks these and no name, so that a channel to
/// come is a line in the table of channel_traits.cpp and an adapter.
struct ChannelTraits {
  std::string_view name;  ///< stored with each send: "mail"
  ContactKind contact{};  ///< whom it reaches
  Medium medium{};
  /// May it carry automatic answers to whoever wrote?
  bool answers = false;
  /// Its automatic answers bear the null sender, so that no report of theirs comes back (RFC 3834, section 3.3).
  bool null_sender = false;
  /// A program is told, and no person reads it: that it fails says nothing about an address, nobody has to hear of it,
  /// and it belongs to no thread.
  bool quiet = false;
  /// May a report say later that what was taken did not arrive (RFC 3464)?
  bool reports = false;
  /// How many are given to the channel at a time, and told to the store together; 0: all of a step. One, where each may
  /// take its time: a slow receiver must not keep the outcome of another from the store until its lease is over.
  std::size_t together = 0;
  /// Each recipient names a server of its own, so that one that is silent must keep no worker from the others.
  bool own_receivers = false;
};

/// All channels that there are.
std::span<const ChannelTraits> channel_traits();

/// The traits of a lane: the name of a channel, or of one and a provider of it: "mail", "sms/provider". nullptr: there
/// is no such channel.
const ChannelTraits* find_channel(std::string_view lane);
/// May a report tell that what went out by this lane did not arrive?
bool may_be_reported(std::string_view lane);
/// The channel that reaches such a contact: the first in the table.
const ChannelTraits& channel_of(ContactKind kind);

}  // namespace orgo
