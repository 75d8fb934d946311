#include "core/mail/findings/machine_sender.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

constexpr auto kDaemons = std::to_array<std::string_view>(
    {"mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon", "mail.delivery.system", "maildeliverysystem"});

constexpr auto kUnattended = std::to_array<std::string_view>(
    {"postmaster", "post_master", "noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply",
     "do_not_reply", "nobody", "listserv", "majordomo", "bounce", "bounces", "nao-responda", "ne-pas-repondre",
     "no-responder", "keine-antwort"});

// "Don't answer", without what stands between the words.
constexpr auto kNoAnswer = std::to_array<std::string_view>(
    // clang-format off
    {"noreply",       "donotreply",    "dontreply",     "neverreply",   "noanswer",       "nichtantworten",
     "keineantwort",  "nepasrepondre", "pasdereponse",  "sansreponse",  "noresponder",    "norespondas",
     "norespuesta",   "sinrespuesta",  "naoresponda",   "naoresponder", "naoresponde",    "semresposta",
     "nonrispondere", "norisposta",    "geenantwoord",  "geenreply",    "nietantwoorden", "nietbeantwoorden",
     "nietreageren",  "svarainte",     "svaraej",       "ejsvar",       "ingetsvar",      "svarikke",
     "ikkesvar",      "ikkebesvar",    "ingensvar",     "eivastata",    "alavastaa",      "eivastausta",
     "nieodpowiadaj", "nieodpowiadac", "bezodpowiedzi", "neodpovidat",  "neodpovidejte",  "neodpovedat",
     "neodpovedajte", "nevalaszolj",   "nevalaszoljon", "neraspunde",   "nuraspunde",     "nuraspundeti",
     "neodgovaraj",   "neodgovarajte", "neodgovarati",  "cevaplamayin", "yanitlamayin",   "cevapvermeyin",
     "neotvechat",    "neotvechaite",  "neotvechayte",  "neatsakyti",   "neatbildet",     "mitevastata",
     "tidakdibalas",  "janganbalas",   "respondano",    "norespon",     "ezerantzun",     "senserespuesta",
     "intesvara",     "svarinte",      "ejbesvara",     "besvarasej",   "ingasvar",       "besvarikke",
     "ikkebesvare",   "ekkisvara",     "eivastauksia",  "nierozpowiadaj", "nieodpisuj",   "nieodpisywac",
     "nocontestar",   "nocontestes",   "nocontesten",   "sincontestar", "noreplicar",     "nonrisponda",
     "nonrispondete", "nonrispondi",   "senzarisposta", "nerepondezpas", "nerepondrepas", "nerepondspas",
     "nichtbeantworten", "nichtdaraufantworten", "geenreactie", "nietreply", "nietterugmailen", "nemvalaszol",
     "valasznelkul",  "nurespunde",    "faraspuns",     "neodpovidej",  "neodpovedaj",    "bezodpovede",
     "neotvechajte",  "neotvechay",    "bezotveta",     "nevidpovidaty", "nevidpovidayte", "neotgovaryay",
     "neotgovaryayte", "neotgovarjaj", "neodgovori",    "neodgovarjaj", "neatsakykite",   "neatbildi",
     "aravasta",      "mittevasta",    "minapantate",   "minapantisete", "yanitlama",     "cevaplama",
     "yanitvermeyin", "tidakuntukdibalas", "jangandibalas", "jangandijawab", "janganjawab", "khongtraloi",
     "khonghoiam",    "norespondre",   "norespongueu",  "nonresponder", "peidiwchagateb", "henshinfuka",
     "henshinfuyou",  "qingwuhuifu",   "wuxuhuifu",     "balsinjeonyong", "balsinjeonyoung"});
// clang-format on

// Of web sites, devices and the like: whoever they name in Reply-To has asked.
constexpr auto kPrograms = std::to_array<std::string_view>({"www",
                                                            "www-data",
                                                            "wwwrun",
                                                            "apache",
                                                            "apache2",
                                                            "nginx",
                                                            "httpd",
                                                            "web",
                                                            "website",
                                                            "webserver",
                                                            "webseite",
                                                            "php",
                                                            "cgi",
                                                            "cgi-bin",
                                                            "form",
                                                            "forms",
                                                            "formular",
                                                            "formulaire",
                                                            "formulario",
                                                            "modulo",
                                                            "mailer",
                                                            "cms",
                                                            "system",
                                                            "server",
                                                            "script",
                                                            "notification",
                                                            "notifications",
                                                            "alert",
                                                            "alerts",
                                                            "root",
                                                            "cron",
                                                            "automailer",
                                                            "daemon",
                                                            "webmaster",
                                                            "web-master",
                                                            "fax",
                                                            "telefax",
                                                            "efax",
                                                            "hylafax",
                                                            "fritzbox",
                                                            "fax2mail",
                                                            "fax2email",
                                                            "scanner",
                                                            "scan",
                                                            "scans",
                                                            "scan2mail",
                                                            "scantomail",
                                                            "scan2email",
                                                            "scan-to-mail",
                                                            "scan-to-email",
                                                            "copier",
                                                            "kopierer",
                                                            "kopiarka",
                                                            "copieur",
                                                            "fotocopiadora",
                                                            "photocopier",
                                                            "kopieerapparaat",
                                                            "kopimaskin",
                                                            "printer",
                                                            "drucker",
                                                            "imprimante",
                                                            "impresora",
                                                            "impressora",
                                                            "stampante",
                                                            "drukarka",
                                                            "skaner",
                                                            "skener",
                                                            "mfp",
                                                            "mfc",
                                                            "multifunktion",
                                                            "multifunction",
                                                            "multifonction",
                                                            "voicemail",
                                                            "voice-mail",
                                                            "mailbox",
                                                            "anrufbeantworter",
                                                            "telefonanlage",
                                                            "pbx",
                                                            "asterisk",
                                                            "3cx",
                                                            "voip",
                                                            "monitoring",
                                                            "nagios",
                                                            "icinga",
                                                            "zabbix",
                                                            "grafana",
                                                            "nas",
                                                            "qnap",
                                                            "synology",
                                                            "diskstation",
                                                            "automat",
                                                            "automatic",
                                                            "automation",
                                                            "robot",
                                                            "bot",
                                                            "webapp",
                                                            "webadmin",
                                                            "wwwadmin",
                                                            "autoresponder"});
