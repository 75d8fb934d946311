#include "protocol/mime/received.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "protocol/mime/date.h"

namespace orgo::mime {
namespace {

constexpr std::size_t kValueMax = 16 * 1024;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1%6"
bool is_ip(std::string_view text) {
  if (text.empty() || text.size() > 60) return false;
  const auto zone = text.find('%');
  text = text.substr(0, zone);
  const auto colons = std::count(text.begin(), text.end(), ':');
  const auto dots = std::count(text.begin(), text.end(), '.');
  if (colons >= 2)
    return std::all_of(text.begin(), text.end(), [](char c) { return is_hex(c) || c == ':' || c == '.'; });
  return colons == 0 && dots == 3 && text.size() >= 7 && is_digit(text.front()) && is_digit(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

/// The address in "[192.0.2.1]", "[IPv6:2001:db8::1]", "192.0.2.1:2525", "unknown[192.0.2.1]"; empty: none.
std::string_view ip_in(std::string_view word) {
  if (const auto open = word.find('['); open != std::string_view::npos) {
    const auto close = word.find(']', open);
    word = word.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
  }
  if (ascii_istarts_with(word, "IPv6:")) word.remove_prefix(5);
  if (is_ip(word)) return word.substr(0, word.find('%'));
  // With its port.
  if (const auto colon = word.rfind(':'); colon != std::string_view::npos && is_ip(word.substr(0, colon)))
    return word.substr(0, colon);
  return {};
}

std::string_view without(std::string_view word, std::string_view ends) {
  while (!word.empty() && ends.find(word.front()) != std::string_view::npos) word.remove_prefix(1);
  while (!word.empty() && ends.find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  return word;
}

bool is_host_name(std::string_view word) {
  return word.find('.') != std::string_view::npos && word.size() < 256 && !is_ip(word) &&
         std::all_of(word.begin(), word.end(),
                     [](char c) {
                       return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
                              c == '_' || static_cast<unsigned char>(c) >= 0x80;
                     }) &&
         std::any_of(word.begin(), word.end(), [](char c) { return !is_digit(c) && c != '.'; });
}

/// The protocol that a word means (RFC 3848 and practice); empty: none.
std::string_view protocol_of(std::string_view word) {
  constexpr auto kKnown = std::to_array<std::string_view>(
      {"SMTP",      "ESMTP",      "ESMTPA",   "ESMTPS",    "ESMTPSA",   "LMTP",       "LMTPA",    "LMTPS",
       "LMTPSA",    "MMS",        "UTF8SMTP", "UTF8SMTPA", "UTF8SMTPS", "UTF8SMTPSA", "UTF8LMTP", "UTF8LMTPA",
       "UTF8LMTPS", "UTF8LMTPSA", "HTTP",     "HTTPS",     "IMAP",      "POP3",       "LOCAL"});
  word = word.substr(0, word.find_first_of("/,("));
  if (ascii_istarts_with(word, "local-")) word.remove_prefix(6);
  if (ascii_iequals(word, "ESMTP-TLS") || ascii_iequals(word, "SMTPS")) return "ESMTPS";
  if (ascii_iequals(word, "BSMTP") || ascii_istarts_with(word, "SMTPSVC") || ascii_iequals(word, "ASMTP"))
    return "SMTP";
  if (ascii_iequals(word, "HTTPREST") || ascii_iequals(word, "HTTPU")) return "HTTP";
  for (const auto known : kKnown)
    if (ascii_iequals(word, known)) return known;
  return {};
}

/// "TLSv1/SSLv3", "TLS-1.0", "TLS1_2", "TLSv1.3" -> "TLSv1.3"; empty: no such thing.
std::string tls_version(std::string_view word) {
  if (ascii_istarts_with(word, "SSLv")) return "SSLv" + std::string(word.substr(4, 1));
  if (!ascii_istarts_with(word, "TLS")) return {};
  word.remove_prefix(3);
  if (word.starts_with('v') || word.starts_with('V') || word.starts_with('-')) word.remove_prefix(1);
  if (!word.starts_with('1')) return {};
  const char minor = word.size() > 2 && (word[1] == '.' || word[1] == '_') && is_digit(word[2]) ? word[2] : '0';
  return std::string("TLSv1.") + minor;
}

/// A name of a cipher suite, not a count of bits and not "OTHER".
bool is_cipher(std::string_view word) {
  return word.size() >= 6 && (word.find('-') != std::string_view::npos || word.find('_') != std::string_view::npos) &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; });
}

struct Token {
  std::string_view text;
  int depth = 0;  ///< of parentheses
};

/// Words, with the parentheses around them counted; a ';' outside of them ends them and begins the date.
std::vector<Token> tokens_of(std::string_view value, std::string_view& date) {
  std::vector<Token> tokens;
  int depth = 0;
  std::size_t begin = 0, bracket = 0;
  // The date stands behind the last ';' that is in no comment.
  std::size_t last_semicolon = std::string_view::npos;
  int level = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '(') ++level;
    if (value[i] == ')' && level > 0) --level;
    if (value[i] == ';' && level == 0) last_semicolon = i;
  }
  if (last_semicolon != std::string_view::npos) {
    date = trim(value.substr(last_semicolon + 1));
    value = value.substr(0, last_semicolon);
  }
  const auto flush = [&](std::size_t end) {
    if (end > begin) tokens.push_back({value.substr(begin, end - begin), depth});
  };
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '[') ++bracket;
    if (c == ']' && bracket > 0) --bracket;
    if (c == '(' || c == ')') {
      flush(i);
      begin = i + 1;
      depth = c == '(' ? depth + 1 : std::max(0, depth - 1);
      bracket = 0;
      // A mark, so that one comment does not run into the next.
      tokens.push_back({c == '(' ? "(" : ")", c == '(' ? depth : depth + 1});
    } else if (is_space(c) || c == ';') {
      flush(i);
      begin = i + 1;
    }
  }
  flush(value.size());
  return tokens;
}

