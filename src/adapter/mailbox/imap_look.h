#pragma once
// What the files of ImapMailbox share.
#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "adapter/mailbox/imap_mailbox.h"

namespace orgo::mailbox {

inline void add_problem(std::string& problem, const std::string& more) {
  problem += (problem.empty() ? "" : "; ") + more;
}

inline std::string mails_of(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " mail" : " mails");
}

struct ImapMailbox::Look {
  Looked result;
  std::size_t most;
  const Take& take;
  Deadline deadline;
  Deadline half_time = std::chrono::steady_clock::now() + (deadline - std::chrono::steady_clock::now()) / 2;
  MailboxPosition& at = result.position;
  bool handed_over = false;                      ///< take() was called
  bool finishing = true;                         ///< until the server refuses once
  bool broke_off = false;                        ///< while mails were read
  std::size_t waiting = 0;                       ///< unfinished or held back, and not tried in this look
  std::map<std::uint32_t, imap::Fetched> mails;  ///< of the group under way
  std::vector<std::uint32_t> last;               ///< new, and asked for after all others
};

}  // namespace orgo::mailbox
