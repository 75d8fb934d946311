// FETCH of ClientSession: sizes and mails.
#include <algorithm>
#include <utility>

#include "base/planted.h"
#include "protocol/imap/client_session.h"
#include "protocol/imap/command_text.h"

namespace orgo::imap {
namespace {

constexpr std::uint64_t kAlwaysTaken = 1024;

}  // namespace

void ClientSession::on_fetch(Response& response) {
  if (step_ != Step::fetch || response.values.empty() || response.values.front().kind != Value::Kind::list) return;
  auto& items = response.values.front().items;
  std::uint32_t uid = 0;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].is_atom("UID"))
      uid = static_cast<std::uint32_t>(std::max<std::int64_t>(items[i + 1].number(UINT32_MAX), 0));
  }
  if (uid == 0 || !std::binary_search(wanted_.begin(), wanted_.end(), uid))
    return;  // a change of flags, told in passing
  Fetched& mail = fetched_[uid];
  // Behind a literal whose size is wrong the response does not end as it should: then nobody knows what its octets are.
  const bool whole = response.whole && response.values.size() == 1 && items.size() % 2 == 0;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    Value& value = items[i + 1];
    if (items[i].is_atom("RFC822.SIZE")) {
      if (const auto size = value.number(); size >= 0) {
        mail.size = static_cast<std::uint64_t>(size);
        mail.has_size = true;
      }
    } else if (items[i].is_atom("INTERNALDATE")) {
      mail.received_at = parse_internal_date(value.text);
    } else if (items[i].is_atom("BODY[]") || items[i].is_atom("BODY[]<0>") || items[i].is_atom("BINARY[]") ||
               items[i].is_atom("RFC822")) {
      last_mail_ = uid;
      if (!whole && !ORGO_PLANT(wrong_literal_is_a_mail)) continue;
      if (value.kind == Value::Kind::dropped) {
        mail.dropped = value.size;
      } else if (value.kind == Value::Kind::string && !mail.has_bytes && size_max_ > 0) {
        budget_ -= std::min<std::uint64_t>(budget_, value.text.size());
        mail.bytes = std::move(value.text);
        mail.has_bytes = true;
      }
    }
  }
  if (size_max_ > 0) reader_.set_literal_max(std::min(size_max_, std::max(budget_, kAlwaysTaken)));
}

ClientSession::Want ClientSession::fetch_sizes(std::span<const std::uint32_t> uids, std::string& out) {
  wanted_.assign(uids.begin(), uids.end());
  fetched_.clear();
  plan_.clear();
  size_max_ = 0;
  for (const auto& set : uid_sets(uids)) plan(Step::fetch, "UID FETCH " + set + " (UID RFC822.SIZE INTERNALDATE)");
  return start(out);
}

ClientSession::Want ClientSession::fetch_mails(std::span<const std::uint32_t> uids, std::uint64_t size_max,
                                               std::uint64_t budget, std::string& out) {
  wanted_.assign(uids.begin(), uids.end());
  fetched_.clear();
  last_mail_ = 0;
  plan_.clear();
  size_max_ = size_max;
  budget_ = budget;
  reader_.set_literal_max(size_max);
  for (const auto& set : uid_sets(uids)) plan(Step::fetch, "UID FETCH " + set + " (UID BODY.PEEK[])");
  return start(out);
}

}  // namespace orgo::imap
