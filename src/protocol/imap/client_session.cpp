#include "protocol/imap/client_session.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/text.h"
#include "protocol/imap/command_text.h"
#include "protocol/imap/mailbox_name.h"

namespace orgo::imap {
namespace {

constexpr std::size_t kCapabilitiesMost = 500;
constexpr std::uint64_t kSmallLiteral = 64U << 10U;
constexpr std::size_t kRemoveMost = 10'000;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return out;
}

/// Codes (RFC 5530) that say "not now" rather than "no".
bool is_passing(std::string_view code) {
  return code == "UNAVAILABLE" || code == "INUSE" || code == "LIMIT" || code == "SERVERBUG";
}

}  // namespace

/// Puts a command together: words, strings, and literals where a string can't be quoted.
class ClientSession::Text {
 public:
  Text(Step step, std::string_view word, bool literal_plus) : literal_plus_(literal_plus) {
    command_.step = step;
    command_.parts.emplace_back(word);
  }
  Text& word(std::string_view text) {
    command_.parts.back().append(" ").append(text);
    return *this;
  }
  Text& string(std::string_view text) {
    if (is_quotable(text)) return word(quoted(text));
    word("{" + std::to_string(text.size()) + (literal_plus_ ? "+}" : "}"));
    if (literal_plus_) command_.parts.back().append("\r\n").append(text);
    else command_.parts.emplace_back(text);
    return *this;
  }
  Command take() { return std::move(command_); }

 private:
  Command command_;
  bool literal_plus_;
};

ClientSession::ClientSession(const ClientOptions& options, bool tls)
    : options_(&options), tls_(tls), step_(Step::greeting) {
  reader_.set_literal_max(kSmallLiteral);
}

ClientSession::Want ClientSession::fail(Fault fault, std::string why) {
  dead_ = true;
  step_ = Step::none;
  fault_ = fault;
  failure_ = sasl::without_secret(why, options_->username, options_->secret, options_->host, options_->port);
  return Want::failed;
}

ClientSession::Want ClientSession::consume(std::string_view input, std::string& out) {
  if (dead_) return Want::failed;
  Want want = step_ == Step::none ? Want::done : Want::read;
  while (!input.empty()) {
    switch (reader_.read(input)) {
      case ResponseReader::State::more:
        return want;
      case ResponseReader::State::garbage:
        return fail(Fault::protocol, "the server does not speak IMAP: " + reader_.why());
      case ResponseReader::State::response:
        break;
    }
    const Want next = on_response(reader_.take(), out);
    if (next == Want::failed || next == Want::closed) return next;
    if (next == Want::start_tls) {
      // Sent in the clear and meant to be taken for something said under TLS.
      if (!input.empty()) return fail(Fault::protocol, "the server sent something behind its answer to STARTTLS");
      return next;
    }
    want = step_ == Step::none ? Want::done : Want::read;
  }
  return want;
}

ClientSession::Want ClientSession::on_response(Response response, std::string& out) {
  // Before anything is cut to a length: half a secret is too much, too.
  if (response.is_status())
    response.text =
        sasl::without_secret(response.text, options_->username, options_->secret, options_->host, options_->port);
  switch (response.kind) {
    case Response::Kind::continuation:
      return on_continuation(response, out);
    case Response::Kind::tagged:
      if (step_ == Step::none || step_ == Step::greeting || response.tag != tag_) {
        return fail(Fault::protocol, "the server answered what was not asked: " + response.said());
      }
      return on_tagged(response, out);
    case Response::Kind::untagged:
      break;
  }
  if (step_ == Step::greeting) return on_greeting(response, out);
  return on_untagged(response);
}

ClientSession::Want ClientSession::on_greeting(const Response& response, std::string& out) {
  if (response.name == "BYE") return fail(Fault::unavailable, "the server's greeting was BYE " + response.said());
  if (response.name != "OK" && response.name != "PREAUTH")
    return fail(Fault::protocol, "the server does not greet as IMAP does");
  if (response.name == "PREAUTH") {
    // After PREAUTH there is no STARTTLS: who says so in the clear wants it to stay in the clear.
    if (options_->starttls && !tls_)
      return fail(Fault::setup, "the server greets with PREAUTH, so that TLS can't be started");
    on_code(response);
    return after_login(out);
  }
  on_code(response);
  return after_greeting(out);
}

