#include "core/contact/contact.h"

#include <algorithm>
#include <array>

#include "base/domain_name.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

constexpr std::size_t kUrlMax = 2000;

bool has_http_scheme(std::string_view text) {
  return ascii_istarts_with(text, "https://") || ascii_istarts_with(text, "http://");
}

/// What stands behind "://", and the end of what names the host.
std::size_t host_begin(std::string_view url) {
  return url.find("://") + 3;
}
std::size_t host_end(std::string_view url) {
  return std::min(url.find_first_of("/?#", host_begin(url)), url.size());
}

bool is_webhook_url(std::string_view url) {
  return url.size() <= kUrlMax && has_http_scheme(url) && host_end(url) > host_begin(url) &&
         std::all_of(url.begin(), url.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; });
}

std::string lower_mail(std::string_view address) {
  return ORGO_PLANT(list_knows_no_xn) ? ascii_lower(address) : address_key(address);
}

/// What stands before an @ is a name and a password, which are told apart by case.
std::string lower_host(std::string_view url) {
  if (!has_http_scheme(url)) return std::string(url);
  const auto begin = host_begin(url), end = host_end(url);
  const auto at = url.substr(begin, end - begin).rfind('@');
  const auto host = at == std::string_view::npos ? begin : begin + at + 1;
  return ascii_lower(url.substr(0, begin)) + std::string(url.substr(begin, host - begin)) +
         ascii_lower(url.substr(host, end - host)) + std::string(url.substr(end));
}

struct KindRow {
  ContactKind kind;
  std::string_view name;
  bool (*is_valid)(std::string_view address);
  std::string (*canonical)(std::string_view trimmed);
};
constexpr std::array kKinds{
    KindRow{ContactKind::mail, "mail", is_mail_address, lower_mail},
    KindRow{ContactKind::webhook, "webhook", is_webhook_url, lower_host},
};

const KindRow& row_of(ContactKind kind) {
  const auto* const row =
      std::find_if(kKinds.begin(), kKinds.end(), [kind](const KindRow& one) { return one.kind == kind; });
  return row == kKinds.end() ? kKinds.front() : *row;
}

/// What parse_contact() takes a text for.
struct KindAndAddress {
  ContactKind kind;
  std::string_view address;
};
KindAndAddress read_contact(std::string_view text) {
  if (const auto colon = text.find(':'); colon != std::string_view::npos)
    if (const auto kind = parse_contact_kind(text.substr(0, colon))) return {*kind, text.substr(colon + 1)};
  return {has_http_scheme(text) ? ContactKind::webhook : ContactKind::mail, text};
}

/// As to_string() says it: the kind in front when the address would be read as something else.
std::string written(ContactKind kind, std::string address) {
  const auto read = read_contact(address);
  if (read.kind == kind && read.address == address) return address;
  return std::string(to_string(kind)) + ":" + address;
}

}  // namespace

std::string_view to_string(ContactKind kind) {
  return row_of(kind).name;
}

std::optional<ContactKind> parse_contact_kind(std::string_view name) {
  for (const auto& row : kKinds)
    if (row.name == name) return row.kind;
  return std::nullopt;
}

Contact mail_contact(std::string address) {
  if (is_international(domain_part(address))) address = address_for_people(std::move(address));
  return {ContactKind::mail, std::move(address)};
}

Contact parse_contact(std::string_view text) {
  const auto read = read_contact(text);
  return {read.kind, std::string(read.address)};
}

std::string to_string(const Contact& contact) {
  return written(contact.kind, contact.address);
}

bool is_valid(const Contact& contact) {
  return row_of(contact.kind).is_valid(contact.address);
}

std::string contact_key(const Contact& contact) {
  return written(contact.kind, row_of(contact.kind).canonical(trim(contact.address)));
}

bool is_same_contact(const Contact& a, const Contact& b) {
  return a.kind == b.kind && contact_key(a) == contact_key(b);
}

}  // namespace orgo
