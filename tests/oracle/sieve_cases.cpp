#include "tests/oracle/sieve_cases.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/text.h"

namespace orgo::testing {
namespace {

std::string text_of(const json::object& object, std::string_view name, std::string_view fallback = "") {
  const auto* value = object.if_contains(name);
  return std::string(value != nullptr && value->is_string() ? std::string_view(value->as_string()) : fallback);
}

std::vector<std::string> texts_of(const json::object& object, std::string_view name) {
  std::vector<std::string> texts;
  const auto* value = object.if_contains(name);
  if (value != nullptr && value->is_array())
    for (const auto& one : value->as_array())
      if (one.is_string()) texts.emplace_back(one.as_string());
  return texts;
}

/// In single quotes, with a backslash before what would end them.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "'";
}

std::string join_or(const std::vector<std::string>& parts) {
  return parts.size() == 1 ? parts[0] : "(" + join(parts, " or ") + ")";
}

constexpr auto* kNoHeader = "a name that no header can have: never there in Sieve, an error here";

class Translator {
 public:
  std::string reason;

  std::string test(const json::object& one) {
    const auto op = text_of(one, "op");
    if (op == "true") return "always";
    if (op == "false") return "not always";
    if (op == "allof" || op == "anyof") return list(one, op == "allof" ? " and " : " or ");
    if (op == "not") {
      const auto inner = list(one, " and ");
      return inner.empty() ? "" : "not (" + inner + ")";
    }
    if (op == "exists") {
      std::vector<std::string> parts;
      for (const auto& name : texts_of(one, "headers")) {
        if (name.find(':') != std::string::npos) return give_up(kNoHeader);
        parts.push_back(header(name) + " exists");
      }
      return "(" + join(parts, " and ") + ")";
    }
    if (op == "size") {
      const auto limit = text_of(one, "limit");
      return "size " + std::string(text_of(one, "size") == "over" ? ">" : "<") + " " + limit;
    }
    if (op == "header") return fields(one, "", texts_of(one, "headers"));
    if (op == "address") return address(one, texts_of(one, "headers"), false);
    if (op == "envelope") return address(one, texts_of(one, "parts"), true);
    if (op == "date") return date(one);
    if (op == "body") return body(one);
    return give_up("there is no such test: " + op);
  }

 private:
  std::string give_up(std::string why) {
    if (reason.empty()) reason = std::move(why);
    return "";
  }

  std::string header(std::string_view name) { return "header[" + std::string(name) + "]"; }