enum class Part { none, from, by, with, id, for_, via };

Part keyword(std::string_view word) {
  if (ascii_iequals(word, "from")) return Part::from;
  if (ascii_iequals(word, "by")) return Part::by;
  if (ascii_iequals(word, "with")) return Part::with;
  if (ascii_iequals(word, "id")) return Part::id;
  if (ascii_iequals(word, "for")) return Part::for_;
  if (ascii_iequals(word, "via")) return Part::via;
  return Part::none;
}

class ReceivedReader {
 public:
  Received run(std::string_view value) {
    std::string_view date;
    const auto tokens = tokens_of(value.substr(0, kValueMax), date);
    out_.date = parse_date(date);
    for (std::size_t i = 0; i < tokens.size();) {
      if (tokens[i].text == "(") {
        auto end = i + 1;
        while (end < tokens.size() && tokens[end].depth >= tokens[i].depth &&
               !(tokens[end].text == ")" && tokens[end].depth == tokens[i].depth))
          ++end;
        take_comment(
            {tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1, tokens.begin() + static_cast<std::ptrdiff_t>(end)});
        i = end + 1;
        continue;
      }
      if (tokens[i].text != ")") take_word(tokens, i);
      ++i;
    }
    return std::move(out_);
  }

 private:
  void take_word(const std::vector<Token>& tokens, std::size_t i) {
    const auto word = tokens[i].text;
    if (const auto next = keyword(word); next != Part::none && !expects_value_) {
      part_ = next;
      expects_value_ = next != Part::with;
      return;
    }
    const bool first = std::exchange(expects_value_, false);
    if (ascii_iequals(word, "encrypted") && i > 0 && out_.tls_cipher.empty() && is_cipher(tokens[i - 1].text))
      out_.tls_cipher = tokens[i - 1].text;
    switch (part_) {
      case Part::from:
        if (first && out_.from.empty() && !from_seen_) {
          from_seen_ = true;
          const auto ip = ip_in(word);
          out_.from = ip.empty() ? std::string(without(word, "<>,[]")) : std::string(ip);
        } else if (out_.from_ip.empty() && word.starts_with('[')) {
          out_.from_ip = ip_in(word);
        }
        break;
      case Part::by:
        if (first && out_.by.empty()) out_.by = without(word, "<>,[]");
        break;
      case Part::with:
        if (out_.with.empty()) {
          out_.with = protocol_of(without(word, "[]"));
          // "ESMTP/TLS/DHE-RSA-AES256-GCM-SHA384"
          if (const auto slash = word.rfind('/'); slash != std::string_view::npos &&
                                                  word.find("TLS") != std::string_view::npos &&
                                                  is_cipher(word.substr(slash + 1)))
            out_.tls_cipher = word.substr(slash + 1);
        }
        break;
      case Part::id:
        if (first && out_.id.empty()) out_.id = without(word, "<>,;");
        break;
      case Part::for_:
        if (first && out_.for_recipient.empty()) {
          const auto recipient = without(word, "<>,;");
          if (recipient.find('@') != std::string_view::npos) out_.for_recipient = recipient;
        }
        break;
      case Part::via:
        if (first && out_.via.empty()) out_.via = without(word, "<>,;");
        break;
      case Part::none:
        break;
    }
  }

