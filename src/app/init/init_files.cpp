#include "app/init/init_files.h"

#include <algorithm>
#include <charconv>

#include "app/options/checks.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace orgo {
namespace {

constexpr std::size_t kPeopleMost = 50;

/// A text as YAML reads it back whatever it holds: JSON's strings are YAML's.
std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> list;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    if (const auto one = trim(text.substr(0, comma)); !one.empty()) list.emplace_back(one);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return list;
}

std::string domain_of(const InitAnswers& answers) {
  return answers.domain.empty() ? "example.org" : answers.domain;
}

/// As YAML writes a list: ["a", "b"]
std::string list_of(const std::vector<std::string>& texts, std::size_t from = 0) {
  std::string out = "[";
  for (std::size_t i = from; i < texts.size(); ++i) out += (i > from ? ", " : "") + quoted(texts[i]);
  return out + "]";
}

struct Relay {
  std::string_view host;
  int port = 25;
};
Relay split_relay(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find(':') != colon) return {text};
  Relay relay{text.substr(0, colon), 0};
  const auto port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), relay.port);
  if (error != std::errc{} || end != port.data() + port.size()) relay.port = 0;
  return relay;
}

std::string wrong_with_addresses(std::string_view answer) {
  const auto list = split_list(answer);
  if (list.empty()) return "is empty; name an address, or @ and a domain";
  for (const auto& one : list)
    if (const auto wrong = option::check_own(one); !wrong.empty()) return "'" + one + "' " + wrong;
  return {};
}

std::string wrong_with_people(std::string_view answer, const InitAnswers& so_far) {
  const auto list = split_list(answer);
  if (list.empty()) return "is empty; name an address";
  if (list.size() > kPeopleMost) return "has more than " + std::to_string(kPeopleMost) + " addresses";
  for (const auto& one : list) {
    if (const auto wrong = option::check_address(one); !wrong.empty()) return "'" + one + "' " + wrong;
    if (std::any_of(so_far.addresses.begin(), so_far.addresses.end(),
                    [&](const std::string& own) { return ascii_iequals(own, one); }))
      return "'" + one + "' is an address that mail comes in by: what is sent there would come back as new mail";
  }
  return {};
}

std::string wrong_with_relay(std::string_view answer) {
  if (answer.empty()) return {};
  const auto relay = split_relay(answer);
  if (relay.port < 1 || relay.port > 65'535) return "has no port behind its colon that is a number from 1 to 65535";
  return option::check_host(relay.host);
}

}  // namespace

std::vector<InitQuestion> init_questions(const InitAnswers& so_far) {
  return {
      {"--name", "What is your organization called? It stands beside the address of our mails.", "My organization"},
      {"--domain", "Which domain is yours?", "example.org"},
      {"--addresses", "Which addresses is mail for? Several with commas between; @example.org is a whole domain.",
       "@" + domain_of(so_far)},
      {"--relay", "Which mail server takes our mails, as host or host:port? Empty: they wait until there is one.", ""},
      {"--people",
       "Who works on it? Mail addresses that people read and Orgo does not, with commas between; the first looks after "
       "Orgo, too.",
       "team@" + domain_of(so_far)},
  };
}

std::string wrong_with(std::string_view option, std::string_view answer, const InitAnswers& so_far) {
  // It is written into files that must be read again.
  if (!is_utf8(answer)) return "has bytes that are no UTF-8";
  if (std::any_of(answer.begin(), answer.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
    return "has a line end or another control character";
  if (option == "--name") return answer.empty() ? "is empty" : option::check_one_line(answer);
  if (option == "--addresses") return wrong_with_addresses(answer);
  if (option == "--domain") return answer.empty() ? "is empty; name a domain" : option::check_domain(answer);
  if (option == "--people") return wrong_with_people(answer, so_far);
  if (option == "--relay") return wrong_with_relay(answer);
  return option::check_zone(answer);
}

void set_answer(InitAnswers& answers, std::string_view option, std::string_view answer) {
  if (option == "--name") answers.name = answer;
  else if (option == "--addresses") answers.addresses = split_list(answer);
  else if (option == "--domain") answers.domain = answer;
  else if (option == "--people") answers.people = split_list(answer);
  else if (option == "--relay") answers.relay = answer;
  else answers.zone = answer;
}

std::string config_text(const InitAnswers& answers) {
  std::string text =
      "# Orgo's configuration. Every key with its meaning: `orgo config explain`. After a change: `orgo config check`, "
      "then start anew.\norganization:\n  name: " +
      quoted(answers.name) + "\n  domain: " + quoted(domain_of(answers)) +
      "\n  addresses: " + list_of(answers.addresses) + "\n  # Who hears of Orgo's own troubles:\n  administrators: [" +
      quoted(answers.people.front()) + "]\n";
  if (!answers.zone.empty()) text += "  time_zone: " + quoted(answers.zone) + "\n";
  text +=
      "\n# Everything that Orgo keeps lies here.\ndata:\n  dir: ./var\n\nrules:\n  files: [rules.yaml]\n\n"
      "# Your mail server delivers by LMTP or SMTP on this machine; or fetch mailboxes by IMAP or POP3: `mailboxes:`.\n"
      "lmtp:\n  listen: 127.0.0.1:2424\nsmtp_in:\n  listen: 127.0.0.1:2525\nhttp:\n  listen: 127.0.0.1:5000\n\n";
  if (answers.relay.empty())
    return text +
           "# Mails wait in the outbox until a server is named:\n# smtp:\n#   host: mail.example.org\n#   port: 587\n"
           "#   username: orgo@example.org\n#   password_file: /etc/orgo/smtp-password\n";
  const auto relay = split_relay(answers.relay);
  return text + "smtp:\n  host: " + quoted(relay.host) + "\n  port: " + std::to_string(relay.port) +
         "\n  # username: orgo@example.org\n  # password_file: /etc/orgo/smtp-password\n";
}

std::string rules_text(const InitAnswers& answers) {
  const auto& people = answers.people;
  std::string text =
      "# Whose work is what, from the top; the first rule that holds decides. `orgo rules check` finds mistakes, and "
      "the server\n# takes a good file within a second. `orgo rules explain MAIL.eml` says which rule holds, and why.\n"
      "match: first\nteams:\n  # `default`: it also hears for teams of modules that nobody has named yet.\n  team: {";
  text += people.size() == 1 ? "address: " + quoted(people.front()) : "members: " + list_of(people);
  text += ", default: true}\nrules:\n";
  const auto others = people.size() == 1 ? std::string() : "      notify: " + list_of(people, 1) + "\n";
  text += "  - name: urgent\n    condition: \"subject contains 'urgent'\"\n    action:\n      route_to: team\n" +
          others + "      set_priority: high\n      escalate_after: \"2 hours\"\n";
  return text + "  - name: the rest\n    action:\n      route_to: team\n" + others;
}

}  // namespace orgo
