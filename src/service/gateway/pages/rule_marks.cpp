#include "service/gateway/pages/rule_marks.h"

#include <algorithm>

#include "core/processing/trace.h"
#include "service/gateway/core/url.h"

namespace orgo::gateway::page {
namespace {

constexpr std::size_t kRulesMax = 200;  ///< of one page
constexpr std::size_t kPartsMax = 50;

void write_part(Html& html, const rules::PartTrace& part, const rules::Facts& facts) {
  if (part.helps()) html.raw("<li class=\"well\"><span class=\"unseen\">holds: </span>");
  else html.raw("<li class=\"not\"><span class=\"unseen\">does not hold: </span>");
  if (part.negated) html.raw("not ");
  html.raw("<code>").text(part.text).raw("</code>");
  // Several words in one value are one line.
  std::vector<const rules::Highlight*> left;
  for (const auto& word : part.words) left.push_back(&word);
  while (!left.empty()) {
    const auto first = *left.front();
    std::vector<rules::Range> places;
    std::erase_if(left, [&](const rules::Highlight* word) {
      if (word->field != first.field || word->value != first.value) return false;
      places.push_back({word->offset, word->length});
      return true;
    });
    html.raw("<br><span class=\"soft\">").text(first.field).raw(": </span><bdi>");
    if (const auto value = rules::value_of(first, facts))
      for (const auto& piece : rules::excerpt_of(*value, rules::marks_in_order(places, *value))) {
        if (piece.marked) html.raw("<mark>").text(piece.text).raw("</mark>");
        else html.text(piece.text);
      }
    html.raw("</bdi>");
  }
  html.raw("</li>\n");
}

}  // namespace

std::vector<TracedRule> traced_rules(const Trace& trace) {
  std::vector<TracedRule> all;
  for (const auto& rule : trace.rules) {
    if (all.size() >= kRulesMax) break;
    auto& traced = all.emplace_back(TracedRule{rule.rule, rule.why, rule.matched, rule.parts});
    if (traced.parts.size() > kPartsMax) traced.parts.resize(kPartsMax);
  }
  return all;
}

RuleMarks marks_of(const TracedRule& rule, const MailView& view) {
  RuleMarks marks;
  for (const auto& part : rule.parts)
    for (const auto& word : part.words) {
      if (word.field == "subject") marks.subject.push_back({word.offset, word.length});
      for (const auto& range : rules::places_in_body(word, view.message, view.split)) marks.body.push_back(range);
    }
  marks.subject = rules::marks_in_order(std::move(marks.subject), view.message.subject);
  marks.body = rules::marks_in_order(std::move(marks.body), view.message.text);
  return marks;
}

void write_marked(Html& html, std::string_view text, const std::vector<rules::Range>& marks, std::size_t from) {
  std::size_t at = 0;
  for (const auto& mark : marks) {
    const auto begin = std::clamp(mark.offset, from, from + text.size()) - from;
    const auto end = std::clamp(mark.offset + mark.length, from, from + text.size()) - from;
    if (begin >= end) continue;
    html.text(text.substr(at, begin - at)).raw("<mark>").text(text.substr(begin, end - begin)).raw("</mark>");
    at = end;
  }
  html.text(text.substr(at));
}

void write_rules(Html& html, const std::vector<TracedRule>& rules, const TracedRule* chosen, const rules::Facts& facts,
                 const std::string& page) {
  if (rules.empty()) return;
  html.raw("<h2 id=\"rules\">Rules</h2>\n<ol class=\"rules card\">\n");
  for (const auto& rule : rules) {
    const bool here = &rule == chosen;
    if (here) html.raw("<li class=\"chosen\">");
    else html.raw("<li>");
    if (rule.matched) html.raw("<span class=\"chip done\">holds</span> ");
    else html.raw("<span class=\"chip\">no</span> ");
    html.raw("<strong>").name(rule.name).raw("</strong>");
    const bool marks =
        std::any_of(rule.parts.begin(), rule.parts.end(), [](const auto& part) { return !part.words.empty(); });
    if (here) html.raw(" <a").attribute("href", page + "#rules").raw(">Unmark its words</a>");
    else if (marks)
      html.raw(" <a").attribute("href", page + "?rule=" + percent_encoded(rule.name)).raw(">Mark its words</a>");
    if (rule.parts.empty()) {
      html.raw(" <span class=\"soft\">").text(rule.why).raw("</span></li>\n");
      continue;
    }
    html.raw("\n<ul>\n");
    for (const auto& part : rule.parts) write_part(html, part, facts);
    html.raw("</ul></li>\n");
  }
  html.raw("</ol>\n");
}

}  // namespace orgo::gateway::page
