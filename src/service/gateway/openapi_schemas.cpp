#include "service/gateway/openapi_schemas.h"

namespace orgo::gateway {

// Kept beside what views.cpp writes; a test compares the properties of each schema with a real answer.
const std::vector<std::pair<std::string_view, std::string_view>>& openapi_schemas() {
  static const std::vector<std::pair<std::string_view, std::string_view>> schemas{
      {"Problem", R"({"type":"object","description":"RFC 9457","required":["type","title","status","detail","code"],"properties":{
        "type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string"},"instance":{"type":"string"},
        "code":{"type":"string","description":"Stable, for programs."},"trace_id":{"type":"string"},
        "errors":{"type":"array","items":{"type":"object","properties":{"pointer":{"type":"string"},"detail":{"type":"string"}}}}}})"},
      {"Health", R"({"type":"object","required":["status","version","uptime_s","checks"],"properties":{
        "status":{"type":"string","enum":["ok","failing"]},"version":{"type":"string"},"uptime_s":{"type":"integer"},
        "checks":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"ok":{"type":"boolean"},"required":{"type":"boolean","description":"false: the server takes traffic all the same"},"why":{"type":"string"}}}}}})"},
      {"Task", R"({"type":"object","required":["id","version","state","open","priority","title"],"properties":{
        "id":{"type":"string","examples":["T-12"]},"version":{"type":"integer"},
        "state":{"type":"string","enum":["new","open","pending","acknowledged","resolved","closed"]},"open":{"type":"boolean"},
        "priority":{"type":"string","enum":["low","normal","high","urgent"]},"title":{"type":"string"},"requester":{"type":"string"},
        "team":{"type":"string"},"assignee":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},
        "due_at":{"type":["string","null"],"format":"date-time"},
        "escalation":{"type":"object","properties":{"level":{"type":"integer","description":"Steps that have fired."},
          "steps":{"type":"array","items":{"type":"object","properties":{"after":{"type":"string","examples":["2 hours"]},"to":{"type":"string"}}}},
          "next_at":{"type":["string","null"],"format":"date-time"}}},
        "message":{"type":["string","null"],"examples":["m17"]},
        "created_at":{"type":"string","format":"date-time"},"updated_at":{"type":"string","format":"date-time"}}})"},
      {"TaskPage", R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Task"}},"next_cursor":{"type":["string","null"]}}})"},
      {"Event", R"({"type":"object","required":["sequence","kind","at"],"properties":{
        "sequence":{"type":"integer"},"kind":{"type":"string","examples":["task.opened"]},"at":{"type":"string","format":"date-time"},
        "actor":{"type":"string"},"task":{"type":["string","null"]},"message":{"type":["string","null"]},"send":{"type":["string","null"]},
        "data":{"type":"object"}}})"},
      {"EventPage", R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Event"}},"next_cursor":{"type":["string","null"]}}})"},
      {"Message", R"({"type":"object","required":["id","channel","state"],"properties":{
        "id":{"type":"string","examples":["m17"]},"channel":{"type":"string"},"sender":{"type":"string"},"recipient":{"type":"string"},
        "peer":{"type":"string"},"received_at":{"type":"string","format":"date-time"},"size":{"type":"integer","description":"Bytes."},
        "known_id":{"type":"boolean","description":"A message with this Message-ID but another body or recipient came before."},
        "archived":{"type":["object","null"],"properties":{"at":{"type":"string","format":"date-time"},"state":{"type":"string"}}},
        "label":{"type":"string","description":"Folder that it lay in."},
        "state":{"type":"string","enum":["waiting","decided"]},
        "decision":{"type":["object","null"],"properties":{"outcome":{"type":"string","enum":["task_opened","task_joined","recorded","dropped"]},
          "task":{"type":["string","null"]},"subject":{"type":"string"},"from":{"type":"string"},"reason":{"type":"string"},"rules_version":{"type":"string"}}}}})"},
      {"MessageContent", R"({"type":"object","required":["id","text","new_text","safe_html","attachments"],"properties":{
        "id":{"type":"string"},"subject":{"type":"string"},"from":{"type":["object","null"]},"text":{"type":"string"},
        "new_text":{"type":"string","description":"What was written for this mail."},"quoted_text":{"type":"string"},
        "signature":{"type":"string","description":"Of the writer, as text."},
        "text_parts":{"type":"array","items":{"type":"object","properties":{"kind":{"type":"string","enum":["new","quoted","signature"]},
          "begin":{"type":"integer","description":"Byte of text."},"end":{"type":"integer"},"forwarded":{"type":"boolean"}}}},
        "language":{"type":["object","null"],"properties":{"code":{"type":"string","examples":["de"]},"percent":{"type":"integer"}}},
        "invites":{"type":"array","items":{"type":"object","properties":{"method":{"type":"string"},"what":{"type":"string"},"summary":{"type":"string"},
          "when":{"type":"string"},"start":{"type":"string"},"end":{"type":["string","null"]},"all_day":{"type":"boolean"},"time_zone":{"type":"string"},
          "recurrence":{"type":"string"},"location":{"type":"string"},"organizer":{"type":["object","null"]},"attendees":{"type":"array","items":{"type":"object"}}}}},
        "protection":{"type":"object","properties":{"form":{"type":"string"},"signed":{"type":"boolean"},"encrypted":{"type":"boolean"},
          "signature":{"type":"string","enum":["none","not_checked","verified","broken"]},"signer":{"type":"string"},"detail":{"type":"string"},"words":{"type":"string"}}},
        "safe_html":{"type":"string","description":"Without scripts, forms and remote content; show it in a sandboxed frame all the same."},
        "remote_blocked":{"type":"integer"},"deceptive_links":{"type":"integer","description":"Links whose text is another address than where they lead; marked."},
        "attachments":{"type":"array","items":{"type":"object","properties":{"filename":{"type":"string"},"content_type":{"type":"string"},
          "size":{"type":"integer"},"sha256":{"type":"string"},"inline":{"type":"boolean"},"url":{"type":"string"}}}}}})"},
      {"MessagePage", R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Message"}},"next_cursor":{"type":["string","null"]}}})"},
      {"Accepted", R"({"type":"object","required":["id","duplicate","known_id"],"properties":{"id":{"type":"string"},"duplicate":{"type":"boolean"},"known_id":{"type":"boolean"}}})"},
      {"Trace", R"({"type":"object","required":["message","bytes","timeline","sends"],"properties":{
        "message":{"$ref":"#/components/schemas/Message"},"bytes":{"type":"object"},"dedup":{"type":"object"},"parsed":{"type":["object","null"]},
        "content":{"type":["object","null"],"description":"Language, quotes, calendar entries and signature, as in MessageContent."},
        "trace":{"description":"Findings, keywords and each rule tried, as decided."},"dead":{"type":["object","null"]},
        "task":{"oneOf":[{"$ref":"#/components/schemas/Task"},{"type":"null"}]},"next_escalation":{"type":["string","null"],"format":"date-time"},
        "timeline":{"type":"array","items":{"$ref":"#/components/schemas/Event"}},"sends":{"type":"array","items":{"type":"object"}}}})"},
      {"Ledger", R"({"type":"object","required":["lines","balanced"],"properties":{"balanced":{"type":"boolean"},
        "lines":{"type":"array","items":{"type":"object","properties":{"channel":{"type":"string"},"accepted":{"type":"integer"},"stored":{"type":"integer"},
          "decided":{"type":"integer"},"opened":{"type":"integer"},"joined":{"type":"integer"},"recorded":{"type":"integer"},"dropped":{"type":"integer"},
          "waiting":{"type":"integer"},"dead":{"type":"integer"},"refused":{"type":"integer"},"imbalances":{"type":"array","items":{"type":"string"}}}}}}})"},
      {"Mailbox", R"({"type":"object","required":["name","state"],"properties":{"name":{"type":"string"},
        "source":{"type":"string","examples":["imap://office@mail.school.org:993/INBOX"]},
        "state":{"type":"string","enum":["off","starting","reading","waiting","failing"]},
        "connection":{"type":"string","examples":["IMAP, TLSv1.3, IDLE"]},
        "last_success":{"type":["string","null"],"format":"date-time"},
        "last_error":{"type":["object","null"],"properties":{"what":{"type":"string"},"at":{"type":"string","format":"date-time"}}},
        "failures":{"type":"integer","description":"In a row; 0: the last look went well."},
        "next_try":{"type":["string","null"],"format":"date-time"},
        "taken":{"type":"integer"},"duplicates":{"type":"integer"},"refused":{"type":"integer","description":"Too large to fetch."}}})"},
      {"MailboxPage", R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Mailbox"}},"next_cursor":{"type":["string","null"]}}})"},
      {"DeadLetter", R"({"type":"object","required":["id","topic","error"],"properties":{"id":{"type":"string"},"topic":{"type":"string"},
        "message":{"type":["string","null"]},"reference":{"type":"integer"},"attempts":{"type":"integer"},"error":{"type":"string"},
        "died_at":{"type":"string","format":"date-time"}}})"},
      {"DeadLetterPage", R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/DeadLetter"}},"next_cursor":{"type":["string","null"]}}})"},
      {"Suppression", R"({"type":"object","required":["address","blocks","reason","since"],"properties":{"address":{"type":"string"},
        "blocks":{"type":"boolean","description":"False: failures are only counted so far, or its time is over."},
        "reason":{"type":"string","examples":["userunknown","mailboxfull","feedback","manual"]},"detail":{"type":"string"},"failures":{"type":"integer"},
        "since":{"type":"string","format":"date-time"},"updated_at":{"type":"string","format":"date-time"},
        "expires_at":{"type":["string","null"],"format":"date-time"},"message":{"type":["string","null"],"description":"The report of the latest failure."},
        "actor":{"type":"string"}}})"},
      {"SuppressionPage", R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Suppression"}},"next_cursor":{"type":["string","null"]}}})"},
      {"Token", R"({"type":"object","required":["id","name","role"],"properties":{"id":{"type":"integer"},"name":{"type":"string"},
        "role":{"type":"string","enum":["administrator","manager","staff","viewer","integration"]},
        "created_at":{"type":"string","format":"date-time"},"revoked_at":{"type":["string","null"],"format":"date-time"}}})"},
      {"TokenPage", R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Token"}},"next_cursor":{"type":["string","null"]}}})"},
      {"NewToken", R"({"type":"object","required":["token","secret"],"properties":{"token":{"$ref":"#/components/schemas/Token"},"secret":{"type":"string","description":"Shown once."}}})"},
  };
  return schemas;
}

}  // namespace orgo::gateway