// With anything behind them: "wordpress-2", "webform.noreply".
constexpr auto kFormPrograms = std::to_array<std::string_view>(
    {"wordpress", "webform", "webforms", "webformular", "contactform", "kontaktformular", "formmail", "formmailer",
     "joomla", "drupal", "typo", "wix", "squarespace", "jotform", "typeform", "wufoo", "formspree", "gravityforms"});

constexpr auto kOfMany = std::to_array<std::string_view>(
    {"info",     "infos",    "information", "contact",      "contacts",  "contato", "contatti",  "contacto",
     "kontakt",  "kontakty", "kapcsolat",   "yhteys",       "iletisim",  "hello",   "hallo",     "hola",
     "bonjour",  "office",   "mail",        "email",        "post",      "posta",   "support",   "service",
     "shop",     "sales",    "anfrage",     "anfragen",     "enquiries", "enquiry", "inquiries", "booking",
     "bookings", "buchung",  "reservation", "reservations", "order",     "orders",  "admin",     "team"});

bool istarts(std::string_view text, std::string_view prefix) {
  return ascii_istarts_with(text, prefix);
}
bool iends(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && ascii_iequals(text.substr(text.size() - suffix.size()), suffix);
}

/// "nicht-antworten", "bitte.nicht.antworten", "noreply2".
bool says_not_to_answer(std::string_view local) {
  std::string bare;
  for (const char c : local.substr(0, 64))
    if (std::string_view("-_.+").find(c) == std::string_view::npos) bare += ascii_lower(c);
  return std::ranges::any_of(kNoAnswer, [&](auto words) { return bare.starts_with(words) || bare.ends_with(words); });
}

}  // namespace

bool has_null_sender(const Envelope& envelope, const Message& message) {
  if (!envelope.sender.empty()) return false;
  if (envelope.channel == Channel::lmtp || envelope.channel == Channel::smtp) return true;
  return trim(message.header("Return-Path")) == "<>";
}

bool is_mailer_daemon(std::string_view local) {
  return std::any_of(kDaemons.begin(), kDaemons.end(), [&](auto known) { return ascii_iequals(local, known); });
}

bool is_exchange(std::string_view address) {
  constexpr std::string_view kName = "microsoftexchange";
  const auto local = local_part(address);
  return ascii_istarts_with(local, kName) && local.size() >= kName.size() + 4 &&
         local.find_first_not_of("0123456789abcdefABCDEF", kName.size()) == std::string_view::npos;
}

bool is_unattended(std::string_view address) {
  const auto local = local_part(address);
  if (local.empty() || is_mailer_daemon(local) || says_not_to_answer(local)) return true;
  if (std::any_of(kUnattended.begin(), kUnattended.end(), [&](auto known) { return ascii_iequals(local, known); }))
    return true;
  return istarts(local, "owner-") || istarts(local, "noreply") || istarts(local, "no-reply") ||
         istarts(local, "bounce-") || istarts(local, "bounces-") || istarts(local, "bounce+") ||
         istarts(local, "bounces+") || iends(local, "-owner") || iends(local, "-request") || iends(local, "-bounce") ||
         iends(local, "-bounces") || iends(local, "-noreply") || iends(local, "-no-reply");
}

bool is_program(std::string_view address) {
  if (is_unattended(address)) return true;
  const auto local = ascii_lower(local_part(address));
  if (std::ranges::find(kPrograms, local) != kPrograms.end()) return true;
  const auto first = std::string_view(local).substr(0, local.find_first_of("-_.+0123456789"));
  return std::ranges::find(kFormPrograms, first) != kFormPrograms.end();
}

bool is_of_many(std::string_view address) {
  return std::ranges::find(kOfMany, ascii_lower(local_part(address))) != kOfMany.end();
}

bool is_report(std::string_view content_type, std::string_view report_type) {
  if (!ascii_istarts_with(content_type, "multipart/report")) return false;
  const auto lower = ascii_lower(content_type.substr(0, 1024));
  for (std::size_t at = lower.find("report-type"); at != std::string::npos; at = lower.find("report-type", at + 1)) {
    auto value = trim(std::string_view(lower).substr(at + 11));
    if (!value.starts_with('=')) continue;
    value = trim(value.substr(1));
    if (value.starts_with('"')) value.remove_prefix(1);
    if (value.starts_with(report_type)) return true;
  }
  return false;
}

}  // namespace orgo