ClientSession::Want ClientSession::after_greeting(std::string& out) {
  if (!capabilities_known_) {
    send(Text(Step::capability, "CAPABILITY", false).take(), out);
    return Want::read;
  }
  if (options_->starttls && !tls_) {
    if (!offers("STARTTLS"))
      return fail(Fault::setup, "the server does not offer STARTTLS; nothing was sent to it in the clear");
    send(Text(Step::starttls, "STARTTLS", false).take(), out);
    return Want::read;
  }
  return log_in(out);
}

ClientSession::Want ClientSession::on_tls_started(std::string& out) {
  tls_ = true;
  reader_ = {};
  reader_.set_literal_max(kSmallLiteral);
  capabilities_.clear();
  capabilities_known_ = false;
  return after_greeting(out);
}

ClientSession::Want ClientSession::log_in(std::string& out) {
  const bool ir = offers("SASL-IR");
  mechanism_.reset();
  message_sent_ = false;
  if (options_->secret_is_token) {
    if (offers("AUTH=XOAUTH2")) mechanism_ = sasl::Mechanism::xoauth2;
    else if (offers("AUTH=OAUTHBEARER")) mechanism_ = sasl::Mechanism::oauth_bearer;
    else
      return fail(Fault::setup,
                  "the server takes no tokens here (neither AUTH=XOAUTH2 nor AUTH=OAUTHBEARER is offered)");
  } else if (offers("AUTH=PLAIN") && !plain_failed_) {
    mechanism_ = sasl::Mechanism::plain;
  }
  capabilities_known_ = false;  // they may be others after the login
  if (mechanism_) {
    if (!sasl::is_sendable(*mechanism_, options_->username, options_->secret)) {
      return fail(Fault::setup, "the username or its secret is empty, too long or has characters that can't be sent");
    }
    Text text(Step::authenticate, "AUTHENTICATE", false);
    text.word(sasl::name(*mechanism_));
    if (ir) {
      text.word(sasl::first_message(*mechanism_, options_->username, options_->secret, options_->host, options_->port));
      message_sent_ = true;
    }
    send(text.take(), out);
    return Want::read;
  }
  if (offers("LOGINDISABLED")) {
    return fail(Fault::setup, tls_ ? "the server offers no way to log in that is known here"
                                   : "the server takes no password without TLS (LOGINDISABLED)");
  }
  if (options_->username.find('\0') != std::string::npos || options_->secret.find('\0') != std::string::npos) {
    return fail(Fault::setup, "the username or its secret has characters that can't be sent");
  }
  send(Text(Step::login, "LOGIN", offers("LITERAL+")).string(options_->username).string(options_->secret).take(), out);
  return Want::read;
}

ClientSession::Want ClientSession::after_login(std::string& out) {
  logged_in_ = true;
  if (!capabilities_known_) {
    send(Text(Step::capability, "CAPABILITY", false).take(), out);
    return Want::read;
  }
  // Without it a server may hand out mails with international addresses in a mutilated form (RFC 6855).
  if (offers("ENABLE") && (offers("UTF8=ACCEPT") || offers("UTF8=ONLY")) && !utf8_names_) {
    send(Text(Step::enable, "ENABLE UTF8=ACCEPT", false).take(), out);
    return Want::read;
  }
  with_condstore_ = offers("CONDSTORE");
  return select(out);
}

ClientSession::Want ClientSession::select(std::string& out) {
  folder_ = {};
  const auto encoded = encode_mailbox_name(options_->folder);
  if (!encoded) return fail(Fault::folder, encoded.error().message);
  Text text(Step::select, options_->read_only ? "EXAMINE" : "SELECT", offers("LITERAL+"));
  if (utf8_names_) text.word(quoted(options_->folder));  // in quotes as it is (RFC 6855)
  else text.string(*encoded);
  if (with_condstore_) text.word("(CONDSTORE)");
  send(text.take(), out);
  return Want::read;
}

void ClientSession::send(Command command, std::string& out) {
  tag_ = "O" + std::to_string(++counter_);
  step_ = command.step;
  parts_ = std::move(command.parts);
  out.append(tag_).append(" ").append(parts_.front()).append("\r\n");
  parts_.pop_front();
}

void ClientSession::plan(Step step, std::string text) {
  Command command;
  command.step = step;
  command.parts.push_back(std::move(text));
  plan_.push_back(std::move(command));
}

