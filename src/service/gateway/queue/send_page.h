#pragma once
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "port/outbox.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/cursor.h"

namespace orgo::gateway {

/// At most `limit` sends behind `after`, in the order of their numbers.
using ReadSends = std::function<Result<std::vector<StoredSend>>(SendId after, int limit)>;

/// One page of a list of sends, by the `limit` and `cursor` that were asked for; `list` names it in its cursors.
/// invalid_input: a cursor that is not of this list.
Result<HttpResponse> send_page(const Call& call, const Cursors& cursors, std::string_view list, const ReadSends& read);

}  // namespace orgo::gateway
