#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/id.h"
#include "base/time.h"
#include "core/contact/contact.h"
#include "core/task/task.h"

namespace orgo {

/// By which door a message came in. The numbers are stored; never reuse one.
enum class Channel : std::int8_t { lmtp = 1, smtp = 2, http = 3, import_ = 4, imap = 5, pop3 = 6 };
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

/// Which message this is, for "the same message delivered twice makes one record" (A4).
/// Pure function of envelope and bytes; see dedup.cpp for what is hashed and why trace fields are not.
struct DedupKey {
  std::int64_t id_hash = 0;    ///< of tenant and Message-ID (of tenant and content where there is none)
  std::int64_t copy_hash = 0;  ///< of channel, recipient and content
  Sha256 content{};            ///< of the body and the fields that a relay does not change
};

/// One message for one recipient, as a door hands it to intake. `bytes` is the mail with CRLF or LF as received.
struct RawMessage {
  Envelope envelope;
  std::string_view bytes;
};

/// `bytes` is looked through once. Never fails: without a header block, all is body.
DedupKey dedup_key(const Envelope& envelope, std::string_view bytes);
/// The hash under which the id of a message is known to threading: Message-ID, In-Reply-To and References meet here.
std::int64_t message_id_hash(TenantId tenant, std::string_view message_id);

}  // namespace orgo
