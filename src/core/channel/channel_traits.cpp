#include "core/channel/channel_traits.h"

#include <algorithm>
#include <array>

namespace orgo {
namespace {

constexpr std::array kChannels{
    ChannelTraits{.name = "mail",
                  .contact = ContactKind::mail,
                  .medium = Medium::mail,
                  .answers = true,
                  .null_sender = true,
                  .quiet = false,
                  .reports = true,
                  .together = 0,
                  .own_receivers = false},
    ChannelTraits{.name = "webhook",
                  .contact = ContactKind::webhook,
                  .medium = Medium::json,
                  .answers = false,
                  .null_sender = false,
                  .quiet = true,
                  .reports = false,
                  .together = 1,
                  .own_receivers = true},
};

}  // namespace

std::span<const ChannelTraits> channel_traits() {
  return kChannels;
}

const ChannelTraits* find_channel(std::string_view lane) {
  const auto name = lane.substr(0, lane.find('/'));
  const auto* const found =
      std::find_if(kChannels.begin(), kChannels.end(), [&](const ChannelTraits& one) { return one.name == name; });
  return found == kChannels.end() ? nullptr : found;
}

bool may_be_reported(std::string_view lane) {
  const auto* const traits = find_channel(lane);
  return traits != nullptr && traits->reports;
}

const ChannelTraits& channel_of(ContactKind kind) {
  const auto* const found =
      std::find_if(kChannels.begin(), kChannels.end(), [&](const ChannelTraits& one) { return one.contact == kind; });
  return found == kChannels.end() ? kChannels.front() : *found;
}

}  // namespace orgo