  std::string list(const json::object& one, std::string_view joint) {
    std::vector<std::string> parts;
    const auto* tests = one.if_contains("tests");
    if (tests != nullptr && tests->is_array())
      for (const auto& inner : tests->as_array())
        if (inner.is_object()) parts.push_back(test(inner.as_object()));
    if (parts.empty() || std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); }))
      return "";
    return "(" + join(parts, joint) + ")";
  }

  static std::string index_of(const json::object& one) {
    const auto index = text_of(one, "index");
    if (index.empty()) return "";
    const auto* last = one.if_contains("last");
    return "[" + std::string(last != nullptr && last->is_bool() && last->as_bool() ? "-" : "") + index + "]";
  }

  /// `field operator keys` for each key, joined by or.
  std::string compared(const json::object& one, const std::string& field) {
    const auto match = text_of(one, "match", "is");
    const auto comparator = text_of(one, "comparator", "i;ascii-casemap");
    const auto relation = text_of(one, "relation");
    static const std::map<std::string, std::string> kRelations{{"gt", ">"},  {"ge", ">="}, {"lt", "<"},
                                                               {"le", "<="}, {"eq", "="},  {"ne", "!="}};
    const std::string exactly = comparator == "i;octet" ? " exactly" : "";
    std::vector<std::string> parts;
    for (const auto& key : texts_of(one, "keys")) {
      if (key.empty() && comparator == "i;ascii-numeric")
        return give_up("a text without a digit as a number: infinity in Sieve, an error here");
      // What is not there is empty here; in Sieve it fits nothing.
      if (match == "is" && key.empty()) parts.push_back("(" + field + " exists and " + field + " is '')");
      else if (match == "is") parts.push_back(field + " is" + exactly + " " + in_quotes(key));
      else if (match == "contains" && key.empty()) parts.push_back(field + " exists");  // everything contains nothing
      else if (match == "contains") parts.push_back(field + " contains" + exactly + " " + in_quotes(key));
      else if (match == "matches" && key.find_first_not_of('*') == std::string::npos)
        parts.push_back(field + " exists");
      else if (match == "matches") parts.push_back(field + " like" + exactly + " " + in_quotes(key));
      else if (match == "regex")
        parts.push_back(field + " matches /" + slashed(key) + "/" + (exactly.empty() ? "i" : ""));
      else if (match == "count") parts.push_back("count(" + field + ") " + kRelations.at(relation) + " " + key);
      else if (match == "value" && (relation == "eq" || relation == "ne"))
        parts.push_back(comparator == "i;ascii-numeric"
                            ? "(" + field + " >= " + key + " and " + field + " <= " + key + ")"
                            : field + " is " + in_quotes(key));
      else if (match == "value")
        parts.push_back(field + " " + kRelations.at(relation) + " " +
                        (comparator == "i;ascii-numeric" ? key : in_quotes(key)));
      else return give_up("there is no such match: " + match);
    }
    if (parts.empty()) return give_up("no keys");
    return join_or(parts);
  }

  static std::string slashed(const std::string& pattern) {
    std::string out;
    for (const char c : pattern) out += c == '/' ? "\\/" : std::string(1, c);
    return out;
  }

  std::string fields(const json::object& one, const std::string& part, const std::vector<std::string>& names) {
    // All values of all of them together.
    if (text_of(one, "match") == "count" && names.size() > 1)
      return compared(one, part + header(join(names, ",")) + index_of(one));
    std::vector<std::string> parts;
    for (const auto& name : names) {
      if (name.find(':') != std::string::npos) return give_up(kNoHeader);
      const auto made = compared(one, part + header(name) + index_of(one));
      if (made.empty()) return "";
      parts.push_back(made);
    }
    return parts.empty() ? give_up("no headers") : join_or(parts);
  }

  static std::string part_of(const json::object& one) {
    const auto part = text_of(one, "part", "all");
    static const std::map<std::string, std::string> kParts{
        {"all", "address"}, {"localpart", "local part"}, {"domain", "domain"}, {"user", "user"}, {"detail", "detail"}};
    const auto known = kParts.find(part);
    return known == kParts.end() ? "" : known->second + " of ";
  }

  std::string address(const json::object& one, const std::vector<std::string>& names, bool envelope) {
    const auto part = part_of(one);
    if (part.empty()) return give_up("there is no such part of an address: " + text_of(one, "part"));
    if (!envelope) return fields(one, part, names);
    std::vector<std::string> parts;
    for (const auto& name : names) {
      const auto lower = ascii_lower(name);
      if (lower != "from" && lower != "to") return give_up("there is no such part of the envelope: " + name);
      const auto made = compared(
          one, (part == "address of " ? "" : part) + (lower == "from" ? "envelope sender" : "envelope recipient"));
      if (made.empty()) return "";
      parts.push_back(made);
    }
    return join_or(parts);
  }

  std::string date(const json::object& one) {
    const auto part = text_of(one, "date_part");
    if (const auto zone = text_of(one, "zone"); !zone.empty() && zone != "original")
      return give_up("a date in another zone than the header's");
    static const std::vector<std::string> kParts{"year",   "month",  "day",  "date",    "hour",
                                                 "minute", "second", "time", "weekday", "zone"};
    if (std::find(kParts.begin(), kParts.end(), part) == kParts.end())
      return give_up("there is no such part of a date: " + part);
    return compared(one, part + " of " + header(text_of(one, "header")) + index_of(one));
  }

  std::string body(const json::object& one) {
    if (text_of(one, "transform") == "raw") return compared(one, "raw body");
    if (const auto type = text_of(one, "content"); one.contains("content"))
      return compared(one, "part[" + (type.empty() ? "*" : type) + "]");
    return compared(one, "body");
  }
};

}  // namespace

std::variant<std::string, Untranslatable> condition_of(const json::object& test) {
  Translator translator;
  auto text = translator.test(test);
  if (text.empty()) return Untranslatable{translator.reason};
  return text;
}

}  // namespace orgo::testing
