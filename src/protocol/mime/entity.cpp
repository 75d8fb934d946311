#include "protocol/mime/entity.h"

#include "protocol/mime/entity_parser.h"

namespace orgo::mime {

Document parse_entities(std::string_view raw, const Limits& limits) {
  Document document;
  parse_entities(raw, limits, document);
  return document;
}
void parse_entities(std::string_view raw, const Limits& limits, Document& document) {
  EntityParser(raw, limits, document).run();
}

}  // namespace orgo::mime
