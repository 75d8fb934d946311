#include "core/mail/read/protection.h"

#include <algorithm>

#include "base/cms.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "protocol/mime/address.h"
#include "protocol/mime/entity.h"

namespace orgo {
namespace {

using Form = Protection::Form;
using mime::Entity;
using mime::FieldId;

constexpr std::size_t kOpenedMax = 3;

std::string decoded(const Entity& entity) {
  std::string out;
  switch (entity.encoding) {
    case mime::TransferEncoding::base64:
      mime::decode_base64(entity.body, out);
      break;
    case mime::TransferEncoding::quoted_printable:
      mime::decode_quoted_printable(entity.body, out);
      break;
    case mime::TransferEncoding::uuencode:
      mime::decode_uuencode(entity.body, out);
      break;
    case mime::TransferEncoding::identity:
      out = entity.body;
      break;
  }
  return out;
}

/// What stands between the lines of "-----BEGIN PKCS7-----" and its end; without such lines, all.
std::string_view within_armour(std::string_view text) {
  constexpr std::string_view kDashes = "-----";
  const auto begin = text.find("-----BEGIN ");
  if (begin == std::string_view::npos) return text;
  const auto behind = text.find(kDashes, begin + kDashes.size());
  if (behind == std::string_view::npos) return text;
  text.remove_prefix(behind + kDashes.size());
  return text.substr(0, text.find(kDashes));
}

/// The DER of a part, or its begin. Gateways write base64 without saying so, bytes that they call base64, and PEM: what
/// begins as CMS does is what was meant; where nothing does, as the part says.
std::string cms_of(const Entity& entity, std::size_t most = std::string_view::npos) {
  auto part = entity;
  part.body = entity.body.substr(0, most);
  auto bytes = decoded(part);
  if (cms_kind(bytes)) return bytes;
  if (cms_kind(part.body)) return std::string(part.body);
  for (const auto text : {std::string_view(bytes), part.body}) {
    std::string der;
    mime::decode_base64(within_armour(text), der);
    if (cms_kind(der)) return der;
  }
  return bytes;
}

std::optional<CmsKind> kind_of(const Entity& entity) {
  return cms_kind(cms_of(entity, 400));
}

/// The first bytes tell; where they say nothing, the type does.
Form form_of_pkcs7(const Entity& entity) {
  const auto said = ascii_lower(entity.type.parameter("smime-type"));
  if (said == "certs-only") return Form::none;
  const auto kind = kind_of(entity);
  if (kind == CmsKind::signed_data) return Form::smime_opaque;
  if (kind == CmsKind::encrypted) return Form::smime_encrypted;
  if (kind == CmsKind::compressed) return Form::smime_compressed;
  if (said == "signed-data") return Form::smime_opaque;
  if (said == "enveloped-data" || said == "authenveloped-data") return Form::smime_encrypted;
  if (said == "compressed-data") return Form::smime_compressed;
  return said.empty() && !kind ? Form::smime_encrypted : Form::none;
}

/// Armour stands at the begin of a line; within the first part of the text.
Form form_of_text(std::string_view text) {
  text = text.substr(0, 1 << 20);
  for (const auto& [mark, form] :
       {std::pair{std::string_view("-----BEGIN PGP SIGNED MESSAGE-----"), Form::pgp_inline_signed},
        std::pair{std::string_view("-----BEGIN PGP MESSAGE-----"), Form::pgp_inline_encrypted}}) {
    const auto at = text.find(mark);
    if (at != std::string_view::npos && (at == 0 || text[at - 1] == '\n')) return form;
  }
  return Form::none;
}

struct Found {
  Form form = Form::none;
  std::uint32_t entity = 0;
};

Found find_in(const mime::Document& document) {
  for (std::uint32_t i = 0; i < document.entities.size(); ++i) {
    const auto& entity = document.entities[i];
    const auto& type = entity.type;
    if (entity.multipart && type.subtype == "signed") {
      const auto protocol = ascii_lower(type.parameter("protocol"));
      if (protocol.find("pgp") != std::string::npos) return {Form::pgp_detached, i};
      return {Form::smime_detached, i};
    }
    if (entity.multipart && type.subtype == "encrypted") return {Form::pgp_encrypted, i};
    if (entity.multipart) continue;
    if (is_cms(document, entity)) {
      if (const auto form = form_of_pkcs7(entity); form != Form::none) return {form, i};
    }
    if (type.type == "text" && type.subtype == "plain" && i < 20) {
      // Armour is ASCII; in base64 it would not be "inline" to any program.
      if (entity.encoding != mime::TransferEncoding::base64)
        if (const auto form = form_of_text(entity.body); form != Form::none) return {form, i};
    }
  }
  return {};
}

mime::Limits limits() {
  mime::Limits out;
  out.parts = 1'000;
  return out;
}

void append_crlf(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
    out += text[i];
  }
}

/// The bytes of the first part of a multipart/signed: from its header to the line end before the boundary behind it.
std::string first_part(const Entity& first, const Entity& second) {
  const char* const begin = first.header.data();
  std::string_view between(begin, static_cast<std::size_t>(second.header.data() - begin));
  // The boundary's own line goes, and the line end before it, which belongs to the boundary (RFC 2046, section 5.1.1).
  if (between.ends_with('\n')) between.remove_suffix(1);
  const auto line = between.rfind('\n');
  if (line == std::string_view::npos) return {};
  between = between.substr(0, line);
  if (between.ends_with('\r')) between.remove_suffix(1);
  std::string out;
  out.reserve(between.size() + between.size() / 32);
  append_crlf(out, between);
  return out;
}

std::string sender_of(const mime::Document& document) {
  const auto* const from = document.find(document.entities.front(), FieldId::from);
  if (from == nullptr) return {};
  const auto list = mime::parse_addresses(from->value, {}, {10});
  return list.mailboxes.empty() ? std::string() : ascii_lower(list.mailboxes.front().address);
}

}  // namespace