ClientSession::Want ClientSession::start(std::string& out) {
  assert(step_ == Step::none && !dead_);
  outcome_ = {};
  if (plan_.empty()) return Want::done;
  Command command = std::move(plan_.front());
  plan_.pop_front();
  again_.reset();
  if (command.step == Step::copy) again_ = command;
  send(std::move(command), out);
  return Want::read;
}

ClientSession::Want ClientSession::on_continuation(const Response& response, std::string& out) {
  if (!parts_.empty()) {
    out.append(parts_.front());
    parts_.pop_front();
    out.append("\r\n");
    return Want::read;
  }
  if (step_ == Step::authenticate && mechanism_) {
    if (!message_sent_) {
      message_sent_ = true;
      out.append(sasl::first_message(*mechanism_, options_->username, options_->secret, options_->host, options_->port))
          .append("\r\n");
      return Want::read;
    }
    challenge_ = sasl::error_of_challenge(response.text);
    out.append(sasl::after_error(*mechanism_)).append("\r\n");
    return Want::read;
  }
  if (step_ == Step::idle && !idling_) {
    idling_ = true;
    if (std::exchange(end_idle_wanted_, false)) end_idle(out);
    return Want::read;
  }
  return fail(Fault::protocol, "the server asked for something that is not there");
}

void ClientSession::read_capabilities(const std::vector<Value>& values) {
  capabilities_.clear();
  capabilities_known_ = true;
  for (const auto& value : values) {
    if (value.kind == Value::Kind::atom && capabilities_.size() < kCapabilitiesMost)
      capabilities_.insert(upper(value.text));
  }
}

void ClientSession::on_code(const Response& response) {
  const auto number = [&](std::int64_t most) {
    return response.code_arguments.empty() ? -1 : response.code_arguments.front().number(most);
  };
  if (response.code == "CAPABILITY") {
    read_capabilities(response.code_arguments);
  } else if (response.code == "UIDVALIDITY") {
    if (const auto value = number(UINT32_MAX); value > 0) {
      folder_.uid_validity = static_cast<std::uint32_t>(value);
    }
  } else if (response.code == "UIDNEXT") {
    if (const auto value = number(UINT32_MAX); value > 0) folder_.uid_next = static_cast<std::uint32_t>(value);
  } else if (response.code == "HIGHESTMODSEQ") {
    if (const auto value = number(INT64_MAX); value > 0) folder_.highest_mod_seq = static_cast<std::uint64_t>(value);
  } else if (response.code == "NOMODSEQ") {
    folder_.highest_mod_seq = 0;
  } else if (response.code == "READ-ONLY") {
    folder_.read_only = true;
  }
}

ClientSession::Want ClientSession::on_untagged(Response& response) {
  if (response.is_status()) {
    if (response.name == "BYE") {
      if (bye_expected_) return Want::read;
      return fail(Fault::unavailable, "the server ends the connection: " + response.said());
    }
    const std::uint32_t before = folder_.uid_validity;
    on_code(response);
    if (opened_ && folder_.uid_validity != before)
      return fail(Fault::unavailable, "the folder was made anew on the server");
    return Want::read;
  }
  if (response.name == "CAPABILITY") {
    // What comes unasked between STARTTLS and its answer is forgotten in on_tls_started().
    read_capabilities(response.values);
  } else if (response.name == "EXISTS" && response.number >= 0) {
    const auto exists = static_cast<std::uint32_t>(response.number);
    if (opened_ && exists > folder_.exists) news_ = true;
    folder_.exists = exists;
  } else if (response.name == "EXPUNGE" && response.number > 0) {
    if (folder_.exists > 0) --folder_.exists;
  } else if (response.name == "VANISHED") {
    folder_.exists =
        0;  // how many went is not said simply; the next EXISTS tells, and looking once too often is harmless
  } else if (response.name == "SEARCH") {
    for (const std::uint32_t uid : response.uids) found(uid);
  } else if (response.name == "ESEARCH") {
    // Only a server that knows nothing but IMAP4rev2 answers so: "(TAG ...) UID ALL 2,4:7".
    for (std::size_t i = 0; i + 1 < response.values.size(); ++i) {
      if (!response.values[i].is_atom("ALL")) continue;
      for (const std::string_view part : split(response.values[i + 1].text, ',')) {
        const std::size_t colon = part.find(':');
        Value low{Value::Kind::atom, std::string(part.substr(0, colon)), {}, 0};
        Value high{
            Value::Kind::atom, std::string(colon == std::string_view::npos ? part : part.substr(colon + 1)), {}, 0};
        std::int64_t first = low.number(UINT32_MAX);
        std::int64_t last = high.number(UINT32_MAX);
        if (first > last) std::swap(first, last);
        first = std::max<std::int64_t>(first, static_cast<std::int64_t>(search_above_) + 1);
        // The lowest are wanted: of a run no more than that many.
        last = std::min<std::int64_t>(last, first + static_cast<std::int64_t>(search_most_));
        for (std::int64_t uid = first; uid > 0 && uid <= last; ++uid) found(static_cast<std::uint32_t>(uid));
      }
    }
  } else if (response.name == "FETCH") {
    on_fetch(response);
  } else if (response.name == "ENABLED" && step_ == Step::enable) {
    for (const auto& value : response.values) {
      if (value.is_atom("UTF8=ACCEPT")) utf8_names_ = true;
    }
  }
  return Want::read;
}