  void take_comment(std::vector<Token> words) {
    std::erase_if(words, [](const Token& token) { return token.text == "(" || token.text == ")"; });
    if (words.empty()) return;
    if (take_tls(words)) return;
    // Only what stands before "by" is about the peer. "from (name [ip])": a peer without a name.
    if (part_ != Part::from) return;
    if (expects_value_) {
      expects_value_ = false;
      from_seen_ = true;
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
      auto word = without(words[i].text, ",;");
      if ((ascii_iequals(word, "HELO") || ascii_iequals(word, "EHLO")) && i + 1 < words.size()) {
        take_helo(words[++i].text);
      } else if (ascii_istarts_with(word, "helo=") || ascii_istarts_with(word, "ehlo=")) {
        take_helo(word.substr(5));
      } else if (ascii_istarts_with(word, "ident=")) {
        if (out_.ident.empty()) out_.ident = without(word.substr(6), "[]<>");
      } else if (const auto ip = ip_in(word); !ip.empty()) {
        if (out_.from_ip.empty()) out_.from_ip = ip;
        // "host.example.com[192.0.2.1]", "<name>[192.0.2.1]"
        take_reverse(word.substr(0, word.find('[')));
      } else if (word.find('@') != std::string_view::npos) {
        const auto at = word.find('@');
        const auto host = without(word.substr(at + 1), "<>[]");
        if (const auto host_ip = ip_in(host); !host_ip.empty()) {
          if (out_.ident.empty()) out_.ident = without(word.substr(0, at), "<>");
          if (out_.from_ip.empty()) out_.from_ip = host_ip;
        } else if (out_.ident.empty()) {
          out_.ident = without(word, "<>");
        }
      } else {
        take_reverse(word);
      }
    }
  }
  void take_helo(std::string_view word) {
    if (!out_.helo.empty()) return;
    const auto ip = ip_in(word);
    out_.helo = ip.empty() ? std::string(without(word, "<>,;")) : std::string(ip);
  }
  void take_reverse(std::string_view word) {
    word = without(word, "<>,;");
    if (out_.from_reverse.empty() && is_host_name(word)) out_.from_reverse = word;
  }

  /// "using TLSv1.3 with cipher X (256/256 bits)", "Cipher TLSv1:X:168", "TLS: TLSv1/SSLv3, 168bits,X",
  /// "version=TLS1_2 cipher=X bits=128/128", "tls_cipher TLS-1.0:X:32"
  bool take_tls(const std::vector<Token>& words) {
    const bool tls = std::any_of(words.begin(), words.end(), [](const Token& token) {
      const auto word = token.text;
      return ascii_istarts_with(word, "TLS") || ascii_iequals(word, "cipher") || ascii_istarts_with(word, "cipher=") ||
             ascii_istarts_with(word, "version=TLS") || ascii_istarts_with(word, "version=SSL");
    });
    if (!tls) return false;
    for (const auto& token : words) {
      auto rest = token.text;
      while (!rest.empty()) {
        const auto end = rest.find_first_of(":,=");
        const auto piece = without(rest.substr(0, end), "()[];");
        if (out_.tls_version.empty() && !is_long_cipher(piece)) out_.tls_version = tls_version(piece);
        if (out_.tls_cipher.empty() && is_cipher(piece) && tls_version(piece).empty()) out_.tls_cipher = piece;
        if (out_.tls_cipher.empty() && is_long_cipher(piece)) out_.tls_cipher = piece;
        if (end == std::string_view::npos) break;
        rest = rest.substr(end + 1);
      }
    }
    return true;
  }
  /// "TLS_AES_256_GCM_SHA384" is a cipher, not a version.
  static bool is_long_cipher(std::string_view word) { return word.starts_with("TLS_") && is_cipher(word); }

  Received out_;
  Part part_ = Part::none;
  bool expects_value_ = false;
  bool from_seen_ = false;
};

}  // namespace

Received parse_received(std::string_view value) {
  return ReceivedReader().run(value);
}

}  // namespace orgo::mime
