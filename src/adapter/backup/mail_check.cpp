#include "adapter/backup/mail_check.h"

#include <algorithm>
#include <set>

#include "adapter/sql/named_mails.h"
#include "core/tenant/tenant.h"

namespace orgo {
namespace {

constexpr std::size_t kNamedMost = 5;

std::string file_of(const SegmentPlace& place) {
  return "blobs/" + segment_name(place.segment);
}

}  // namespace

std::string in_words(const DamagedMails& damaged) {
  auto text = std::to_string(damaged.count) + (damaged.count == 1 ? " mail is damaged: " : " mails are damaged: ");
  for (std::size_t i = 0; i < damaged.named.size(); ++i) text += (i == 0 ? "" : ", ") + damaged.named[i];
  return text + (damaged.count > std::ssize(damaged.named) ? ", and more" : "");
}

Result<MailCheck> MailCheck::open(const std::string& folder) {
  MailCheck check(folder);
  ORGO_CHECK(sql::each_named_mail(folder, [&](const sql::NamedMail& mail) -> Status {
    // What is no place at all has none among the files: the ledger tells of it.
    if (const auto place = parse_segment_place(mail.blob)) check.wanted_[file_of(*place)].push_back(*place);
    return {};
  }));
  return check;
}

SegmentCheck MailCheck::look_at(std::string_view path) const {
  const auto wanted = wanted_.find(path);
  return SegmentCheck(wanted == wanted_.end() ? std::vector<SegmentPlace>() : wanted->second);
}

void MailCheck::keep(std::string_view path, std::vector<SegmentPlace> damaged) {
  damaged_[std::string(path)] = std::move(damaged);
}

Result<DamagedMails> MailCheck::damaged() const {
  std::set<std::string, std::less<>> refs;
  for (const auto& [path, places] : damaged_)
    for (const auto& place : places)
      refs.insert(std::to_string(place.segment) + "-" + std::to_string(place.offset) + "-" +
                  std::to_string(place.length));
  DamagedMails found;
  if (refs.empty()) return found;
  ORGO_CHECK(sql::each_named_mail(folder_, [&](const sql::NamedMail& mail) -> Status {
    if (!refs.contains(mail.blob)) return {};
    if (++found.count > static_cast<std::int64_t>(kNamedMost)) return {};
    const auto place = *parse_segment_place(mail.blob);
    const auto of = mail.tenant == kFirstTenantName ? std::string() : " of " + std::string(mail.tenant);
    found.named.push_back("m" + std::to_string(mail.message) + of + " (" + file_of(place) + " at " +
                          std::to_string(place.offset) + ")");
    return {};
  }));
  return found;
}

}  // namespace orgo
