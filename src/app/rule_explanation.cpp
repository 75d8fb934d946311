#include "app/rule_explanation.h"

#include <algorithm>

#include "app/output.h"
#include "base/json_writer.h"
#include "base/neutral.h"
#include "base/text.h"

namespace orgo {
namespace {

/// The places of one part, joined by the value in which they stand.
std::vector<ExplainedWords> words_of(const rules::PartTrace& part, const rules::Facts& facts) {
  std::vector<ExplainedWords> all;
  for (const auto& word : part.words) {
    auto known = std::find_if(all.begin(), all.end(),
                              [&](const auto& w) { return w.field == word.field && w.value == word.value; });
    if (known == all.end()) known = all.insert(all.end(), ExplainedWords{word.field, word.value, {}, {}});
    known->places.push_back({word.offset, word.length});
  }
  for (auto& words : all)
    if (const auto value = rules::value_of({words.field, words.value, 0, 0}, facts))
      words.excerpt = rules::excerpt_of(*value, rules::marks_in_order(words.places, *value));
  return all;
}

/// How much of it holds, to have the nearest misses first.
double share(const ExplainedRule& rule) {
  const auto held = std::count_if(rule.parts.begin(), rule.parts.end(), [](const auto& part) { return part.helps(); });
  return rule.parts.empty() ? 0 : static_cast<double>(held) / static_cast<double>(rule.parts.size());
}

/// A stranger's text for a terminal: no control characters, no marks that turn the direction of writing.
std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto length = std::max<std::size_t>(utf8_length(text, i), 1);
    const auto letter = text.substr(i, length);
    const auto c = static_cast<unsigned char>(letter[0]);
    const bool unshown = unshowable(letter, 0) != 0;
    const bool control = c < 0x20 || c == 0x7F || (length == 1 && c >= 0x80) || (unshown && c == 0xC2);
    if (control) out += c == '\n' || c == '\t' || c == '\r' ? ' ' : '?';
    else if (!unshown) out += letter;
    i += length;
  }
  return out;
}

class Writer {
 public:
  explicit Writer(const ExplanationStyle& style) : style_(style) {}

  void line(std::string_view name, std::string_view text) {
    out_.append(name).append(": ").append(cell(text, 1000)).append("\n");
  }
  void rule(const ExplainedRule& rule) {
    out_ += "\n" +
            in(rule.matched ? kGreen : kPlain, rule.matched ? "HOLDS  "
                                               : rule.near  ? "near   "
                                                            : "no     ") +
            in(kBold, cell(rule.name, 150)) + "\n";
    if (rule.parts.empty()) {
      out_ += "       " + cell(rule.why, 300) + "\n";
      return;
    }
    if (rule.parts.size() > 1) out_ += "       " + cell(rule.condition, 600) + "\n";
    for (const auto& part : rule.parts) this->part(part);
  }
  void text(std::string_view text) { out_ += text; }
  std::string take() { return std::move(out_); }

 private:
  static constexpr std::string_view kPlain = "", kGreen = "\x1b[32m", kRed = "\x1b[31m", kBold = "\x1b[1m",
                                    kMark = "\x1b[1;30;43m";

  std::string in(std::string_view color, std::string_view text) const {
    if (!style_.color || color.empty()) return std::string(text);
    return std::string(color) + std::string(text) + "\x1b[0m";
  }

  void part(const ExplainedPart& part) {
    out_ += "    " + in(part.helps() ? kGreen : kRed, part.helps() ? "+  " : "-  ") + (part.negated ? "not " : "") +
            cell(part.text, 300);
    if (!part.found.empty()) out_ += "   (it is: " + cell(part.found, 120) + ")";
    out_ += "\n";
    for (const auto& words : part.words) {
      std::string places;
      for (const auto& place : words.places)
        places += (places.empty() ? "" : ", ") + std::to_string(place.offset) + "-" +
                  std::to_string(place.offset + place.length);
      out_ += "         " + cell(words.field, 80) +
              (words.value > 0 ? " (value " + std::to_string(words.value + 1) + ")" : "") + " " + places;
      if (!words.excerpt.empty()) out_ += ": ";
      for (const auto& piece : words.excerpt) {
        const auto shown = harmless(piece.text);
        if (!piece.marked) out_ += shown;
        else out_ += style_.color ? in(kMark, shown) : "[[" + shown + "]]";
      }
      out_ += "\n";
    }
  }

  const ExplanationStyle& style_;
  std::string out_;
};

