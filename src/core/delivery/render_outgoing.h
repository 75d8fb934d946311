#pragma once
#include "base/result.h"
#include "core/channel/channel_traits.h"
#include "core/channel/outgoing.h"
#include "core/delivery/render.h"

namespace orgo {

/// What goes out by a channel of these traits, in the form that it wants. invalid_input: the recipient is of another
/// kind or malformed, or there is no such template.
Result<Outgoing> render_outgoing(const RenderInput& input, const RenderSettings& settings, const ChannelTraits& traits);

}  // namespace orgo