void ClientSession::found(std::uint32_t uid) {
  if ((step_ != Step::search && step_ != Step::find_deleted) || uid <= search_above_) return;
  // "n:*" always finds the last one, also when it is below n; and the order is the server's.
  if (uids_.size() < search_most_) {
    uids_.push_back(uid);
    if (uids_.size() == search_most_) std::make_heap(uids_.begin(), uids_.end());
  } else if (!uids_.empty() && uid < uids_.front()) {
    std::pop_heap(uids_.begin(), uids_.end());
    uids_.back() = uid;
    std::push_heap(uids_.begin(), uids_.end());
  }
}

ClientSession::Want ClientSession::on_tagged(const Response& response, std::string& out) {
  const Step step = std::exchange(step_, Step::none);
  parts_.clear();
  on_code(response);
  if (!opened_) return on_opened(step, response, out);
  const bool ok = response.name == "OK";
  idling_ = false;
  end_idle_wanted_ = false;
  if (step == Step::logout) {
    dead_ = true;
    return Want::closed;
  }
  if (step == Step::create) {
    // Perhaps somebody else made it meanwhile: the second try says.
    send(std::exchange(again_, std::nullopt).value(), out);
    return Want::read;
  }
  if (!ok && step == Step::copy && response.code == "TRYCREATE" && again_ && !create_.empty()) {
    Command create;
    create.step = Step::create;
    create.parts.push_back("CREATE " + std::exchange(create_, {}));
    send(std::move(create), out);
    return Want::read;
  }
  if (step == Step::search || step == Step::find_deleted) std::sort(uids_.begin(), uids_.end());
  if (step == Step::find_deleted && ok) {
    // Ours alone? Then EXPUNGE takes nobody else's.
    if (!uids_.empty() && uids_.size() < search_most_ &&
        std::includes(removing_.begin(), removing_.end(), uids_.begin(), uids_.end())) {
      plan(Step::expunge, "EXPUNGE");
    }
  }
  if (step == Step::fetch) reader_.set_literal_max(kSmallLiteral);
  if (!ok) {
    plan_.clear();
    outcome_ = {false, response.code, response.said()};
    return Want::done;
  }
  if (plan_.empty()) return Want::done;
  return start(out);
}

ClientSession::Want ClientSession::on_opened(Step step, const Response& response, std::string& out) {
  const bool ok = response.name == "OK";
  switch (step) {
    case Step::capability:
      if (!ok || !capabilities_known_) return fail(Fault::protocol, "CAPABILITY was answered with " + response.said());
      return logged_in_ ? after_login(out) : after_greeting(out);
    case Step::starttls:
      if (!ok) return fail(Fault::setup, "STARTTLS was answered with " + response.said());
      return Want::start_tls;
    case Step::login:
    case Step::authenticate: {
      if (ok) return after_login(out);
      if (response.name == "BAD" && mechanism_ == sasl::Mechanism::plain && !offers("LOGINDISABLED")) {
        // Offered and not understood, as some old servers do: LOGIN says the same.
        plain_failed_ = true;
        return log_in(out);
      }
      const std::string what =
          std::string(options_->secret_is_token ? "the token of " : "the login of ") + options_->username;
      std::string why = what + " was answered with " + response.said();
      if (!challenge_.empty()) why += " (" + challenge_ + ")";
      return fail(is_passing(response.code) ? Fault::unavailable : Fault::login, std::move(why));
    }
    case Step::enable:
      with_condstore_ = offers("CONDSTORE");
      return select(out);  // refused: then without
    case Step::select:
      if (!ok && response.name == "BAD" && with_condstore_) {
        with_condstore_ = false;
        return select(out);
      }
      if (!ok) {
        return fail(is_passing(response.code) ? Fault::unavailable : Fault::folder,
                    "the folder '" + options_->folder + "' can't be opened: " + response.said());
      }
      if (folder_.uid_validity == 0) {
        return fail(Fault::setup,
                    "the server gives the mails of '" + options_->folder + "' no lasting numbers (UIDVALIDITY)");
      }
      opened_ = true;
      outcome_ = {};
      return Want::done;
    default:
      return fail(Fault::protocol, "the server answered out of order");
  }
}

