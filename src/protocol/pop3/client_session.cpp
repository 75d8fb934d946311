#include "protocol/pop3/client_session.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <utility>

#include "base/printable.h"
#include "base/text.h"
#include "base/work.h"

namespace orgo::pop3 {
namespace {

constexpr std::size_t kLineMost = 4096;  ///< of what is no mail; RFC 2449 says 512
constexpr std::size_t kPieceMost = 64U << 10U;
constexpr std::size_t kCapabilitiesMost = 200;
constexpr std::uint64_t kHeaderMost = 256U << 10U;
constexpr std::size_t kAuthLineMost = 255;  ///< RFC 5034, section 4: else the first message waits for "+"

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return out;
}

template <typename T>
bool take_number(std::string_view& text, T& value) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

ClientSession::ClientSession(const ClientOptions& options, bool tls) : options_(&options), tls_(tls) {}

ClientSession::Want ClientSession::fail(Fault fault, std::string why) {
  dead_ = true;
  step_ = Step::none;
  fault_ = fault;
  failure_ = without_secret(why);
  return Want::failed;
}

std::string ClientSession::without_secret(std::string_view text) const {
  return sasl::without_secret(text, options_->username, options_->secret, options_->host, options_->port);
}

void ClientSession::say(Step step, std::string_view command, std::string& out) {
  step_ = step;
  in_text_ = false;
  out.append(command).append("\r\n");
}

ClientSession::Want ClientSession::consume(std::string_view input, std::string& out) {
  if (dead_) return Want::failed;
  Want want = step_ == Step::none ? Want::done : Want::read;
  while (!input.empty()) {
    const std::size_t lf = input.find('\n');
    const std::string_view piece =
        input.substr(0, std::min(lf == std::string_view::npos ? input.size() : lf + 1, kPieceMost));
    count_work(piece.size());
    line_.append(piece);
    input.remove_prefix(piece.size());
    const bool ended = line_.ends_with('\n');
    const bool mail_text = in_text_ && (step_ == Step::retr || step_ == Step::top);
    if (!ended) {
      if (line_.size() <= kLineMost) continue;
      if (!mail_text)
        return fail(Fault::protocol,
                    "the server does not speak POP3: a line of more than " + std::to_string(kLineMost) + " octets");
      // A mail may have lines of any length: the octets go on, only the dot at the line's beginning matters. CR may be
      // half of an end.
      const std::size_t keep = line_.ends_with('\r') ? 1 : 0;
      std::string_view part = std::string_view(line_).substr(0, line_.size() - keep);
      if (!line_begun_ && behind_crlf_ && part.starts_with('.')) part.remove_prefix(1);
      size_ += part.size();
      if (size_ <= size_max_) text_.append(part);
      line_begun_ = true;
      line_.erase(0, line_.size() - keep);
      continue;
    }
    const Want next = on_line(line_, out);
    line_.clear();
    line_begun_ = false;
    if (next == Want::failed || next == Want::closed) return next;
    if (next == Want::start_tls) {
      // Sent in the clear and meant to be taken for something said under TLS.
      if (!input.empty()) return fail(Fault::protocol, "the server sent something behind its answer to STLS");
      return next;
    }
    want = step_ == Step::none ? Want::done : Want::read;
    if (want == Want::done && !input.empty()) return fail(Fault::protocol, "the server said more than it was asked");
  }
  return want;
}

ClientSession::Want ClientSession::on_line(std::string_view line, std::string& out) {
  if (in_text_) {
    const bool mail = step_ == Step::retr || step_ == Step::top;
    if (!line_begun_ && is_end(line, mail)) return on_end(out);
    if (!line_begun_ && (!mail || behind_crlf_) && line.starts_with('.')) line.remove_prefix(1);
    behind_crlf_ = line.ends_with("\r\n");
    return on_text(line);
  }
  if (step_ == Step::none)
    return fail(Fault::protocol, "the server said without being asked: " + printable_line(without_secret(trim(line))));
  return on_status(trim(line), out);
}

/// A mail ends by CRLF "." CRLF and nothing else (RFC 1939, section 3): bare line feeds around a dot are text that
/// somebody sent. Some servers hand out a mail whose last line ends in a bare LF and put no CRLF before their dot:
/// that is the end when the mail has all the octets that LIST told. Lists are the server's own words.
bool ClientSession::is_end(std::string_view line, bool mail) const {
  if (!mail) return line == ".\r\n" || line == ".\n";
  return line == ".\r\n" && (behind_crlf_ || (size_expected_ > 0 && size_ >= size_expected_));
}

ClientSession::Want ClientSession::on_status(std::string_view line, std::string& out) {
  if (step_ == Step::auth && (line == "+" || line.starts_with("+ "))) {
    if (!std::exchange(message_sent_, true)) {
      out.append(sasl::first_message(mechanism_, options_->username, options_->secret, options_->host, options_->port))
          .append("\r\n");
    } else {
      challenge_ = sasl::error_of_challenge(trim(line.substr(1)));
      out.append(sasl::after_error(mechanism_)).append("\r\n");
    }
    return Want::read;
  }
  const bool ok = ascii_istarts_with(line, "+OK");
  if (!ok && !ascii_istarts_with(line, "-ERR")) {
    return fail(Fault::protocol, "the server does not speak POP3: " + printable_line(without_secret(line), 100));
  }
  const std::string_view answer = trim(line.substr(ok ? 3 : 4));
  ok_ = ok;
  said_ = printable_line(without_secret(answer));
  const Step step = step_;
  switch (step) {
    case Step::greeting:
      if (!ok) return fail(Fault::unavailable, "the server's greeting was -ERR " + said_);
      say(Step::capa, "CAPA", out);
      return Want::read;
    case Step::capa:
      capabilities_.clear();
      sasl_.clear();
      if (!ok) return after_capa(out);  // an old server
      break;
    case Step::stls:
      if (!ok) return fail(Fault::setup, "STLS was answered with " + said_);
      return Want::start_tls;
    case Step::user:
      if (!ok) return login_failed(answer);
      say(Step::pass, "PASS " + options_->secret, out);
      return Want::read;
    case Step::pass:
    case Step::auth:
      if (!ok) return login_failed(answer);
      step_ = Step::none;
      return Want::done;
    case Step::uidl:
      if (!ok) {
        knows_uidl_ = false;
        ok_ = true;  // LIST did its part
        step_ = Step::none;
        return Want::done;
      }
      knows_uidl_ = true;
      break;
    case Step::dele:
      step_ = Step::none;
      return Want::done;
    case Step::quit:
      dead_ = true;
      return Want::closed;
    case Step::list:
    case Step::retr:
    case Step::top:
      if (!ok) {
        step_ = Step::none;
        return Want::done;
      }
      break;
    case Step::none:
      return Want::read;
  }
  in_text_ = behind_crlf_ = true;
  return Want::read;
}

ClientSession::Want ClientSession::login_failed(std::string_view answer) {
  const std::string code =
      upper(answer.substr(0, answer.find(']') == std::string_view::npos ? 0 : answer.find(']') + 1));
  const bool passing = code == "[IN-USE]" || code == "[LOGIN-DELAY]" || code == "[SYS/TEMP]";
  std::string why = std::string(options_->secret_is_token ? "the token of " : "the login of ") + options_->username +
                    " was answered with " + said_;
  if (!challenge_.empty()) why += " (" + challenge_ + ")";
  return fail(passing ? Fault::unavailable : Fault::login, std::move(why));
}

ClientSession::Want ClientSession::on_text(std::string_view line) {
  if (step_ == Step::retr || step_ == Step::top) {
    size_ += line.size();
    if (size_ <= size_max_) text_.append(line);
    return Want::read;
  }
  line = trim(line);
  if (step_ == Step::capa) {
    if (capabilities_.size() >= kCapabilitiesMost) return Want::read;
    const std::size_t space = line.find(' ');
    const std::string keyword = upper(line.substr(0, space));
    capabilities_.insert(keyword);
    if (keyword == "SASL" && space != std::string_view::npos) {
      for (const std::string_view mechanism : split(line.substr(space + 1), ' ')) {
        if (sasl_.size() < kCapabilitiesMost) sasl_.insert(upper(mechanism));
      }
    }
    return Want::read;
  }
  std::uint32_t number = 0;
  if (!take_number(line, number) || number == 0)
    return fail(Fault::protocol, "the server's list has a line that names no mail");
  if (step_ == Step::list) {
    Listed mail;
    mail.number = number;
    if (!take_number(line, mail.size)) return fail(Fault::protocol, "the server's list has a line without a size");
    if (listed_.size() >= kListMost)
      return fail(Fault::protocol, "the server has more than " + std::to_string(kListMost) + " mails");
    if (!listed_.empty() && listed_.back().number >= number)
      return fail(Fault::protocol, "the server's list is not in order");
    listed_.push_back(std::move(mail));
    return Want::read;
  }
  if (const auto mail = find_listed(number); mail != listed_.end()) mail->uidl = trim(line).substr(0, 200);
  return Want::read;
}

std::vector<Listed>::iterator ClientSession::find_listed(std::uint32_t number) {
  const auto mail = std::lower_bound(listed_.begin(), listed_.end(), number,
                                     [](const Listed& a, std::uint32_t b) { return a.number < b; });
  return mail != listed_.end() && mail->number == number ? mail : listed_.end();
}

ClientSession::Want ClientSession::on_end(std::string& out) {
  in_text_ = false;
  const Step step = std::exchange(step_, Step::none);
  if (step == Step::capa) return after_capa(out);
  if (step == Step::list && !listed_.empty()) {
    say(Step::uidl, "UIDL", out);
    return Want::read;
  }
  return Want::done;
}

ClientSession::Want ClientSession::after_capa(std::string& out) {
  if (options_->stls && !tls_) {
    // A server without CAPA may know STLS all the same; what has CAPA says so.
    if (!capabilities_.empty() && !offers("STLS")) {
      return fail(Fault::setup, "the server does not offer STLS; nothing was sent to it in the clear");
    }
    say(Step::stls, "STLS", out);
    return Want::read;
  }
  return log_in(out);
}

ClientSession::Want ClientSession::on_tls_started(std::string& out) {
  assert(step_ == Step::stls);
  tls_ = true;
  line_.clear();
  capabilities_.clear();
  sasl_.clear();
  say(Step::capa, "CAPA", out);
  return Want::read;
}

ClientSession::Want ClientSession::log_in(std::string& out) {
  bool by_auth = true;
  message_sent_ = false;
  mechanism_ = sasl::Mechanism::plain;
  if (options_->secret_is_token) {
    if (sasl_.contains("XOAUTH2")) mechanism_ = sasl::Mechanism::xoauth2;
    else if (sasl_.contains("OAUTHBEARER")) mechanism_ = sasl::Mechanism::oauth_bearer;
    else return fail(Fault::setup, "the server takes no tokens here (neither SASL XOAUTH2 nor OAUTHBEARER is offered)");
  } else {
    by_auth = sasl_.contains("PLAIN");
  }
  if (!sasl::is_sendable(mechanism_, options_->username, options_->secret)) {
    return fail(Fault::setup, "the username or its secret is empty, too long or has characters that can't be sent");
  }
  if (!by_auth) {
    for (const std::string& word : {options_->username, options_->secret}) {
      if (word.find_first_of("\r\n") != std::string::npos)
        return fail(Fault::setup, "the username or its secret has a line break");
    }
    say(Step::user, "USER " + options_->username, out);
    return Want::read;
  }
  std::string command = "AUTH " + std::string(sasl::name(mechanism_));
  const std::string first =
      sasl::first_message(mechanism_, options_->username, options_->secret, options_->host, options_->port);
  if (command.size() + 1 + first.size() + 2 <= kAuthLineMost) {
    command += " " + first;
    message_sent_ = true;
  }
  say(Step::auth, command, out);
  return Want::read;
}

ClientSession::Want ClientSession::list(std::string& out) {
  listed_.clear();
  knows_uidl_ = true;  // of an empty mailbox nobody knows
  say(Step::list, "LIST", out);
  return Want::read;
}

ClientSession::Want ClientSession::retrieve(std::uint32_t number, std::uint64_t size_max, std::string& out) {
  text_.clear();
  size_ = 0;
  size_max_ = size_max;
  const auto mail = find_listed(number);
  size_expected_ = mail == listed_.end() ? 0 : mail->size;
  say(Step::retr, "RETR " + std::to_string(number), out);
  return Want::read;
}

ClientSession::Want ClientSession::top(std::uint32_t number, std::string& out) {
  text_.clear();
  size_ = 0;
  size_expected_ = 0;
  size_max_ = kHeaderMost;
  say(Step::top, "TOP " + std::to_string(number) + " 0", out);
  return Want::read;
}

ClientSession::Want ClientSession::remove(std::uint32_t number, std::string& out) {
  say(Step::dele, "DELE " + std::to_string(number), out);
  return Want::read;
}

ClientSession::Want ClientSession::quit(std::string& out) {
  say(Step::quit, "QUIT", out);
  return Want::read;
}

}  // namespace orgo::pop3
