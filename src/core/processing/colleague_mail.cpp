#include "core/processing/colleague_mail.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/answer_allowed.h"
#include "core/mail/findings/authenticated.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/find_mailing_list.h"
#include "core/mail/read/words_for_others.h"
#include "core/processing/tell.h"

namespace orgo {
namespace {

bool goes_to(const Message& message, std::string_view address) {
  const auto& mail = message.as_mail();
  const auto same = [&](const Address& one) { return is_same_address(one.address, address); };
  return std::ranges::any_of(mail.to, same) || std::ranges::any_of(mail.cc, same);
}

/// The address that Orgo writes from, or one that it is written to at.
bool is_orgo(const Draft& draft, std::string_view address) {
  return is_same_address(address, draft.settings.own_sender) || is_own_address(address, draft.settings.own_addresses) ||
         is_same_address(address, draft.envelope.recipient.address);
}

/// To Orgo, and to nobody else but the team that was told with them and themselves.
bool goes_to_orgo_alone(const Draft& draft, const Task& task) {
  const auto& mail = draft.message.as_mail();
  const auto& workplace = draft.rules.workplace();
  const auto may_stand = [&](const Address& one) {
    return is_orgo(draft, one.address) || is_same_address(one.address, draft.sender()) ||
           is_same_address(one.address, task.team) || is_same_address(one.address, workplace.team_address(task.team));
  };
  const auto to_orgo = [&](const Address& one) { return is_orgo(draft, one.address); };
  return std::ranges::any_of(mail.to, to_orgo) && std::ranges::all_of(mail.to, may_stand) &&
         std::ranges::all_of(mail.cc, may_stand);
}

/// One author, no list and no machine on the way, and sent from the house of their address.
bool is_of_a_person(const Draft& draft) {
  const auto& message = draft.message;
  const auto& headers = message.as_mail().headers;
  const auto authors =
      std::ranges::count_if(headers, [](const HeaderField& field) { return ascii_iequals(field.name, "From"); });
  const auto from = message.header("From");
  if (authors != 1 || std::ranges::count(from, '<') > 1 ||
      (from.find('<') == std::string_view::npos && std::ranges::count(from, '@') > 1))
    return false;
  if (const auto sender = message.header("Sender");
      !sender.empty() && sender.find(draft.sender()) == std::string_view::npos)
    return false;
  const auto precedence = ascii_lower(trim(message.header("Precedence")));
  if (precedence == "bulk" || precedence == "junk" || precedence == "list" || is_of_list(message)) return false;
  if (!message.header("X-Auto-Response-Suppress").empty()) return false;
  const auto& by = draft.envelope.sender.address;
  return !by.empty() && is_same_domain(domain_part(by), domain_part(draft.sender()));
}

/// They, or their team, were told by the mail that this answers.
bool was_told(const Draft& draft, const Task& task) {
  const auto& word = draft.context.last_word;
  if (!word) return false;
  // Of a message that was split off was told while it was still with the other.
  const bool split_since = word->about && word->about == task.origin && !ORGO_PLANT(split_breaks_what_was_promised);
  if (!draft.context.thread.proven && !split_since) return false;
  if (ORGO_PLANT(customers_speak_for_us)) return true;
  const auto& told = word->told.address;
  return word->to_us && (is_same_address(told, draft.sender()) || is_same_address(told, task.team) ||
                         is_same_address(told, draft.rules.workplace().team_address(task.team)));
}

/// Who asked is the customer, also when he works here. Who asked for a part alone is it in what he writes of it, and
/// one of ours in what he writes to the customer, or in answer to what Orgo told of them.
bool is_ours(const Draft& draft, const Task& task) {
  const auto& who = draft.sender();
  const auto& workplace = draft.rules.workplace();
  const auto& asked = task.requester.address;
  if (is_same_address(who, asked)) return false;
  const bool works_here = is_same_address(who, task.assignee) || is_same_address(who, task.team) ||
                          is_same_address(who, workplace.team_address(task.team)) || workplace.is_staff(who);
  if (!works_here || !has_asked(task, who)) return works_here;
  const auto& word = draft.context.last_word;
  const bool of_another = was_told(draft, task) && !is_same_address(word->from, who);
  return !ORGO_PLANT(colleague_with_a_part_is_a_customer) &&
         (of_another || (!asked.empty() && goes_to(draft.message, asked)));
}

MailAnswers setting_of(const Draft& draft, const Task& task) {
  const auto* team = draft.rules.workplace().team(task.team);
  return team != nullptr && team->answers_by_mail ? *team->answers_by_mail : draft.settings.answers.by_mail;
}

}  // namespace

Voice voice_of(const Draft& draft, const Task& task) {
  if (draft.sender().empty() || !is_ours(draft, task)) return Voice::customer;
  const auto& word = draft.context.last_word;
  const auto& asked = word && !word->from.empty() ? word->from : task.requester.address;
  if (asked.empty()) return Voice::colleague;
  const auto all = who_asked(task);
  const bool reached = std::ranges::any_of(all, [&](const std::string& one) {
    return !is_same_address(one, draft.sender()) && goes_to(draft.message, one);
  });
  if (reached && draft.quiet) return Voice::answer;
  // The same mail once more, by another way: it has gone on already.
  const bool again = draft.incoming.known_id && !ORGO_PLANT(mail_goes_on_by_each_way);
  if (again || draft.quiet || !auto_submitted(draft.message).empty()) return Voice::colleague;
  if (reached) {
    const bool proven =
        was_told(draft, task) || is_authenticated(draft.message, draft.settings.answers.vouching_server);
    return (proven && is_of_a_person(draft)) || ORGO_PLANT(anybody_stops_the_clock) ? Voice::answer : Voice::claimed;
  }
  const bool may_go = is_mail_address(asked) && setting_of(draft, task) == MailAnswers::forward;
  if (!was_told(draft, task)) return draft.context.thread.proven && !may_go ? Voice::kept : Voice::unproven;
  if (!is_of_a_person(draft)) return Voice::colleague;
  if (!may_go) return Voice::kept;
  if (!goes_to_orgo_alone(draft, task) && !ORGO_PLANT(mail_to_others_goes_on)) return Voice::to_others;
  if (!words_for_others(draft.message)) return Voice::unclear;
  const auto& since = draft.context.last_word->answers_since;
  if (since && draft.now - *since < kAnswersByMailTime && !ORGO_PLANT(programs_talk_through_us)) return Voice::too_many;
  return Voice::forward;
}

namespace {

std::string_view why_kept(Voice voice, const std::optional<LastWord>& word) {
  switch (voice) {
    case Voice::kept:
      return "Answers by mail stay with the task here, by a setting of the team.";
    case Voice::to_others:
      return "It went to others, too: only what goes to Orgo alone goes on to the customer.";
    case Voice::unclear:
      return "What in it is for the customer can't be told for sure: write it above all that you quote.";
    case Voice::too_many:
      return "So many mails went on within ten minutes that a program seems to write them.";
    default:
      if (word && word->of_another)
        return "Who wrote what you answer has not asked for this task, or no longer since a part of it came apart: "
               "answer where their mail is.";
      return "Only an answer to a mail by which Orgo told you what the customer says goes on to the customer.";
  }
}

}  // namespace

void tell_it_was_kept(Draft& draft, const Task& task, Voice voice) {
  const auto& who = draft.sender();
  if (!is_mail_address(who) || is_own_mailbox(who, draft.settings.own_addresses)) return;
  // Now and then: a program that answers whatever it gets would be told for ever.
  const auto& word = draft.context.last_word;
  if (word && word->kept_at && draft.now - *word->kept_at < kKeptToldAgain && !ORGO_PLANT(kept_mail_is_told_each_time))
    return;
  draft.send(SendKind::notification, mail_contact(who), notice_priority(task.priority), kKeptTemplate, {});
  draft.changes.sends.back().note = why_kept(voice, word);
}

}  // namespace orgo
