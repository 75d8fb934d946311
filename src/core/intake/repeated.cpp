#include "core/intake/repeated.h"

#include "base/json_writer.h"

namespace orgo {

std::string repeated_data(const Envelope& envelope) {
  std::string data;
  JsonWriter json(data);
  json.begin_object().field("channel", to_string(envelope.channel)).field("recipient", to_string(envelope.recipient));
  if (!envelope.peer.empty()) json.field("peer", envelope.peer);
  json.end_object();
  return data;
}

}  // namespace orgo