bool is_cms(const mime::Document& document, const Entity& entity) {
  const auto& type = entity.type;
  if (type.type == "multipart" || type.type == "message") return false;
  const auto ends_in = [&](std::string_view end) {
    const auto is_so = [&](std::string_view name) {
      return name.size() > end.size() && ascii_iequals(name.substr(name.size() - end.size()), end);
    };
    if (is_so(trim(type.parameter("name")))) return true;
    if (type.type.empty() || type.type == "text" || type.type == "image") return false;  // most parts of most mails
    const auto* const field = document.find(entity, FieldId::content_disposition);
    return field != nullptr && is_so(trim(mime::parse_content_disposition(field->value).parameter("filename")));
  };
  const bool of_application = type.type == "application";
  if (of_application && (type.subtype == "pkcs7-mime" || type.subtype == "x-pkcs7-mime" || type.subtype == "pkcs7" ||
                         type.subtype == "x-pkcs7" || type.subtype == "cms"))
    return true;
  const bool named = ends_in(".p7m");
  // A signature stands beside what it signs; one that carries the mail is no signature but by its name.
  if (of_application && type.subtype.find("signature") != std::string_view::npos) {
    if (!named && !ascii_iequals(type.parameter("smime-type"), "signed-data") && entity.parent != mime::kNoEntity)
      return false;
    const auto kind = kind_of(entity);
    return kind == CmsKind::encrypted || (kind == CmsKind::signed_data && cms_signed_content(cms_of(entity)));
  }
  return named && (of_application || kind_of(entity));
}

namespace {

/// `raw` with `bytes` in place of what stands from `begin` to `end`.
std::string spliced(std::string_view raw, const char* begin, const char* end, std::string_view bytes) {
  std::string out(raw.substr(0, static_cast<std::size_t>(begin - raw.data())));
  out.append(bytes).append(raw.substr(static_cast<std::size_t>(end - raw.data())));
  return out;
}

std::string header_without_encoding(const mime::Document& document, const Entity& entity) {
  std::string out(entity.header);
  if (const auto* const field = document.find(entity, FieldId::content_transfer_encoding); field != nullptr) {
    const auto begin = static_cast<std::size_t>(field->name.data() - entity.header.data());
    const auto end = static_cast<std::size_t>(field->value.data() + field->value.size() - entity.header.data());
    out.replace(begin, end - begin, "X-Was-Encoded: yes");
  }
  return out;
}

}  // namespace

std::optional<std::string> open_layer(std::string_view raw, const mime::Document& document) {
  for (const auto& entity : document.entities) {
    if (entity.multipart || entity.body.empty()) continue;
    const char* const end = entity.body.data() + entity.body.size();
    if (entity.type.type == "multipart" && entity.encoding != mime::TransferEncoding::identity) {
      const auto boundary = trim(entity.type.parameter("boundary"));
      const auto body = boundary.empty() ? std::string() : decoded(entity);
      if (body.find("--" + std::string(boundary)) == std::string::npos) continue;
      return spliced(raw, entity.header.data(), end, header_without_encoding(document, entity) + body);
    }
    if (entity.parent == mime::kNoEntity || !is_cms(document, entity) || form_of_pkcs7(entity) != Form::smime_opaque)
      continue;
    if (const auto content = cms_signed_content(cms_of(entity)); content && !content->empty())
      return spliced(raw, entity.header.data(), end, *content);
  }
  return std::nullopt;
}

bool Protection::is_signed() const {
  return form == Form::smime_detached || form == Form::smime_opaque || form == Form::pgp_detached ||
         form == Form::pgp_inline_signed;
}
bool Protection::is_encrypted() const {
  return form == Form::smime_encrypted || form == Form::pgp_encrypted || form == Form::pgp_inline_encrypted;
}
bool Protection::is_smime() const {
  return form == Form::smime_detached || form == Form::smime_opaque || form == Form::smime_encrypted ||
         form == Form::smime_compressed;
}

