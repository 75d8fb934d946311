#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/id.h"
#include "base/time.h"
#include "core/task/task.h"
#include "core/threading/known_message.h"
#include "core/threading/thread_alias.h"
#include "core/threading/thread_hints.h"

namespace orgo {

/// Of one sender, that are looked through for the same subject.
inline constexpr int kSameSubjectTasks = 50;
/// Mails under one id that are looked at, newest first, and the oldest besides: copies of one mail have one id, and
/// all that came with a mail must not hide where its first copy went.
inline constexpr int kKnownPerId = 8;
inline constexpr int kParticipantsMax = 1000;

/// What one mail says and what the store is asked about it. Ids are message_id_hash().
struct ThreadQuery {
  MessageId message;          ///< the mail itself, which is never its own thread
  Sha256 content{};           ///< DedupKey::content
  std::int64_t id = 0;        ///< DedupKey::id_hash
  bool known_id = false;      ///< another mail with this id was here before
  bool names_itself = false;  ///< it has a Message-ID; else `id` is made of its content and nobody answers to it
  std::vector<std::int64_t> answers;  ///< of ThreadHints::message_ids, in their order
  std::vector<std::int64_t> aliases;  ///< of ThreadHints::aliases
  ThreadHints hints;
  std::string sender;    ///< address, sender_of()
  TaskNumber named;      ///< the door knows the task: a person of ours writes about it; 0: it does not
  bool by_list = false;  ///< it came through a mailing list or from an archive, where strangers talk to one another
  std::optional<TimePoint>
      since;              ///< a reply may join, by its subject, tasks of the sender made then or later; nullopt: none
  bool may_wait = false;  ///< for an earlier mail that is not decided yet
};

/// What the store knows of that, no matter in which order unless it is said.
struct ThreadFacts {
  /// Under known_ids() and before known_before(), newest first: of each kKnownPerId, and the oldest.
  std::vector<KnownMessage> known;
  std::vector<ThreadAlias> aliases;  ///< under alias_ids()
  /// ThreadNeeds::task, ::claimed and ::shared, when they exist, and all into which one of these or of `of_sender` was
  /// merged, to the end.
  std::vector<Task> tasks;
  /// Who has a part in ThreadNeeds::claimed: who wrote the mails that belong to it (not: what was only recorded) and to
  /// whom mail about it went out (not: was refused). Lower case, without doubles, at most kParticipantsMax. Requester,
  /// team and assignee stand in the task itself.
  std::vector<std::string> participants;
  std::vector<std::string> sharers;  ///< the same of ThreadNeeds::shared
  std::vector<std::string> told;     ///< the same of ThreadNeeds::copied
  std::vector<Task> of_sender;       ///< for ThreadNeeds::same_subject, newest first, at most kSameSubjectTasks
};

/// Is a task looked for by subject, when nothing better is known?
bool asks_by_subject(const ThreadQuery& query);
/// Which ids are looked up among stored mails, and which among aliases; without doubles.
std::vector<std::int64_t> known_ids(const ThreadQuery& query);
/// The end of what is looked up under an id: of its own only what came earlier is where it belongs, while what it
/// answers may come later.
MessageId known_before(const ThreadQuery& query, std::int64_t hash);
std::vector<std::int64_t> alias_ids(const ThreadQuery& query);

/// What find_thread() wants to know besides, once `known` and `aliases` are there. Most mails need none of it.
struct ThreadNeeds {
  TaskNumber task;            ///< it belongs there by its ids; 0: they lead nowhere
  TaskNumber claimed;         ///< it only says so; 0: it does not, or `task` is known
  TaskNumber shared;          ///< it names a mail that is not here and that a mail of that task has named, too; 0: none
  TaskNumber copied;          ///< it is a further copy of a mail of this task; 0: of none
  bool same_subject = false;  ///< nothing better is known: tasks of its sender since `since`
};
ThreadNeeds thread_needs(const ThreadQuery& query, const ThreadFacts& facts);

/// Where the mails of this task go: to what it was merged into, to the end. What a person of ours writes goes where
/// they say. nullptr: there is no such task.
const Task* goes_to(const ThreadQuery& query, const ThreadFacts& facts, TaskNumber number);

/// The thread of a mail.
struct Thread {
  std::optional<MessageId> waits_for;     ///< is to be decided first; then all else is empty
  std::optional<Task> task;               ///< where the mail belongs
  std::string evidence;                   ///< why: "In-Reply-To: <...>", "task marker [T-12] (subject) from the team"
  std::optional<MessageId> same_content;  ///< an earlier message with this id and content, for another recipient
  bool proven = false;        ///< it answers a mail of ours about that task, by an id that nobody else can make
  TaskNumber related;         ///< shares an absent ancestor with this task, where its sender has no part; 0: none
  std::string refused_claim;  ///< why a marker does not count: "it bears the task marker [T-12] (subject), but ..."
  std::vector<std::int64_t> names;  ///< to be kept with its task: what else it may be answered by
                                    ///< (ThreadQuery::aliases) and mails that it answers and that are not here, since
                                    ///< whatever names them, too, or comes late itself, belongs to the same task
};

/// To which task does the mail belong? The first that holds:
/// 1. it is a further copy of a mail whose task is known,
/// 2. it answers (In-Reply-To, then References from the end) a mail whose task is known,
/// 3. it answers a mail of ours, by a Message-ID that nobody else can make, or by another id of that,
/// 4. it answers one that a mail of the task has named, and its sender has a part in that task or it came by a list:
///    strangers, too, answer one and the same newsletter. Those have a task of their own, with Thread::related; or a
///    mail of the task has named this one itself,
/// 5. it bears the marker of a task in which its sender has a part,
/// 6. it is a reply, and a task of the same sender has the same subject.
/// What was merged hands all of it to the task at the end of that way.
/// A task that does not exist (made up, or another organization's) ends the search: what is proven is never overruled
/// by what is only claimed. On 1 and 2 the mail waits for an earlier one that is not decided yet, if it may. `own`:
/// addresses and "@domains" of the house, for 4 and 5. Pure.
Thread find_thread(const ThreadQuery& query, const ThreadFacts& facts, std::span<const std::string> own);

}  // namespace orgo
