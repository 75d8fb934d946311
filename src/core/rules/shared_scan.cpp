#include "core/rules/shared_scan.h"

#include "core/rules/rule_set.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kTextKept = 1U << 20U;  ///< a larger text's memory is given back

}  // namespace

SharedScan::SharedScan(std::span<const RuleSet* const> sets) {
  std::vector<const LiteralSet*> subjects;
  std::vector<const LiteralSet*> bodies;
  for (const auto* set : sets) {
    const auto literals = set->text_literals();
    shares_.push_back(literals.subject != nullptr && literals.body != nullptr);
    subjects.push_back(shares_.back() ? literals.subject : nullptr);
    bodies.push_back(shares_.back() ? literals.body : nullptr);
  }
  build(subject_, subjects);
  build(body_, bodies);
}

void SharedScan::build(Field& field, std::span<const LiteralSet* const> parts) {
  std::vector<std::vector<User>> users;
  for (std::uint32_t set = 0; set < parts.size(); ++set) {
    if (parts[set] == nullptr) continue;
    const auto numbers = field.literals.add_all(*parts[set]);
    users.resize(field.literals.size());
    for (std::uint32_t literal = 0; literal < numbers.size(); ++literal)
      users[numbers[literal]].push_back({set, literal});
  }
  field.literals.build();
  for (const auto& of_literal : users) {
    field.first.push_back(static_cast<std::uint32_t>(field.users.size()));
    field.users.insert(field.users.end(), of_literal.begin(), of_literal.end());
  }
  field.first.push_back(static_cast<std::uint32_t>(field.users.size()));
}

std::span<const Scanned* const> SharedScan::scan(const Message& message) const {
  struct Work {
    FoldedText subject;
    FoldedText body;
    Found found;
    std::vector<Scanned> scanned;
    std::vector<const Scanned*> shown;
  };
  thread_local Work work;
  if (work.scanned.size() < shares_.size()) work.scanned.resize(shares_.size());
  work.shown.clear();
  for (std::size_t set = 0; set < shares_.size(); ++set)
    work.shown.push_back(shares_[set] ? &work.scanned[set] : nullptr);
  const auto look = [&](const Field& field, std::string_view raw, FoldedText& text, ScannedField Scanned::*member) {
    text.shrink(kTextKept);
    text.set(raw);
    work.found.reset(field.literals.size());
    for (std::size_t set = 0; set < shares_.size(); ++set) (work.scanned[set].*member).places.clear();
    const bool complete =
        field.literals.scan(text, work.found, [&](std::uint32_t literal, std::size_t at, std::size_t length) {
          for (auto user = field.first[literal]; user < field.first[literal + 1]; ++user)
            (work.scanned[field.users[user].set].*member)
                .places.push_back(
                    {field.users[user].literal, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(length)});
        });
    for (std::size_t set = 0; set < shares_.size(); ++set) {
      (work.scanned[set].*member).text = &text;
      (work.scanned[set].*member).complete = complete;
    }
  };
  look(subject_, message.subject, work.subject, &Scanned::subject);
  look(body_, message.text, work.body, &Scanned::body);
  return work.shown;
}

}  // namespace orgo::rules