ClientSession::Want ClientSession::search(std::uint32_t above, std::size_t most, std::string& out) {
  search_above_ = above;
  search_most_ = most;
  uids_.clear();
  plan_.clear();
  if (above < UINT32_MAX) plan(Step::search, "UID SEARCH UID " + std::to_string(above + 1) + ":*");
  return start(out);
}

ClientSession::Want ClientSession::search_last(std::string& out) {
  search_above_ = 0;
  search_most_ = 1;
  uids_.clear();
  plan_.clear();
  if (folder_.exists > 0) plan(Step::search, "UID SEARCH UID *");
  return start(out);
}

ClientSession::Want ClientSession::search_these(std::span<const std::uint32_t> uids, std::string& out) {
  search_above_ = 0;
  search_most_ = uids.size() + 1;
  uids_.clear();
  plan_.clear();
  for (const auto& set : uid_sets(uids)) plan(Step::search, "UID SEARCH UID " + set);
  return start(out);
}

ClientSession::Want ClientSession::store_flag(std::span<const std::uint32_t> uids, std::string_view flag,
                                              std::string& out) {
  plan_.clear();
  for (const auto& set : uid_sets(uids))
    plan(Step::store, "UID STORE " + set + " +FLAGS.SILENT (" + std::string(flag) + ")");
  return start(out);
}

ClientSession::Want ClientSession::move(std::span<const std::uint32_t> uids, std::string_view folder,
                                        std::string& out) {
  plan_.clear();
  const auto encoded = encode_mailbox_name(folder);
  if (!encoded) {
    outcome_ = {false, "", encoded.error().message};
    return Want::done;
  }
  const std::string name(utf8_names_ ? std::string(folder) : *encoded);
  const std::string argument = quoted(name);
  create_ = argument;
  const bool has_move = offers("MOVE");
  for (const auto& set : uid_sets(uids))
    plan(Step::copy, (has_move ? "UID MOVE " : "UID COPY ") + set + " " + argument);
  if (!has_move) plan_remove(uids);
  return start(out);
}

void ClientSession::plan_remove(std::span<const std::uint32_t> uids) {
  const auto sets = uid_sets(uids);
  for (const auto& set : sets) plan(Step::store, "UID STORE " + set + " +FLAGS.SILENT (\\Deleted)");
  if (offers("UIDPLUS") || offers("IMAP4REV2")) {
    for (const auto& set : sets) plan(Step::expunge, "UID EXPUNGE " + set);
    return;
  }
  removing_.assign(uids.begin(), uids.end());
  search_above_ = 0;
  search_most_ = kRemoveMost;
  uids_.clear();
  plan(Step::find_deleted, "UID SEARCH DELETED");
}

ClientSession::Want ClientSession::remove(std::span<const std::uint32_t> uids, std::string& out) {
  plan_.clear();
  plan_remove(uids);
  return start(out);
}

ClientSession::Want ClientSession::noop(std::string& out) {
  plan_.clear();
  plan(Step::noop, "NOOP");
  return start(out);
}

ClientSession::Want ClientSession::logout(std::string& out) {
  plan_.clear();
  plan(Step::logout, "LOGOUT");
  bye_expected_ = true;
  return start(out);
}

ClientSession::Want ClientSession::idle(std::string& out) {
  plan_.clear();
  idling_ = false;
  end_idle_wanted_ = false;
  plan(Step::idle, "IDLE");
  return start(out);
}

void ClientSession::end_idle(std::string& out) {
  if (step_ != Step::idle) return;
  if (!idling_) {
    end_idle_wanted_ = true;  // only after the server's "+"
    return;
  }
  idling_ = false;
  end_idle_wanted_ = false;
  out.append("DONE\r\n");
}

}  // namespace orgo::imap
