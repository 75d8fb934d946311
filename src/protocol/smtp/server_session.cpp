#include "protocol/smtp/server_session.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "base/planted.h"
#include "base/text.h"
#include "protocol/smtp/address.h"

namespace orgo::smtp {
namespace {

constexpr std::string_view kOkText = "250 2.6.0 Message stored\r\n";
constexpr std::string_view kNoRoom = "452 4.3.1 Not enough room, please try again later\r\n";
constexpr std::string_view kNotNow = "451 4.3.0 Not stored, please try again later\r\n";
constexpr std::string_view kTooBig = "552 5.3.4 Message is too big\r\n";
constexpr std::string_view kInvalid = "554 5.6.0 Message can't be processed\r\n";
constexpr std::string_view kBareLineEnd = "550 5.5.2 Message has a bare CR or LF; lines must end with CRLF\r\n";
constexpr std::string_view kLoop = "554 5.4.6 Too many hops, this looks like a loop\r\n";
constexpr std::string_view kNoRecipient = "503 5.5.1 No valid recipient\r\n";
constexpr std::string_view kMailFirst = "503 5.5.1 MAIL first\r\n";
constexpr std::string_view kRefusedBefore = "503 5.5.1 This message was refused before, RSET first\r\n";
constexpr std::string_view kStopping = "421 4.3.2 Shutting down, please try again later\r\n";
constexpr std::string_view kParameter = "555 5.5.4 Parameter is not supported\r\n";
/// A buffer that a peer gets on its word alone (SIZE=); what it sends beyond makes it grow.
constexpr std::size_t kReserveMost = 256U * 1024;
constexpr std::size_t kReserveLeast = 4096;

std::string_view reply_for(const Status& outcome) {
  if (outcome) return kOkText;
  switch (outcome.error().code) {
    case Errc::resource_exhausted:
      return kNoRoom;
    case Errc::invalid_input:
      return kInvalid;
    case Errc::not_permitted:
      return "550 5.7.1 Not accepted for this recipient\r\n";
    case Errc::not_found:
      return "550 5.1.1 No such recipient\r\n";
    case Errc::conflict:
    case Errc::unavailable:
    case Errc::deadline_exceeded:
    case Errc::corrupt:
      return kNotNow;
  }
  return kNotNow;
}

bool has_control(std::string_view line) {
  return std::any_of(line.begin(), line.end(),
                     [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

}  // namespace

ServerSession::ServerSession(const ServerOptions& options, bool tls_active)
    : options_(&options), tls_(tls_active), reader_(options.limits.message_size) {}

void ServerSession::greet(std::string& out) const {
  out.append("220 ").append(options_->host_name);
  out.append(options_->protocol == Protocol::lmtp ? " LMTP Orgo\r\n" : " ESMTP Orgo\r\n");
}

ServerSession::Action ServerSession::consume(std::string_view& input, std::string& out) {
  assert(state_ != State::delivering);
  const auto& limits = options_->limits;
  for (;;) {
    Action action = Action::read;
    switch (state_) {
      case State::tls:
        input = {};
        return Action::read;
      case State::delivering:
      case State::closed:
        input = {};
        return Action::close;
      case State::data: {
        const bool ended = reader_.read(input, text_);
        if (reader_.size() > limits.message_size + limits.discarded) return close(kTooBig, out);
        if (!ended) return Action::read;
        action = end_of_text(out);
        break;
      }
      case State::chunk: {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, input.size()));
        if (!chunk_refused_) reader_.read_chunk(input.substr(0, count), text_);
        input.remove_prefix(count);
        chunk_left_ -= count;
        if (chunk_left_ != 0) return Action::read;
        action = end_of_chunk(out);
        break;
      }
      case State::command: {
        if (input.empty()) return Action::read;
        const std::size_t lf = input.find('\n');
        const std::string_view piece = input.substr(0, lf == std::string_view::npos ? lf : lf + 1);
        input.remove_prefix(piece.size());
        std::string_view line = piece;
        if (line_too_long_ || line_.size() + piece.size() > limits.command_line) {
          discarded_ += piece.size() + (line_too_long_ ? 0 : line_.size());
          if (discarded_ > limits.discarded) return close("500 5.5.2 Line is too long\r\n", out);
          // Only whether the CR stood before the LF is still of interest.
          const char before_last = piece.size() > 1 ? piece[piece.size() - 2] : line_.empty() ? '\0' : line_.back();
          const char kept = lf == std::string_view::npos ? piece.back() : before_last;
          line_too_long_ = true;
          line_.assign(1, kept);
          if (lf == std::string_view::npos) return Action::read;
          line_.push_back('\n');
          line = line_;
        } else if (lf == std::string_view::npos) {
          line_.append(piece);
          return Action::read;
        } else if (!line_.empty()) {
          line_.append(piece);
          line = line_;
        }
        action = on_line(line, out);
        line_.clear();
        line_too_long_ = false;
        discarded_ = 0;
        break;
      }
    }
    if (action != Action::read) return action;
  }
}

ServerSession::Action ServerSession::on_line(std::string_view line, std::string& out) {
  if (line.size() < 2 || line[line.size() - 2] != '\r') {
    return close("521 5.5.2 Lines must end with CRLF, and this one ended with a bare LF\r\n", out);
  }
  line.remove_suffix(2);
  ++commands_;
  if (line_too_long_) return answer("500 5.5.2 Line is too long\r\n", out);
  if (has_control(line)) return answer("500 5.5.2 Control characters are not allowed in commands\r\n", out);
  return on_command(parse_command(line), out);
}

ServerSession::Action ServerSession::on_command(const Command& command, std::string& out) {
  if (stopping_ && !in_transaction()) return close(kStopping, out);
  switch (command.verb) {
    case Verb::lhlo:
      if (options_->protocol != Protocol::lmtp) return answer("500 5.5.1 This is SMTP, say EHLO\r\n", out);
      break;
    case Verb::ehlo:
    case Verb::helo:
      if (options_->protocol != Protocol::smtp) return answer("500 5.5.1 This is LMTP, say LHLO\r\n", out);
      break;
    case Verb::mail:
      return answer(on_mail(command.argument), out);
    case Verb::rcpt:
      return answer(on_rcpt(command.argument), out);
    case Verb::data:
      return answer(on_data(command.argument), out);
    case Verb::bdat:
      return on_bdat(command.argument, out);
    case Verb::starttls:
      return on_starttls(command.argument, out);
    case Verb::rset:
      if (!command.argument.empty()) return answer("501 5.5.4 RSET has no argument\r\n", out);
      reset();
      return answer("250 2.0.0 Forgotten\r\n", out);
    case Verb::noop:
      return answer("250 2.0.0 OK\r\n", out);
    case Verb::vrfy:
      if (command.argument.empty()) return answer("501 5.5.4 VRFY needs an address\r\n", out);
      return answer("252 2.5.2 Can't verify, but will try to deliver\r\n", out);
    case Verb::help:
      out.append(options_->protocol == Protocol::lmtp
                     ? "214 2.0.0 LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY QUIT STARTTLS (RFC 2033)\r\n"
                     : "214 2.0.0 EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY QUIT STARTTLS (RFC 5321)\r\n");
      return Action::read;
    case Verb::quit:
      return close("221 2.0.0 Bye\r\n", out);
    case Verb::expn:
    case Verb::auth:
      return answer("502 5.5.1 Command is not implemented\r\n", out);
    case Verb::foreign:
      return close("421 4.7.0 This is a mail server, and that was not mail\r\n", out);
    case Verb::unknown:
      return answer("500 5.5.1 Command is not known\r\n", out);
  }
  if (command.argument.empty()) return answer("501 5.5.4 Your name is missing\r\n", out);
  on_hello(command, out);
  return Action::read;
}

void ServerSession::on_hello(const Command& command, std::string& out) {
  reset();
  greeted_ = true;
  extended_ = command.verb != Verb::helo;
  if (!extended_) {
    out.append("250 ").append(options_->host_name).append("\r\n");
    return;
  }
  out.append("250-").append(options_->host_name).append("\r\n250-PIPELINING\r\n250-SIZE ");
  out.append(std::to_string(options_->limits.message_size));
  out.append("\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n");
  if (options_->offers_starttls && !tls_) out.append("250-STARTTLS\r\n");
  out.append("250 ENHANCEDSTATUSCODES\r\n");
}

std::string_view ServerSession::on_mail(std::string_view argument) {
  const auto& limits = options_->limits;
  if (!greeted_) {
    return options_->protocol == Protocol::lmtp ? "503 5.5.1 LHLO first\r\n" : "503 5.5.1 EHLO first\r\n";
  }
  if (options_->requires_tls && !tls_) return "530 5.7.0 STARTTLS first\r\n";
  if (mail_given_) return "503 5.5.1 A message is open already, finish it or RSET\r\n";
  if (!ascii_istarts_with(argument, "from:")) return "501 5.5.4 MAIL FROM:<address> is expected\r\n";
  const auto path = parse_path(argument.substr(5));
  if (!path || path->mailbox.size() > limits.address) return "501 5.1.7 Bad sender address\r\n";
  bool utf8 = false;
  std::uint64_t size = 0;
  std::string_view rest = path->rest;
  while (const auto parameter = next_parameter(rest)) {
    if (!extended_) return kParameter;
    if (ascii_iequals(parameter->key, "size")) {
      const auto number = parse_number(parameter->value);
      if (!number) return "501 5.5.4 SIZE is not a number\r\n";
      size = *number;
    } else if (ascii_iequals(parameter->key, "body")) {
      if (!ascii_iequals(parameter->value, "7bit") && !ascii_iequals(parameter->value, "8bitmime")) {
        return "555 5.5.4 BODY must be 7BIT or 8BITMIME\r\n";
      }
    } else if (ascii_iequals(parameter->key, "smtputf8") && parameter->value.empty()) {
      utf8 = true;
    } else {
      return kParameter;
    }
  }
  if (!path->ascii && !utf8) return "550 5.6.7 Address needs SMTPUTF8\r\n";
  if (size > limits.message_size) return kTooBig;
  if (overloaded_) return kNoRoom;
  mail_given_ = true;
  utf8_ = utf8;
  announced_ = static_cast<std::size_t>(size);
  sender_.assign(path->mailbox);
  return "250 2.1.0 OK\r\n";
}

std::string_view ServerSession::on_rcpt(std::string_view argument) {
  const auto& limits = options_->limits;
  if (!mail_given_) return kMailFirst;
  if (chunked_ || transaction_failed_) return "503 5.5.1 The text has begun already\r\n";
  if (!ascii_istarts_with(argument, "to:")) return "501 5.5.4 RCPT TO:<address> is expected\r\n";
  const auto path = parse_path(argument.substr(3));
  if (!path || path->mailbox.empty() || path->mailbox.size() > limits.address) {
    return "501 5.1.3 Bad recipient address\r\n";
  }
  std::string_view rest = path->rest;
  if (next_parameter(rest)) return kParameter;
  if (!path->ascii && !utf8_) return "550 5.6.7 Address needs SMTPUTF8\r\n";
  if (recipients_.size() >= limits.recipients) return "452 4.5.3 Too many recipients\r\n";
  if (options_->recipient_policy) {
    switch (options_->recipient_policy(path->mailbox)) {
      case RecipientVerdict::accept:
        break;
      case RecipientVerdict::unknown:
        return "550 5.1.1 No such recipient\r\n";
      case RecipientVerdict::not_ours:
        return "550 5.7.1 No mail for that domain is taken here\r\n";
      case RecipientVerdict::try_later:
        return "451 4.3.0 Can't tell now, please try again later\r\n";
    }
  }
  recipients_.emplace_back(path->mailbox);
  return "250 2.1.5 OK\r\n";
}

std::string_view ServerSession::on_data(std::string_view argument) {
  if (!argument.empty()) return "501 5.5.4 DATA has no argument\r\n";
  if (!mail_given_) return kMailFirst;
  if (chunked_ || transaction_failed_) return "503 5.5.1 BDAT was used for this message\r\n";
  if (recipients_.empty()) return kNoRecipient;
  if (overloaded_) return kNoRoom;
  reader_ = DataReader(options_->limits.message_size);
  text_.reserve(std::clamp(announced_, kReserveLeast, kReserveMost));
  state_ = State::data;
  return "354 Send the message, end with <CRLF>.<CRLF>\r\n";
}

ServerSession::Action ServerSession::on_bdat(std::string_view argument, std::string& out) {
  const auto& limits = options_->limits;
  const std::size_t space = argument.find(' ');
  const auto size = parse_number(argument.substr(0, space));
  const std::string_view word = space == std::string_view::npos ? std::string_view{} : trim(argument.substr(space));
  const bool last = ascii_iequals(word, "last");
  // Without the size nobody knows where the chunk ends and the next command begins.
  if (!size || (!word.empty() && !last)) return close("501 5.5.4 BDAT size [LAST] is expected\r\n", out);
  chunk_last_ = last;
  chunk_left_ = *size;
  chunk_refused_ = true;
  if (!mail_given_) {
    chunk_reply_ = kMailFirst;
  } else if (recipients_.empty()) {
    chunk_reply_ = kNoRecipient;
  } else if (transaction_failed_) {
    chunk_reply_ = kRefusedBefore;
  } else if (*size > limits.message_size || reader_.size() * (chunked_ ? 1U : 0U) + *size > limits.message_size) {
    chunk_reply_ = kTooBig;
  } else if (overloaded_ && !chunked_) {
    chunk_reply_ = kNoRoom;
  } else {
    chunk_refused_ = false;
  }
  if (chunk_refused_) {
    if (*size > limits.discarded) return close(kTooBig, out);
    transaction_failed_ = mail_given_;
    std::string().swap(text_);
  } else if (!chunked_) {
    chunked_ = true;
    reader_ = DataReader(limits.message_size);
    text_.reserve(std::clamp(std::max(announced_, static_cast<std::size_t>(*size)), kReserveLeast, kReserveMost));
  }
  state_ = State::chunk;
  return Action::read;
}

ServerSession::Action ServerSession::end_of_chunk(std::string& out) {
  state_ = State::command;
  if (!chunk_refused_ && chunk_last_) return end_of_text(out);
  if (!chunk_refused_ && !shed_) return answer("250 2.0.0 Chunk taken\r\n", out);
  const std::string_view reply = chunk_refused_ ? chunk_reply_ : kNoRoom;
  if (chunk_last_) {
    refuse_text(reply, out);
    reset();
    return after_transaction(out);
  }
  transaction_failed_ = mail_given_;
  out.append(reply);
  return Action::read;
}

void ServerSession::refuse_text(std::string_view reply, std::string& out) {
  const std::size_t count = options_->protocol == Protocol::lmtp ? std::max<std::size_t>(recipients_.size(), 1) : 1;
  for (std::size_t i = 0; i < count; ++i) out.append(reply);
}

std::string_view ServerSession::fault_of_text() const {
  if (reader_.too_big()) return kTooBig;
  if (options_->bare_line_ends == BareLineEnds::refuse && reader_.bare_line_end()) return kBareLineEnd;
  if (shed_) return kNoRoom;
  if (count_received_fields(text_) > options_->limits.received_fields) return kLoop;
  return {};
}

ServerSession::Action ServerSession::end_of_text(std::string& out) {
  const std::string_view fault = fault_of_text();
  if (!fault.empty()) {
    refuse_text(fault, out);
    reset();
    state_ = State::command;
    return after_transaction(out);
  }
  state_ = State::delivering;
  return Action::deliver;
}

Delivery ServerSession::take_delivery() {
  assert(state_ == State::delivering);
  Delivery delivery{std::move(sender_), std::move(recipients_), std::move(text_)};
  delivering_ = delivery.recipients.size();
  reset();
  return delivery;
}

ServerSession::Action ServerSession::on_delivered(std::span<const Status> outcomes, std::string& out) {
  assert(state_ == State::delivering);
  state_ = State::command;
  if (options_->protocol == Protocol::lmtp) {
    for (std::size_t i = 0; i < delivering_; ++i)
      out.append(i < outcomes.size() ? reply_for(outcomes[ORGO_PLANT(first_answer_for_all) ? 0 : i]) : kNotNow);
  } else {
    std::string_view reply = outcomes.size() < delivering_ ? kNotNow : kOkText;
    for (const Status& outcome : outcomes) {
      const std::string_view one = reply_for(outcome);
      // '4' goes before '5' goes before '2'.
      const auto rank = [](std::string_view text) { return text[0] == '4' ? 2 : text[0] == '5' ? 1 : 0; };
      if (rank(one) > rank(reply)) reply = one;
    }
    out.append(reply);
  }
  reset();
  return after_transaction(out);
}

ServerSession::Action ServerSession::on_starttls(std::string_view argument, std::string& out) {
  if (!options_->offers_starttls) return answer("502 5.5.1 TLS is not offered here\r\n", out);
  if (tls_) return answer("503 5.5.1 TLS is on already\r\n", out);
  if (!argument.empty()) return answer("501 5.5.4 STARTTLS has no argument\r\n", out);
  out.append("220 2.0.0 Begin the handshake\r\n");
  state_ = State::tls;
  return Action::start_tls;
}

void ServerSession::on_tls_started() {
  assert(state_ == State::tls);
  state_ = State::command;
  tls_ = true;
  greeted_ = false;  // RFC 3207, section 4.2: all knowledge from before is forgotten
  extended_ = false;
  reset();
}

void ServerSession::shed() {
  if (!receiving_text() && !chunked_) return;
  reader_.discard(text_);
  shed_ = true;
}

ServerSession::Action ServerSession::shut_down(std::string& out) {
  stopping_ = true;
  if (state_ == State::closed || state_ == State::tls) return Action::close;
  return in_transaction() || state_ == State::chunk ? Action::read : close(kStopping, out);
}

ServerSession::Action ServerSession::answer(std::string_view reply, std::string& out) {
  out.append(reply);
  // Wrong syntax and sequence count; a refused recipient or a full disk is not the peer's mistake.
  if (reply.substr(0, 2) != "50" && reply.substr(0, 3) != "555") return Action::read;
  if (++bad_commands_ < options_->limits.bad_commands) return Action::read;
  return close("421 4.7.0 Too many errors\r\n", out);
}

ServerSession::Action ServerSession::close(std::string_view reply, std::string& out) {
  out.append(reply);
  state_ = State::closed;
  reset();
  return Action::close;
}

void ServerSession::reset() {
  transaction_failed_ = transaction_failed_ && ORGO_PLANT(refused_chunk_stays_refused);
  mail_given_ = utf8_ = chunked_ = shed_ = false;
  sender_.clear();
  recipients_.clear();
  if (text_.capacity() > kReserveLeast * 4) std::string().swap(text_);
  text_.clear();
}

ServerSession::Action ServerSession::after_transaction(std::string& out) {
  return stopping_ ? close(kStopping, out) : Action::read;
}

}  // namespace orgo::smtp