std::string_view to_string(Form form) {
  constexpr std::string_view kNames[] = {
      "none",         "smime_detached",    "smime_opaque",  "smime_encrypted",     "smime_compressed",
      "pgp_detached", "pgp_inline_signed", "pgp_encrypted", "pgp_inline_encrypted"};
  return kNames[static_cast<std::size_t>(form)];
}
std::string_view to_string(SignatureCheck::State state) {
  constexpr std::string_view kNames[] = {"none", "not_checked", "verified", "broken"};
  return kNames[static_cast<std::size_t>(state)];
}

Protection find_protection(std::string_view raw) {
  const auto document = mime::parse_entities(raw, limits());
  return {find_in(document).form};
}

std::optional<SignedContent> signed_content(std::string_view raw) {
  const auto document = mime::parse_entities(raw, limits());
  const auto [form, index] = find_in(document);
  SignedContent out;
  out.form = form;
  if (!Protection{form}.is_signed()) return std::nullopt;
  out.sender = sender_of(document);
  const auto& entity = document.entities[index];
  if (form == Form::smime_opaque) {
    out.signature = cms_of(entity);
    return out;
  }
  if (form == Form::pgp_inline_signed) {
    out.signature = decoded(entity);
    const auto begin = out.signature.find("-----BEGIN PGP SIGNED MESSAGE-----");
    const auto end = out.signature.find("-----END PGP SIGNATURE-----", begin);
    if (begin == std::string::npos || end == std::string::npos) return std::nullopt;
    out.signature = out.signature.substr(begin, end + 27 - begin) + "\n";
    return out;
  }
  if (index + 1 >= entity.end) return std::nullopt;
  const auto& first = document.entities[index + 1];
  if (first.end >= entity.end) return std::nullopt;
  const auto& second = document.entities[first.end];
  out.content = first_part(first, second);
  out.signature = form == Form::smime_detached ? cms_of(second) : decoded(second);
  return out;
}

std::optional<std::string> open_opaque(std::string_view raw) {
  std::string opened;
  for (std::size_t round = 0; round < kOpenedMax; ++round) {
    const std::string_view current = round == 0 ? raw : std::string_view(opened);
    const auto document = mime::parse_entities(current, limits());
    const auto& mail = document.entities.front();
    if (mail.multipart || !is_cms(document, mail) || form_of_pkcs7(mail) != Form::smime_opaque) break;
    auto content = cms_signed_content(cms_of(mail));
    if (!content || content->empty()) break;
    // The outer header without what describes the body, then the inner header and body.
    std::string next;
    next.reserve(mail.header.size() + content->size());
    for (const auto& field : document.fields_of(mail)) {
      if (ascii_istarts_with(field.name, "content-") || ascii_iequals(field.name, "mime-version")) continue;
      next += field.name;
      next += ':';
      next += field.value;
      if (!next.ends_with('\n')) next += "\r\n";
    }
    // What is inside counts for its body only: who wrote and to whom is said outside.
    const auto inner = mime::parse_entities(*content, limits());
    for (const auto& field : inner.fields_of(inner.entities.front())) {
      if (!ascii_istarts_with(field.name, "content-") && !ascii_iequals(field.name, "mime-version")) continue;
      next += field.name;
      next += ':';
      next += field.value;
      if (!next.ends_with('\n')) next += "\r\n";
    }
    next += "\r\n";
    next += std::string_view(*content).substr(std::min(content->size(), inner.entities.front().header.size()));
    opened = std::move(next);
  }
  if (opened.empty()) return std::nullopt;
  return opened;
}

std::string in_words(const Protection& protection, const SignatureCheck& check) {
  using State = SignatureCheck::State;
  const std::string how = protection.is_smime() ? "S/MIME" : "PGP";
  if (protection.is_signed()) {
    switch (check.state) {
      case State::verified:
        return "Signed (" + how + "), verified: " + check.signer;
      case State::broken:
        return "The signature (" + how +
               ") is broken: " + (check.detail.empty() ? "it does not fit the mail" : check.detail);
      default:
        return "Signed (" + how + ")" + (check.signer.empty() ? std::string() : ", as it says by " + check.signer) +
               ", not verified" + (check.detail.empty() ? std::string() : ": " + check.detail);
    }
  }
  if (protection.is_encrypted()) return "Encrypted (" + how + "): kept as it came, nobody here can read it";
  if (protection.form == Form::smime_compressed) return "Compressed (S/MIME): kept as it came";
  return {};
}

void write_protection(JsonWriter& out, const Protection& protection, const SignatureCheck& check) {
  out.begin_object().field("form", to_string(protection.form)).field("signed", protection.is_signed());
  out.field("encrypted", protection.is_encrypted()).field("signature", to_string(check.state));
  out.field("signer", check.signer)
      .field("detail", check.detail)
      .field("words", in_words(protection, check))
      .end_object();
}

}  // namespace orgo
