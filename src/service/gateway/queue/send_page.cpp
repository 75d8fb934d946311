#include "service/gateway/queue/send_page.h"

#include <optional>
#include <string>

#include "base/keep_first.h"
#include "service/gateway/core/answer.h"
#include "service/views/views.h"

namespace orgo::gateway {

Result<HttpResponse> send_page(const Call& call, const Cursors& cursors, std::string_view list, const ReadSends& read) {
  ORGO_TRY(limit, page_limit(call));
  SendId after{};
  if (const auto cursor = parameter(call, "cursor"); !cursor.empty()) {
    ORGO_TRY(last, cursors.read(list, cursor));
    after.value = last;
  }
  ORGO_TRY(page, read(after, limit + 1));
  const bool more = static_cast<int>(page.size()) > limit;
  keep_first(page, static_cast<std::size_t>(limit));
  std::optional<std::string> next;
  if (more) next = cursors.make(list, page.back().id.value);
  return list_response(
      call, page, [](JsonWriter& writer, const auto& send) { views::write_send(writer, send); }, next);
}

}  // namespace orgo::gateway
