#pragma once
#include <string>
#include <vector>

#include "core/answer/answer_order.h"
#include "core/delivery/answer_file.h"
#include "core/message/message.h"

namespace orgo {

/// What somebody writes to the customer, or to their colleagues, in Orgo.
struct WrittenAnswer {
  AnswerOrder order;
  std::string id;  ///< Message-ID without <>: the same again is the same answer, however often it comes
  Address from;    ///< who writes; the address may be empty
  Address to;      ///< the requester; empty address: nobody (a note)
  std::vector<Address> cc;
  std::string subject;  ///< of the task
  std::string text;     ///< UTF-8, LF
  std::vector<AnswerFile> files;
};

/// The message that intake takes. Safe for any bytes in the values. It has no Date, so that the same answer again has
/// the same bytes and is known as the same.
std::string compose_answer(const WrittenAnswer& answer);

}  // namespace orgo
