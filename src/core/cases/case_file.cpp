#include "core/cases/case_file.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <map>

#include "base/text.h"
#include "base/yaml.h"
#include "core/calendar/calendar_rows.h"

namespace orgo::cases {
namespace {

constexpr std::size_t kCasesMax = 10'000;
constexpr std::array<std::string_view, 3> kCaseKeys{"expect", "message", "name"};
constexpr std::array<std::string_view, 9> kMessageKeys{"at",   "attachments", "cc",   "from", "headers",
                                                       "html", "subject",     "text", "to"};
constexpr std::array<std::string_view, 15> kExpectKeys{"assign",      "dropped", "escalation", "fields",    "keywords",
                                                       "no_keywords", "outcome", "priority",   "replies",   "routed_to",
                                                       "rules",       "sla",     "tags",       "task_type", "told"};
constexpr std::array<std::string_view, 2> kFileKeys{"cases", "expect"};
constexpr std::array<std::string_view, 5> kSlaKeys{"first_response", "keep_informed", "name", "resolution", "update"};

std::string date_field(TimePoint at) {
  using namespace std::chrono;
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{floor<seconds>(at - day)};
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%s, %02u %s %d %02d:%02d:%02d +0000", kDays.at(weekday{day}.c_encoding()),
                static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                static_cast<int>(date.year()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return out.data();
}

std::string_view type_of(std::string_view name) {
  static constexpr auto kTypes = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{".pdf", "application/pdf"},
       {".jpg", "image/jpeg"},
       {".jpeg", "image/jpeg"},
       {".png", "image/png"},
       {".csv", "text/csv"},
       {".txt", "text/plain"},
       {".ics", "text/calendar"},
       {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
       {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
       {".zip", "application/zip"}});
  for (const auto& [ending, type] : kTypes)
    if (ascii_lower(name).ends_with(ending)) return type;
  return "application/octet-stream";
}

class Reader {
 public:
  Reader(const std::vector<SourceFile>& files, std::vector<Diagnostic>& errors) : files_(files), errors_(errors) {}

  std::vector<Case> read() {
    for (const auto& file : files_)
      if (file.path.ends_with(".eml")) mails_[file.path.substr(0, file.path.size() - 4)] = &file;
    for (const auto& file : files_)
      if (!file.path.ends_with(".eml")) read_file(file);
    for (const auto& [name, file] : mails_)
      if (file != nullptr)
        errors_.push_back({file->path, 0, 0, 1, "this mail has no file that says what has to come of it",
                           "write " + name + ".yaml with expect: {...}", false});
    return std::move(cases_);
  }

 private:
  void read_file(const SourceFile& file) {
    const auto root = read_yaml(file, errors_);
    if (!root) return;
    YamlReader reader(file, errors_);
    if (!reader.expect_mapping(*root, "a file of cases") || !reader.check_keys(*root, "key", kFileKeys)) return;
    if (const auto* expect = root->find("expect")) {
      const auto stem = file.path.substr(0, file.path.size() - std::string_view(".yaml").size());
      const auto mail = mails_.find(stem);
      if (mail == mails_.end()) return reader.error(*expect, "there is no mail " + stem + ".eml beside this file");
      Case made;
      made.name = stem.substr(stem.rfind('/') + 1);
      made.path = file.path;
      made.line = expect->line;
      made.mail = mail->second->text;
      mail->second = nullptr;
      expectation(reader, *expect, made.expect);
      keep(reader, *expect, std::move(made));
    }
    const auto* list = root->find("cases");
    if (list == nullptr || list->is_nothing() || !reader.expect_sequence(*list, "cases")) return;
    for (const auto& node : list->items) one_case(reader, node);
  }

  void keep(YamlReader& reader, const YamlNode& node, Case made) {
    if (cases_.size() >= kCasesMax) return reader.error(node, "more than " + std::to_string(kCasesMax) + " cases");
    cases_.push_back(std::move(made));
  }

  void one_case(YamlReader& reader, const YamlNode& node) {
    if (!reader.expect_mapping(node, "a case")) return;
    reader.check_keys(node, "key of a case", kCaseKeys);
    Case made;
    made.path = reader.source().path;
    made.line = node.line;
    made.name = "case in line " + std::to_string(node.line);
    if (const auto* name = node.find("name"))
      made.name = reader.expect_string(*name, "the name of a case").value_or(made.name);
    const auto* mail = node.find("message");
    const auto* expect = node.find("expect");
    if (mail == nullptr || expect == nullptr)
      return reader.error(node, std::string("this case has no ") + (mail == nullptr ? "message" : "expect"));
    if (!message(reader, *mail, made)) return;
    expectation(reader, *expect, made.expect);
    keep(reader, node, std::move(made));
  }

  /// A line for a header; line ends would be further fields.
  static std::optional<std::string> line(YamlReader& reader, const YamlNode& node, std::string_view what) {
    if (node.kind == YamlNode::Kind::scalar && node.text.empty()) return std::string();
    auto text = reader.expect_string(node, what);
    if (text && text->find_first_of("\r\n") != std::string::npos) {
      reader.error(node, std::string(what) + " is one line");
      return std::nullopt;
    }
    return text;
  }

  bool message(YamlReader& reader, const YamlNode& node, Case& made) {
    if (!reader.expect_mapping(node, "a message")) return false;
    reader.check_keys(node, "key of a message", kMessageKeys);
    if (const auto* at = node.find("at"))
      if (const auto text = reader.expect_string(*at, "at")) {
        const auto time = parse_rfc3339(*text);
        if (!time) reader.error(*at, time.error().message, "as in 2026-11-23T10:00:00Z");
        else made.at = *time;
      }
    std::map<std::string, std::string> fields{
        {"From", "anna@example.org"}, {"To", "office@example.org"}, {"Subject", ""}};
    for (const auto& [key, name] :
         {std::pair{"from", "From"}, std::pair{"to", "To"}, std::pair{"cc", "Cc"}, std::pair{"subject", "Subject"}})
      if (const auto* value = node.find(key))
        if (const auto text = line(reader, *value, key)) fields[name] = *text;
    auto& mail = made.mail;
    mail = "Date: " + date_field(made.at) + "\r\nMessage-ID: <case-" + std::to_string(cases_.size() + 1) +
           "@cases.example>\r\nMIME-Version: 1.0\r\n";
    for (const auto& [name, value] : fields)
      if (!value.empty()) mail += name + ": " + value + "\r\n";
    if (const auto* headers = node.find("headers"); headers != nullptr && reader.expect_mapping(*headers, "headers"))
      for (const auto& [key, value] : headers->entries)
        if (const auto text = line(reader, value, "a header");
            text && key.text.find_first_of(" :\r\n") == std::string::npos)
          mail += key.text + ": " + *text + "\r\n";
    return body(reader, node, mail);
  }

  static void part(std::string& mail, std::string_view type, std::string_view text) {
    mail.append("Content-Type: ").append(type).append("; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
    for (const char c : text) {
      if (c == '\n') mail += '\r';
      mail += c;
    }
    mail += "\r\n";
  }

  static bool body(YamlReader& reader, const YamlNode& node, std::string& mail) {
    const auto* text = node.find("text");
    const auto* html = node.find("html");
    const auto* attachments = node.find("attachments");
    if (text != nullptr && html != nullptr) {
      reader.error(*html, "a message of a case has text or html", "for both, use a mail: cases/x.eml and cases/x.yaml");
      return false;
    }
    std::vector<std::string> names;
    if (attachments != nullptr)
      names = reader.expect_strings(*attachments, "attachments").value_or(std::vector<std::string>{});
    const auto* said = html != nullptr ? html : text;
    const std::string_view type = html != nullptr ? "text/html" : "text/plain";
    const std::string_view words = said == nullptr ? std::string_view() : std::string_view(said->text);
    if (names.empty()) {
      part(mail, type, words);
      return true;
    }
    mail += "Content-Type: multipart/mixed; boundary=\"orgo-case\"\r\n\r\n--orgo-case\r\n";
    part(mail, type, words);
    for (const auto& name : names) {
      if (name.find_first_of("\"\r\n") != std::string::npos) continue;
      mail.append("--orgo-case\r\nContent-Type: ")
          .append(type_of(name))
          .append("\r\nContent-Disposition: attachment; filename=\"");
      mail.append(name).append("\"\r\n\r\n(of a case)\r\n");
    }
    mail += "--orgo-case--\r\n";
    return true;
  }

  /// A list that may be empty: [] says "none".
  static std::optional<std::vector<std::string>> list(YamlReader& reader, const YamlNode& node, std::string_view what) {
    if (node.kind == YamlNode::Kind::sequence && node.items.empty()) return std::vector<std::string>{};
    return reader.expect_strings(node, what);
  }

  void expectation(YamlReader& reader, const YamlNode& node, Expectation& expect) {
    if (!reader.expect_mapping(node, "expect") || !reader.check_keys(node, "key of expect", kExpectKeys)) return;
    if (node.entries.empty()) reader.error(node, "this case expects nothing", "as in expect: {rules: []}");
    for (const auto& [key, value] : node.entries) {
      const auto& name = key.text;
      if (name == "rules") expect.rules = list(reader, value, name);
      else if (name == "routed_to") expect.routed_to = list(reader, value, name);
      else if (name == "escalation") expect.escalation = list(reader, value, name);
      else if (name == "replies") expect.replies = list(reader, value, name);
      else if (name == "keywords") expect.keywords = list(reader, value, name).value_or(std::vector<std::string>{});
      else if (name == "no_keywords")
        expect.no_keywords = list(reader, value, name).value_or(std::vector<std::string>{});
      else if (name == "tags") expect.tags = list(reader, value, name).value_or(std::vector<std::string>{});
      else if (name == "told") expect.told = list(reader, value, name).value_or(std::vector<std::string>{});
      else if (name == "priority") expect.priority = reader.expect_string(value, name);
      else if (name == "assign") expect.assign = reader.expect_string(value, name);
      else if (name == "task_type")
        expect.task_type = value.is_nothing() || value.text.empty() ? std::string() : value.text;
      else if (name == "sla") service_level(reader, value, expect);
      else if (name == "outcome") expect.outcome = reader.expect_string(value, name);
      else if (name == "dropped") expect.dropped = reader.expect_bool(value);
      else if (name == "fields" && reader.expect_mapping(value, name))
        for (const auto& [field, wanted] : value.entries) expect.fields.emplace_back(field.text, wanted.text);
    }
  }

  /// A name, or a mapping of it and of instants by clock.
  static void service_level(YamlReader& reader, const YamlNode& node, Expectation& expect) {
    if (node.kind != YamlNode::Kind::mapping) {
      expect.sla = node.is_nothing() ? std::string() : node.text;
      return;
    }
    if (!reader.check_keys(node, "key of sla", kSlaKeys)) return;
    for (const auto& [key, value] : node.entries) {
      if (key.text == "name") {
        expect.sla = reader.expect_string(value, "the name of a service level");
      } else if (const auto clock = parse_sla_clock(key.text)) {
        const auto text = reader.expect_string(value, key.text);
        if (!text) continue;
        // The zone is that of the calendar which the rules will choose; here only that it is an instant at all.
        if (const auto at = parse_instant(*text, TimeZone()); !at)
          reader.error(value, at.error().message, "as in \"2026-11-23 14:00\"");
        else expect.due.emplace_back(*clock, *text);
      }
    }
  }

  const std::vector<SourceFile>& files_;
  std::vector<Diagnostic>& errors_;
  std::map<std::string, const SourceFile*> mails_;  ///< nullptr: has its case
  std::vector<Case> cases_;
};

}  // namespace

std::vector<Case> read_cases(const std::vector<SourceFile>& files, std::vector<Diagnostic>& errors) {
  return Reader(files, errors).read();
}

}  // namespace orgo::cases
