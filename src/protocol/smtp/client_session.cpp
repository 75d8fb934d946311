#include "protocol/smtp/client_session.h"

#include <cassert>
#include <utility>

#include "base/text.h"
#include "protocol/mime/transfer_encoding.h"
#include "protocol/smtp/address.h"
#include "protocol/smtp/command.h"
#include "protocol/smtp/data_writer.h"

namespace orgo::smtp {
namespace {

/// In one line, however long, as AUTH wants it.
std::string base64_word(std::string_view bytes) {
  std::string text = mime::encode_base64(bytes);
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

}  // namespace

ClientSession::ClientSession(const ClientOptions& options, bool tls_active) : options_(&options), tls_(tls_active) {
  awaited_.push_back(Step::greeting);
}

ClientSession::Want ClientSession::consume(std::string_view input, std::string& out) {
  Want want = state_ == State::dead ? Want::failed : Want::read;
  while (!input.empty() && state_ != State::dead) {
    switch (reader_.read(input)) {
      case ReplyReader::State::more:
        return want;
      case ReplyReader::State::garbage:
        return fail("the server does not speak SMTP");
      case ReplyReader::State::reply:
        break;
    }
    const Reply reply = reader_.take();
    if (awaited_.empty()) return fail("the server said without being asked: " + reply.text());
    want = on_reply(reply, out);
    if (want == Want::mail_done && !input.empty()) {
      if (state_ != State::dead) failure_ = "the server said more than it was asked";
      state_ = State::dead;  // mostly "421 closing"; the outcome stands
      return want;
    }
    if (want == Want::start_tls && !input.empty()) {
      // Sent in the clear and meant to be taken for something said under TLS (CVE-2011-0411, of the other side).
      return fail("the server sent something behind its answer to STARTTLS");
    }
  }
  return want;
}

ClientSession::Want ClientSession::on_reply(const Reply& reply, std::string& out) {
  const Step step = awaited_.front();
  awaited_.pop_front();
  if (step == Step::quit) {
    state_ = State::dead;
    return Want::closed;
  }
  if (state_ == State::opening) return on_opening_reply(step, reply, out);
  return on_mail_reply(step, reply, out);
}

ClientSession::Want ClientSession::on_opening_reply(Step step, const Reply& reply, std::string& out) {
  switch (step) {
    case Step::greeting:
      if (reply.code != 220) return fail_by(reply, "the server's greeting was ");
      say(Step::ehlo, "EHLO " + options_->host_name, out);
      return Want::read;
    case Step::ehlo:
      if (reply.is(2)) {
        read_extensions(reply);
        return go_on(out);
      }
      if (!reply.is(5)) return fail("EHLO was answered with " + reply.text());
      say(Step::helo, "HELO " + options_->host_name, out);
      return Want::read;
    case Step::helo:
      if (!reply.is(2)) return fail_by(reply, "HELO was answered with ");
      extensions_ = {};
      return go_on(out);
    case Step::starttls:
      if (reply.code == 220) {
        state_ = State::tls;
        return Want::start_tls;
      }
      if (options_->tls == TlsPolicy::required) return fail_by(reply, "STARTTLS was answered with ");
      starttls_refused_ = true;
      return go_on(out);
    case Step::auth_login:
    case Step::auth_user:
      if (reply.code == 334) {
        const bool asks_user = step == Step::auth_login;
        say(asks_user ? Step::auth_user : Step::auth_password,
            base64_word(asks_user ? options_->username : options_->password), out);
        return Want::read;
      }
      [[fallthrough]];
    case Step::auth_plain:
    case Step::auth_password:
      if (reply.code != 235) return fail_by(reply, "the login of " + options_->username + " was answered with ");
      state_ = State::idle;
      return Want::idle;
    default:
      return fail("the server answered out of order");
  }
}

void ClientSession::read_extensions(const Reply& reply) {
  extensions_ = {};
  for (std::size_t i = 1; i < reply.lines.size(); ++i) {  // the first line is the server's name
    std::string_view rest = reply.lines[i];
    const auto keyword = next_parameter(rest);
    if (!keyword) continue;
    if (ascii_iequals(keyword->key, "pipelining")) extensions_.pipelining = true;
    else if (ascii_iequals(keyword->key, "8bitmime")) extensions_.eight_bit = true;
    else if (ascii_iequals(keyword->key, "smtputf8")) extensions_.utf8 = true;
    else if (ascii_iequals(keyword->key, "starttls")) extensions_.starttls = true;
    else if (ascii_iequals(keyword->key, "size")) {
      extensions_.size = true;
      extensions_.size_max = parse_number(trim(rest)).value_or(0);
    } else if (ascii_iequals(keyword->key, "auth")) {
      while (const auto mechanism = next_parameter(rest)) {
        if (ascii_iequals(mechanism->key, "plain")) extensions_.auth_plain = true;
        if (ascii_iequals(mechanism->key, "login")) extensions_.auth_login = true;
      }
    }
  }
}

ClientSession::Want ClientSession::go_on(std::string& out) {
  if (!tls_ && options_->tls != TlsPolicy::none && !starttls_refused_) {
    if (extensions_.starttls) {
      say(Step::starttls, "STARTTLS", out);
      return Want::read;
    }
    if (options_->tls == TlsPolicy::required) return refuse("the server does not offer STARTTLS, and TLS is required");
  }
  return log_in(out);
}

ClientSession::Want ClientSession::log_in(std::string& out) {
  if (options_->username.empty()) {
    state_ = State::idle;
    return Want::idle;
  }
  if (!tls_ && !options_->login_in_the_clear) return refuse("the password is not sent without TLS");
  if (extensions_.auth_plain) {
    std::string secret;
    secret.append(1, '\0').append(options_->username).append(1, '\0').append(options_->password);
    say(Step::auth_plain, "AUTH PLAIN " + base64_word(secret), out);
  } else if (extensions_.auth_login) {
    say(Step::auth_login, "AUTH LOGIN", out);
  } else {
    return refuse("the server offers neither AUTH PLAIN nor LOGIN");
  }
  return Want::read;
}

ClientSession::Want ClientSession::on_tls_started(std::string& out) {
  assert(state_ == State::tls);
  state_ = State::opening;
  tls_ = true;
  extensions_ = {};
  say(Step::ehlo, "EHLO " + options_->host_name, out);
  return Want::read;
}

ClientSession::Want ClientSession::send(const ClientMail& mail, std::string& out) {
  assert(state_ == State::idle);
  outcome_ = {};
  decided_ = dot_sent_ = false;
  const auto never = [&](std::string why, MailOutcome::Stage stage = MailOutcome::Stage::recipient) {
    outcome_ = {MailOutcome::Kind::permanent, std::move(why), false, stage};
    return Want::mail_done;
  };
  if (!is_safe_address(mail.sender))
    return never("the sender's address can't be written in SMTP", MailOutcome::Stage::sender);
  if (mail.recipient.empty() || !is_safe_address(mail.recipient)) {
    return never("the recipient's address can't be written in SMTP");
  }
  const bool utf8 = !is_ascii(mail.sender) || !is_ascii(mail.recipient);
  if (utf8 && !extensions_.utf8) return never("the address needs SMTPUTF8, which the server does not offer");
  const std::size_t size = wire_size(mail.message);
  if (extensions_.size_max != 0 && size > extensions_.size_max) {
    return never("the message has " + std::to_string(size) + " octets, the server takes at most " +
                     std::to_string(extensions_.size_max),
                 MailOutcome::Stage::text);
  }
  std::string from = "MAIL FROM:<" + std::string(mail.sender) + ">";
  if (extensions_.size) from += " SIZE=" + std::to_string(size);
  if (extensions_.eight_bit && !is_ascii(mail.message)) from += " BODY=8BITMIME";
  if (utf8) from += " SMTPUTF8";
  commands_.clear();
  if (std::exchange(needs_rset_, false)) commands_.push_back({Step::rset, "RSET"});
  commands_.push_back({Step::mail, std::move(from)});
  commands_.push_back({Step::rcpt, "RCPT TO:<" + std::string(mail.recipient) + ">"});
  commands_.push_back({Step::data, "DATA"});
  message_ = mail.message;
  state_ = State::busy;
  push_commands(out);
  return Want::read;
}

void ClientSession::push_commands(std::string& out) {
  do {
    say(commands_.front().step, commands_.front().text, out);
    commands_.pop_front();
  } while (extensions_.pipelining && !commands_.empty());
}

ClientSession::Want ClientSession::on_mail_reply(Step step, const Reply& reply, std::string& out) {
  const bool is_good = step == Step::data ? reply.code == 354 : reply.is(2);
  if (reply.code == 421) {
    // It closes now, whatever was asked. After the dot that is an answer too: not taken.
    note(MailOutcome::Kind::temporary, reply.text(), step != Step::text, stage_of(step));
    state_ = State::dead;
    return finish_mail();
  }
  if (!is_good) {
    const bool permanent = reply.is(5) && step != Step::rset;
    note(permanent ? MailOutcome::Kind::permanent : MailOutcome::Kind::temporary, reply.text(), false, stage_of(step));
    needs_rset_ = true;
  }
  if (step == Step::data && is_good) {
    if (decided_) {
      // MAIL or RCPT was refused and yet it wants text (RFC 2920, section 3.1): an empty one goes to nobody.
      out.append(".\r\n");
    } else {
      append_data(message_, out);
      dot_sent_ = true;
    }
    awaited_.push_back(Step::text);
    return Want::read;
  }
  if (step == Step::text) {
    if (!decided_) note(MailOutcome::Kind::delivered, reply.text(), false, MailOutcome::Stage::text);
    else if (is_good) needs_rset_ = false;
  }
  if (decided_) commands_.clear();
  if (!awaited_.empty()) return Want::read;
  if (commands_.empty()) return finish_mail();
  push_commands(out);
  return Want::read;
}

void ClientSession::note(MailOutcome::Kind kind, std::string detail, bool connection_fault, MailOutcome::Stage stage) {
  if (std::exchange(decided_, true)) return;
  outcome_ = {kind, std::move(detail), connection_fault, stage};
}

MailOutcome::Stage ClientSession::stage_of(Step step) {
  switch (step) {
    case Step::mail:
      return MailOutcome::Stage::sender;
    case Step::rcpt:
      return MailOutcome::Stage::recipient;
    case Step::data:
      return MailOutcome::Stage::data;
    case Step::text:
      return MailOutcome::Stage::text;
    default:
      return MailOutcome::Stage::none;
  }
}

ClientSession::Want ClientSession::finish_mail() {
  if (state_ != State::dead) state_ = State::idle;
  dot_sent_ = false;
  message_ = {};
  return Want::mail_done;
}

MailOutcome ClientSession::take_outcome() {
  return std::exchange(outcome_, {});
}

MailOutcome ClientSession::on_lost(std::string_view cause, bool all_written) {
  MailOutcome outcome;
  outcome.detail = cause;
  if (decided_) {
    outcome = std::move(outcome_);  // refused already; only the rest of the talk was lost
  } else if (dot_sent_ && all_written) {
    outcome.kind = MailOutcome::Kind::unknown;
  } else {
    outcome.kind = MailOutcome::Kind::temporary;
    outcome.connection_fault = true;
  }
  state_ = State::dead;
  return outcome;
}

void ClientSession::quit(std::string& out) {
  if (state_ == State::dead || state_ == State::tls) return;
  state_ = State::quitting;
  say(Step::quit, "QUIT", out);
}

void ClientSession::say(Step step, std::string_view command, std::string& out) {
  out.append(command).append("\r\n");
  awaited_.push_back(step);
}

ClientSession::Want ClientSession::fail(std::string why) {
  failure_ = std::move(why);
  if (state_ == State::busy) {
    const bool dot_sent = dot_sent_;
    // Whatever it said after the dot is no answer: it may have taken the mail.
    note(dot_sent ? MailOutcome::Kind::unknown : MailOutcome::Kind::temporary, failure_, !dot_sent);
    state_ = State::dead;
    return finish_mail();
  }
  state_ = State::dead;
  return Want::failed;
}

ClientSession::Want ClientSession::refuse(std::string why) {
  refused_ = true;
  return fail(std::move(why));
}

ClientSession::Want ClientSession::fail_by(const Reply& reply, std::string what) {
  return reply.is(5) ? refuse(std::move(what) + reply.text()) : fail(std::move(what) + reply.text());
}

}  // namespace orgo::smtp
