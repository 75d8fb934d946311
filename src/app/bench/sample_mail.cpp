#include "app/bench/sample_mail.h"

#include <array>
#include <cstdint>

namespace orgo {
namespace {

constexpr auto kSubjects = std::to_array<std::string_view>(
    {"Water leak in room", "Invoice number", "Broken window in hall", "Question about exam", "Printer does not work",
     "Sick leave for class", "Heating in room", "Order of books, list"});
constexpr auto kWords = std::to_array<std::string_view>(
    {"please", "the",    "room",  "today", "is",       "broken", "and",    "we",
     "need",   "help",   "with",  "water", "students", "cold",   "repair", "tomorrow",
     "at",     "office", "thank", "you",   "window",   "since",  "Monday", "caf=C3=A9"});
constexpr auto kRuleWords =
    std::to_array<std::string_view>({"leak", "invoice", "window", "exam", "printer", "sick", "heating", "books"});
constexpr std::size_t kSenders = 1'000, kLine = 66;
constexpr int kRooms = 997;

}  // namespace

std::string sample_mail(std::size_t number, std::string_view recipient, std::size_t bytes) {
  auto random = static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15ULL + 1;
  const auto next = [&](std::size_t below) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(random >> 33U) % below;
  };
  const auto id = std::to_string(number), sender = std::to_string(next(kSenders));
  std::string mail = "From: Person " + sender + " <person" + sender +
                     "@people.example>\r\nTo: " + std::string(recipient) +
                     "\r\nSubject: " + std::string(kSubjects[next(kSubjects.size())]) + " " +
                     std::to_string(number % kRooms) + "\r\nMessage-ID: <bench-" + id +
                     "@people.example>\r\nDate: Mon, 16 Nov 2026 08:12:41 +0000\r\nMIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
  for (std::size_t line = 0; mail.size() + 2 < bytes;) {
    const auto word = kWords[next(kWords.size())];
    mail += word;
    line += word.size() + 1;
    mail += line > kLine ? "\r\n" : " ";
    if (line > kLine) line = 0;
  }
  return mail + "\r\n";
}

std::string sample_rules(int count) {
  std::string rules = "match: first\nrules:\n";
  for (int i = 0; i < count; ++i) {
    const auto number = std::to_string(i);
    const std::string word(kRuleWords[static_cast<std::size_t>(i) % kRuleWords.size()]);
    const auto condition =
        i % 5 == 4 ? "subject matches /" + word + "-" + number + " [0-9]+/"
                   : "subject contains '" + word + " " + number + "' or body contains 'code" + number + "x'";
    rules += "  - name: rule" + number + "\n    condition: \"" + condition + "\"\n    action:\n      route_to: team" +
             std::to_string(i % 7) + "@bench.example\n      escalate_after: 2 hours\n";
  }
  return rules +
         "  - name: rest\n    condition: always\n    action:\n      route_to: office@bench.example\n"
         "      escalate_after: 4 hours\n";
}

}  // namespace orgo
