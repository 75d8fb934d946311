#include "adapter/http/probe.h"

namespace orgo {

const HttpServerProbe& http_server_probe() {
  static const HttpServerProbe probe;
  return probe;
}

}  // namespace orgo
