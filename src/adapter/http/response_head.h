#pragma once
#include <string>

#include "port/http_handler.h"

namespace orgo {

/// Status line and header fields of an answer, with the empty line behind them; adds Date, Content-Length and
/// Connection.
std::string response_head(const HttpResponse& response, bool keep_alive);

}  // namespace orgo
