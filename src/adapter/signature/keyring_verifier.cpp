#include "adapter/signature/keyring_verifier.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapter/signature/restricted_child.h"
#include "base/charset.h"
#include "base/log.h"
#include "base/text.h"

namespace orgo {
namespace {

using State = SignatureCheck::State;
namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 1'000;
constexpr std::string_view kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";

std::string read_all(const fs::path& path) {
  std::error_code error;
  if (fs::file_size(path, error) > 16U << 20U || error) return {};
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

CertificateStore read_certificates(const std::string& place) {
  CertificateStore store;
  const fs::path path = place.empty() ? fs::path(kSystemCertificates) : fs::path(place);
  std::error_code error;
  std::vector<fs::path> files;
  if (fs::is_directory(path, error)) {
    for (fs::directory_iterator entry(path, error), end; !error && entry != end && files.size() < kFilesMax;
         entry.increment(error))
      if (entry->is_regular_file(error)) files.push_back(entry->path());
    std::sort(files.begin(), files.end());
  } else if (fs::exists(path, error)) {
    files.push_back(path);
  }
  for (const auto& file : files) store.add_pem(read_all(file));
  if (!place.empty() && store.size() == 0)
    log::warn("signature.no_certificates", {{"place", place}, {"cause", "no PEM certificate was found there"}});
  return store;
}

/// Who it is, in words.
std::string named(const CmsSigner& signer) {
  if (signer.emails.empty() || signer.name == signer.emails.front()) return signer.name;
  return signer.name + " <" + signer.emails.front() + ">";
}

/// gpgv writes names with %XX.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto hex = [](char c) {
      return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
    };
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return to_utf8(out.substr(0, 500), "utf-8");
}

std::string address_in(std::string_view user_id) {
  const auto begin = user_id.rfind('<');
  const auto end = user_id.rfind('>');
  if (begin != std::string_view::npos && end != std::string_view::npos && end > begin)
    return ascii_lower(user_id.substr(begin + 1, end - begin - 1));
  return ascii_lower(trim(user_id));
}

std::string someone_else(const std::string& signer, std::string_view sender) {
  return "it is a signature of " + signer + ", and the mail says that it is from " +
         (sender.empty() ? std::string("nobody") : std::string(sender));
}

}  // namespace

SignatureCheck read_gpgv_status(std::string_view output, std::string_view sender) {
  SignatureCheck check;
  check.state = State::not_checked;
  check.detail = "gpgv said nothing about it";
  for (const auto line : split(output, '\n')) {
    if (!line.starts_with("[GNUPG:] ")) continue;
    const auto words = split(line.substr(9), ' ');
    const auto kind = words[0];
    const auto behind = [&](std::size_t count) {
      std::size_t at = 9;
      for (std::size_t i = 0; i < count && at != std::string_view::npos; ++i) {
        at = line.find(' ', at);
        if (at != std::string_view::npos) ++at;
      }
      return at == std::string_view::npos ? std::string() : unescaped(line.substr(at));
    };
    if (kind == "BADSIG") {
      check.state = State::broken;
      check.signer = behind(2);
      check.detail = "the mail was changed after it was signed";
      return check;
    }
    if (kind == "GOODSIG") {
      check.signer = behind(2);
      if (!sender.empty() && address_in(check.signer) == sender) {
        check.state = State::verified;
        check.detail.clear();
      } else {
        check.detail = someone_else(check.signer, sender);
      }
    } else if (check.state != State::verified) {
      if (kind == "NO_PUBKEY")
        check.detail = "no key of the signer (" + std::string(words.size() > 1 ? words[1].substr(0, 40) : "") + ")";
      else if (kind == "EXPKEYSIG") check.detail = "the key of " + behind(2) + " has expired";
      else if (kind == "REVKEYSIG") check.detail = "the key of " + behind(2) + " was revoked";
      else if (kind == "EXPSIG") check.detail = "the signature of " + behind(2) + " has expired";
      else if (kind == "NODATA" && check.signer.empty()) check.detail = "there is no signature in it";
      else if (kind == "ERRSIG" && words.size() > 6 && words[6] == "4")
        check.detail = "an algorithm that gpgv does not have";
    }
  }
  return check;
}

KeyringVerifier::KeyringVerifier(KeyringSettings settings) : settings_(std::move(settings)) {}

SignatureCheck KeyringVerifier::verify(const SignedContent& content, TimePoint when, Deadline deadline) {
  return Protection{content.form}.is_smime() ? verify_smime(content, when) : verify_pgp(content, deadline);
}

SignatureCheck KeyringVerifier::verify_smime(const SignedContent& content, TimePoint when) {
  std::call_once(read_, [&] { trusted_ = read_certificates(settings_.trusted_certificates); });
  const bool inside = content.form == Protection::Form::smime_opaque;
  const auto result = verify_cms(
      content.signature, inside ? std::nullopt : std::optional<std::string_view>(content.content), trusted_, when);
  SignatureCheck check;
  check.state = State::not_checked;
  check.detail = result.problem;
  if (!result.signers.empty()) check.signer = named(result.signers.front());
  switch (result.state) {
    case CmsCheck::State::broken:
      check.state = State::broken;
      break;
    case CmsCheck::State::untrusted:
    case CmsCheck::State::unknown:
      break;
    case CmsCheck::State::verified: {
      const auto is_sender = [&](const CmsSigner& signer) {
        return std::any_of(signer.emails.begin(), signer.emails.end(),
                           [&](const std::string& email) { return ascii_iequals(email, content.sender); });
      };
      const auto found = std::find_if(result.signers.begin(), result.signers.end(), is_sender);
      if (found != result.signers.end()) {
        check.state = State::verified;
        check.signer = named(*found);
      } else {
        check.detail = someone_else(check.signer, content.sender);
      }
      break;
    }
  }
  return check;
}

SignatureCheck KeyringVerifier::verify_pgp(const SignedContent& content, Deadline deadline) const {
  SignatureCheck check;
  check.state = State::not_checked;
  if (settings_.pgp_keyring.empty()) {
    check.detail = "no PGP keys are set up (mail.pgp_keyring)";
    return check;
  }
  std::error_code error;
  const auto keyring = fs::absolute(settings_.pgp_keyring, error).string();
  if (!fs::exists(keyring, error)) {
    check.detail = "the keyring " + keyring + " is not there";
    return check;
  }
  std::vector<std::string> arguments = {"--status-fd", "1",     "--homedir",      "/nonexistent",
                                        "--keyring",   keyring, "/proc/self/fd/3"};
  std::vector<std::string_view> inputs = {content.signature};
  if (content.form == Protection::Form::pgp_detached) {
    arguments.emplace_back("/proc/self/fd/4");
    inputs.emplace_back(content.content);
  }
  const auto result = run_restricted(settings_.gpgv, arguments, inputs, deadline);
  if (!result) {
    check.detail = result.error().message;
    return check;
  }
  check = read_gpgv_status(result->output, content.sender);
  if (result->output.empty()) check.detail = settings_.gpgv + " could not be run, or could not read the keyring";
  // The armour may stand between text that nobody signed.
  if (check.state == State::verified && content.form == Protection::Form::pgp_inline_signed)
    check.detail = "only the part between the marks is signed";
  return check;
}

}  // namespace orgo
