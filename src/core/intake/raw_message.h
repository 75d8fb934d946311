#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/id.h"
#include "base/time.h"
#include "core/contact/contact.h"
#include "core/task/task.h"

namespace orgo {

/// By which door a message came in; `answer`: what a person of ours wrote in Orgo itself, to be sent or kept as a note
/// (core/answer). The numbers are stored; never reuse one.
enum class Channel : std::int8_t { lmtp = 1, smtp = 2, http = 3, import_ = 4, imap = 5, pop3 = 6, answer = 7 };
std::string_view to_string(Channel channel);

/// Taken in as history (archive mode): the message makes a task as it would have been, dated then and in a state that
/// asks nothing of anybody. Nobody is told, nothing is answered or called, no chain runs.
struct Archived {
  TimePoint at{};                       ///< when it was new: what its task is dated by
  TaskState state = TaskState::closed;  ///< of the task that it opens
  friend bool operator==(const Archived&, const Archived&) = default;
};

inline constexpr std::size_t kLabelMax = 200;  ///< bytes of Envelope::label

/// What the door knows beside the bytes.
struct Envelope {
  TenantId tenant;
  Channel channel = Channel::lmtp;
  Contact sender;  ///< of a mail MAIL FROM without <>; empty is the null sender of bounces and notices
  Contact
      recipient;  ///< of a mail RCPT TO without <>: exactly one, since each recipient is answered and stored by itself
  std::string peer;  ///< address of the peer, for the trace
  TimePoint received_at{};
  std::optional<Archived> archived;  ///< nullopt: a message of now
  std::string label;                 ///< folder that it lay in, "Projects/Roof": becomes a tag; empty: none
};

/// Which message this is, for "the same message delivered twice makes one record" (A4). A duplicate is the same
/// transmission, or the same mail found again where mails are kept; never the same words said once more. Pure function
/// of envelope and bytes. Line ends don't count, nor a `>` before "From " as mbox files have it, nor do trace fields,
/// except where a mail has neither Date nor Message-ID. What people write in Orgo is told by its Message-ID alone.
struct DedupKey {
  std::int64_t id_hash = 0;    ///< of tenant and Message-ID (of tenant and content where there is none)
  std::int64_t copy_hash = 0;  ///< of recipient, content and door (import, IMAP and POP3 are one)
  Sha256 content{};            ///< of the body and the fields that a relay does not change
};

/// One message for one recipient, as a door hands it to intake. `bytes` is the mail with CRLF or LF as received.
struct RawMessage {
  Envelope envelope;
  std::string_view bytes;
};

/// `bytes` is looked through once. Never fails: without a header block, all is body.
DedupKey dedup_key(const Envelope& envelope, std::string_view bytes);
/// Doors through which the very same mail, whoever its recipient is said to be, may have come before one that comes by
/// `channel`: an archive that was imported and the mailbox that it was taken from. The store asks by DedupKey::content.
std::span<const Channel> channels_of_same_mail(Channel channel);
/// The hash under which the id of a message is known to threading: Message-ID, In-Reply-To and References meet here.
std::int64_t message_id_hash(TenantId tenant, std::string_view message_id);

}  // namespace orgo
