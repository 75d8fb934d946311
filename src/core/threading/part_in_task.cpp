#include "core/threading/part_in_task.h"

#include <algorithm>
#include <array>

#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/answer_allowed.h"

namespace orgo {
namespace {

constexpr auto kPublicDomains = std::to_array<std::string_view>({
    "126.com",     "163.com",        "aol.com",        "bluewin.ch",    "bt.com",         "btinternet.com",
    "comcast.net", "cox.net",        "email.com",      "fastmail.com",  "fastmail.fm",    "free.fr",
    "freenet.de",  "gmail.com",      "gmx.at",         "gmx.ch",        "gmx.com",        "gmx.de",
    "gmx.net",     "googlemail.com", "hey.com",        "hotmail.co.uk", "hotmail.com",    "hotmail.de",
    "hotmail.fr",  "hotmail.it",     "hushmail.com",   "icloud.com",    "inbox.com",      "inbox.ru",
    "interia.pl",  "laposte.net",    "libero.it",      "list.ru",       "live.com",       "live.de",
    "live.fr",     "mac.com",        "mail.com",       "mail.de",       "mail.ru",        "mailbox.org",
    "me.com",      "msn.com",        "naver.com",      "o2.pl",         "onet.pl",        "online.de",
    "orange.fr",   "outlook.com",    "outlook.de",     "outlook.fr",    "outlook.in",     "pm.me",
    "posteo.de",   "proton.me",      "protonmail.com", "qq.com",        "rediffmail.com", "rocketmail.com",
    "seznam.cz",   "sfr.fr",         "sina.com",       "t-online.de",   "telenet.be",     "terra.com.br",
    "tiscali.it",  "tutanota.com",   "uol.com.br",     "verizon.net",   "vodafone.de",    "wanadoo.fr",
    "web.de",      "wp.pl",          "yahoo.ca",       "yahoo.co.in",   "yahoo.co.jp",    "yahoo.co.uk",
    "yahoo.com",   "yahoo.com.br",   "yahoo.de",       "yahoo.es",      "yahoo.fr",       "yahoo.in",
    "yahoo.it",    "yandex.com",     "yandex.ru",      "ymail.com",     "zoho.com",
});
static_assert(std::ranges::is_sorted(kPublicDomains));

}  // namespace

bool is_public_mail_domain(std::string_view domain) {
  const auto lower = ascii_lower(domain);
  return std::ranges::binary_search(kPublicDomains, std::string_view(lower));
}

std::string part_in_task(std::string_view address, const Task& task, std::span<const std::string> participants,
                         std::span<const std::string> own) {
  if (address.empty()) return {};
  if (is_same_address(address, task.requester.address)) return "the requester";
  if (has_asked(task, address)) return "who asked for what was merged into it";
  if (is_same_address(address, task.assignee)) return "the assignee";
  if (is_same_address(address, task.team)) return "the team";
  if (std::ranges::any_of(participants, [&](const auto& one) { return is_same_address(one, address); }))
    return "somebody who wrote or got mail about it";
  if (is_own_address(address, own)) return "somebody of the house";
  const auto domain = domain_part(address);
  if (domain.empty() || (is_public_mail_domain(domain) && !ORGO_PLANT(neighbour_is_a_colleague))) return {};
  if (is_same_domain(domain, domain_part(task.requester.address))) return "a colleague of the requester";
  const auto is_theirs = [&](const MergedPerson& one) { return is_same_domain(domain, domain_part(one.address)); };
  if (std::ranges::any_of(task.ties.people, is_theirs) && !ORGO_PLANT(colleagues_of_a_part_are_strangers))
    return "a colleague of who asked for what was merged into it";
  return {};
}

}  // namespace orgo
