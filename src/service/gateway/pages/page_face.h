#pragma once
#include "port/http_handler.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/dispatcher.h"
#include "service/gateway/core/problem.h"

namespace orgo::gateway::page {

HttpResponse error_page(const Call& call, const Problem& problem);
/// To the login, and back to this page afterwards.
HttpResponse to_login(const Call& call);

inline constexpr Dispatcher::PageFace kPageFace{error_page, to_login};

}  // namespace orgo::gateway::page
