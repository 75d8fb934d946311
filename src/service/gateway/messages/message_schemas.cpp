#include "service/gateway/messages/message_routes.h"

namespace orgo::gateway {

std::vector<Schema> MessageRoutes::schemas() const {
  return {
      {"Message", R"({"type":"object","required":["id","channel","state"],"properties":{
        "id":{"type":"string","examples":["m17"]},"channel":{"type":"string"},"sender":{"type":"string"},
        "recipient":{"type":"string"},
        "peer":{"type":"string"},"received_at":{"type":"string","format":"date-time"},"size":{"type":"integer",
        "description":"Bytes."},
        "known_id":{"type":"boolean",
        "description":"A message with this Message-ID but another body or recipient came before."},
        "archived":{"type":["object","null"],"properties":{"at":{"type":"string","format":"date-time"},
        "state":{"type":"string"}}},
        "label":{"type":"string","description":"Folder that it lay in."},
        "state":{"type":"string","enum":["waiting","decided"]},
        "decision":{"type":["object","null"],"properties":{"outcome":{"type":"string","enum":["task_opened",
        "task_joined","recorded","dropped"]},
          "task":{"type":["string","null"]},"split_to":{"type":["string","null"],
        "description":"The task that it was split off as: what answers it goes there."},
          "subject":{"type":"string"},"from":{"type":"string"},
        "reason":{"type":"string"},"rules_version":{"type":"string"}}}}})"},
      {"MessagePage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/Message"}},"next_cursor":{"type":["string","null"]}}})"},
      {"Accepted",
       R"({"type":"object","required":["id","duplicate","known_id"],"properties":{"id":{"type":"string"},
        "duplicate":{"type":"boolean"},"known_id":{"type":"boolean"}}})"},
      {"Trace", R"({"type":"object","required":["message","bytes","timeline","sends"],"properties":{
        "message":{"$ref":"#/components/schemas/Message"},"bytes":{"type":"object"},"dedup":{"type":"object"},
        "parsed":{"type":["object","null"]},
        "dated":{"type":["object","null"],"description":"When the mail was new, and from where that is known.",
        "properties":{"at":{"type":"string","format":"date-time"},"source":{"type":"string","enum":["date_field",
        "received","filed","given","arrival"]},"date_field_doubt":{"type":"string",
        "description":"Why its Date field is not believed; empty when it is."}}},
        "content":{"type":["object","null"],
        "description":"Language, quotes, calendar entries and signature, as in MessageContent."},
        "trace":{"description":"Findings, keywords and each rule tried, as decided."},"dead":{"type":["object","null"]},
        "task":{"oneOf":[{"$ref":"#/components/schemas/Task"},{"type":"null"}]},"next_escalation":{"type":["string",
        "null"],"format":"date-time"},
        "timeline":{"type":"array","items":{"$ref":"#/components/schemas/Event"}},"sends":{"type":"array",
        "items":{"type":"object"}}}})"},
  };
}

}  // namespace orgo::gateway
