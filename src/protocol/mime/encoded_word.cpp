#include "protocol/mime/encoded_word.h"

#include <algorithm>
#include <cstring>

#include "base/charset.h"
#include "base/charset_meant.h"
#include "base/text.h"
#include "base/work.h"
#include "protocol/mime/line_scan.h"
#include "protocol/mime/transfer_encoding.h"

namespace orgo::mime {
namespace {

constexpr std::size_t kCharsetMax = 64;

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Appends text outside of encoded words: folds become one space, control characters too.
void append_plain(std::string& out, std::string_view text, std::string_view charset) {
  const auto begin = out.size();
  const auto ascii = ascii_prefix(text) == text.size();
  if (ascii || is_utf8(text)) {
    out.append(text);
  } else {
    append_utf8(out, text, charset);
  }
  // In place, behind what is there: most fields have nothing to change.
  std::size_t from = begin;
  while (from < out.size() && static_cast<unsigned char>(out[from]) >= ' ' && out[from] != 0x7F) ++from;
  if (from == out.size()) return;
  std::size_t to = from;
  while (from < out.size()) {
    const char c = out[from];
    if (c == '\r' || c == '\n') {
      while (to > begin && (out[to - 1] == ' ' || out[to - 1] == '\t')) --to;
      while (from < out.size() && is_space(out[from])) ++from;
      out[to++] = ' ';
      continue;
    }
    out[to++] = static_cast<unsigned char>(c) < ' ' || c == 0x7F ? (c == '\t' ? '\t' : ' ') : c;
    ++from;
  }
  out.resize(to);
}

bool is_blank(std::string_view text) {
  for (const char c : text)
    if (!is_space(c)) return false;
  return true;
}

void remove_control_characters(std::string& out, std::size_t from) {
  for (; from < out.size(); ++from)
    if (static_cast<unsigned char>(out[from]) < ' ' || out[from] == 0x7F) out[from] = ' ';
}

}  // namespace

bool find_encoded_word(std::string_view text, std::size_t at, EncodedWord& word) {
  std::size_t i = at + 2;
  const auto charset_max = std::min(text.size(), i + kCharsetMax);
  while (i < charset_max && text[i] != '?' && !is_space(text[i])) ++i;
  if (i >= charset_max || text[i] != '?' || i == at + 2) return false;
  if (i + 2 >= text.size() || text[i + 2] != '?') return false;
  const char encoding = static_cast<char>(text[i + 1] & ~0x20);
  if (encoding != 'B' && encoding != 'Q') return false;
  const auto begin = i + 3;
  for (auto from = begin;;) {
    const auto mark = text.find('?', from);
    count_work((mark == std::string_view::npos ? text.size() : mark) - from);
    if (mark == std::string_view::npos) return false;
    if (mark + 1 < text.size() && text[mark + 1] == '=') {
      word.end = mark + 2;
      word.charset = text.substr(at + 2, i - at - 2);
      word.text = text.substr(begin, mark - begin);
      word.encoding = encoding;
      return true;
    }
    if (mark > begin && text[mark - 1] == '=') return false;  // another word begins: this one was never ended
    from = mark + 1;
  }
}

/// Most fields are printable ASCII with folds. Appends them and returns true, or returns false where more is to be
/// done; `out` is as before then.
static bool append_simple(std::string& out, std::string_view value) {
  auto run = plain_prefix(value);
  if (run == value.size()) {
    out.append(value);
    return true;
  }
  const auto before = out.size();
  out.resize(before + value.size());  // at most that much; cut at the end
  char* to = out.data() + before;
  const char* const begin = to;
  for (;;) {
    std::memcpy(to, value.data(), run);
    to += run;
    value.remove_prefix(run);
    if (value.empty()) break;
    const char c = value[0];
    if (c == '\r' || c == '\n') {
      while (to != begin && (to[-1] == ' ' || to[-1] == '\t')) --to;
      std::size_t skip = 1;
      while (skip < value.size() && is_space(value[skip])) ++skip;
      value.remove_prefix(skip);
      *to++ = ' ';
    } else if (c == '\t' || (c == '=' && !(value.size() > 1 && value[1] == '?'))) {
      *to++ = c;
      value.remove_prefix(1);
    } else {
      out.resize(before);
      return false;
    }
    run = plain_prefix(value);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return true;
}

void append_decoded_header(std::string& out, std::string_view value, std::string_view charset) {
  value = trim(value);
  count_work(value.size());
  if (append_simple(out, value)) return;
  std::size_t plain = 0;  // begin of what was not taken yet
  std::string bytes;      // decoded, in pending_charset, not yet UTF-8
  std::string_view pending_charset;
  bool pending = false;
  Base64Decoder base64;  // goes on from word to word, since mailers also split within a group of four
  const auto flush = [&] {
    if (!pending) return;
    base64.finish(bytes);
    base64 = {};
    const auto from = out.size();
    append_utf8(out, bytes, charset_as_meant(bytes, pending_charset));
    remove_control_characters(out, from);
    bytes.clear();
    pending = false;
  };
  EncodedWord word;
  std::size_t at = 0;
  while (at < value.size()) {
    const auto* const found = static_cast<const char*>(std::memchr(value.data() + at, '=', value.size() - at));
    if (found == nullptr) break;
    at = static_cast<std::size_t>(found - value.data());
    if (at + 1 >= value.size() || value[at + 1] != '?' || !find_encoded_word(value, at, word)) {
      ++at;
      continue;
    }
    const auto between = value.substr(plain, at - plain);
    const bool neighbours = pending && is_blank(between);
    if (!neighbours) {
      flush();
      append_plain(out, between, charset);
    } else if (!ascii_iequals(word.charset, pending_charset)) {
      flush();
    }
    pending = true;
    pending_charset = word.charset;
    if (word.encoding == 'B') {
      base64.add(word.text, bytes);
      at = plain = word.end;
      continue;
    }
    base64.finish(bytes);
    base64 = {};
    if (word.text.find('\n') == std::string_view::npos) {
      decode_q(word.text, bytes);
    } else {
      // Folded inside the word: the fold and the white space around it are not part of it.
      std::string unfolded;
      for (std::size_t i = 0; i < word.text.size(); ++i) {
        if (word.text[i] == '\r' || word.text[i] == '\n') {
          while (i + 1 < word.text.size() && is_space(word.text[i + 1])) ++i;
          continue;
        }
        unfolded += word.text[i];
      }
      decode_q(unfolded, bytes);
    }
    at = plain = word.end;
  }
  flush();
  append_plain(out, value.substr(plain), charset);
}

std::string decode_header(std::string_view value, std::string_view charset) {
  std::string out;
  append_decoded_header(out, value, charset);
  return out;
}

}  // namespace orgo::mime