std::string count_of(std::size_t number, std::string_view one, std::string_view many) {
  return std::to_string(number) + " " + std::string(number == 1 ? one : many);
}

}  // namespace

RuleExplanation explain_rules(const WouldDo& result) {
  rules::Facts facts{result.message, result.envelope, {}, {}};
  facts.raw = result.raw;
  RuleExplanation explanation;
  for (const auto& one : result.trace.rules) {
    auto& rule = explanation.rules.emplace_back();
    rule.name = one.rule;
    rule.condition = one.condition;
    rule.why = one.why;
    rule.matched = one.matched;
    for (const auto& part : one.parts)
      rule.parts.push_back({part.text, part.negated, part.held, part.found, words_of(part, facts)});
    rule.near = !rule.matched && std::any_of(rule.parts.begin(), rule.parts.end(),
                                             [](const auto& part) { return part.held && !part.negated; });
    explanation.held += rule.matched ? 1 : 0;
    explanation.near += rule.near ? 1 : 0;
  }
  std::stable_sort(explanation.rules.begin(), explanation.rules.end(),
                   [](const ExplainedRule& a, const ExplainedRule& b) {
                     const auto key = [](const ExplainedRule& rule) {
                       return std::pair(rule.matched ? 0 : rule.near ? 1 : 2, rule.near ? -share(rule) : 0.0);
                     };
                     return key(a) < key(b);
                   });
  return explanation;
}

std::string to_text(const WouldDo& result, const RuleExplanation& explanation, const ExplanationStyle& style) {
  Writer out(style);
  out.line("sender", result.message.from ? result.message.from->address : result.envelope.sender.address);
  out.line("subject", result.message.subject);
  const auto routed_to = result.trace.routed_to;
  out.line("routed to", routed_to.empty() ? "nobody" : join(routed_to, ", "));
  out.line("why", result.decision().reason);
  if (explanation.rules.empty()) {
    out.text("\nNo rule was asked.\n");
    return out.take();
  }
  const auto others = explanation.rules.size() - explanation.held - explanation.near;
  if (explanation.rules.size() > 1)
    out.text(count_of(explanation.rules.size(), "rule", "rules") +
             " tried: " + count_of(explanation.held, "holds", "hold") + ", " +
             count_of(explanation.near, "holds in part", "hold in part") + ", " + std::to_string(others) +
             " not at all\n");
  std::size_t near = 0, left_out = 0;
  for (const auto& rule : explanation.rules) {
    const bool shown = style.all || rule.matched || (rule.near && near < style.near_most);
    near += rule.near ? 1 : 0;
    if (shown) out.rule(rule);
    else ++left_out;
  }
  if (left_out > 0)
    out.text("\n... and " + count_of(left_out, "rule", "rules") + " more; --all shows them, --rule NAME one of them\n");
  return out.take();
}

std::string to_json(const WouldDo& result, const RuleExplanation& explanation, std::string_view rules_version,
                    bool all) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .field("from", result.message.from ? result.message.from->address : result.envelope.sender.address)
      .field("subject", result.message.subject);
  json.field("outcome", to_string(result.decision().outcome))
      .field("reason", result.decision().reason)
      .field("rules_version", rules_version);
  json.key("routed_to").begin_array();
  for (const auto& to : result.trace.routed_to) json.string(to);
  json.end_array()
      .field("tried", explanation.rules.size())
      .field("held", explanation.held)
      .field("near", explanation.near);
  json.key("rules").begin_array();
  for (const auto& rule : explanation.rules) {
    if (!all && !rule.matched && !rule.near) continue;
    json.begin_object()
        .field("rule", rule.name)
        .field("matched", rule.matched)
        .field("near", rule.near)
        .field("why", rule.why)
        .field("condition", rule.condition);
    json.key("parts").begin_array();
    for (const auto& part : rule.parts) {
      json.begin_object()
          .field("text", part.text)
          .field("negated", part.negated)
          .field("held", part.held)
          .field("found", part.found)
          .key("words")
          .begin_array();
      for (const auto& words : part.words) {
        json.begin_object().field("field", words.field).field("value", words.value).key("places").begin_array();
        for (const auto& place : words.places)
          json.begin_object().field("offset", place.offset).field("length", place.length).end_object();
        json.end_array().key("excerpt").begin_array();
        for (const auto& piece : words.excerpt)
          json.begin_object().field("text", piece.text).field("marked", piece.marked).end_object();
        json.end_array().end_object();
      }
      json.end_array().end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return out;
}

}  // namespace orgo
