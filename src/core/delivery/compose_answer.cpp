#include "core/delivery/compose_answer.h"

#include "core/contact/mail_address.h"
#include "core/delivery/compose.h"
#include "core/delivery/compose_files.h"

namespace orgo {

std::string compose_answer(const WrittenAnswer& answer) {
  std::string out;
  const auto append = [&](std::string_view name, const Address& one) {
    if (is_mail_address(one.address)) compose::append_address_field(out, name, one.name, address_on_wire(one.address));
  };
  append("From", answer.from);
  append("To", answer.to);
  compose::append_addresses_field(out, "Cc", answer.cc);
  compose::append_field(out, "Subject", answer.subject);
  compose::append_ids_field(out, "Message-ID", {answer.id});
  compose::append_field(out, kAnswerField, answer_order_text(answer.order));
  compose::append_text_and_files(out, answer.text, answer.files);
  return out;
}

}  // namespace orgo
