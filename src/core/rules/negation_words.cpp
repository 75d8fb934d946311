#include "core/rules/negation_words.h"

#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo::rules {
namespace {

/// Deny the word behind them.
constexpr auto kDenying = std::to_array<std::string_view>({
    "not",     "no",     "non",      "isn",       "aren",          "wasn",       "isnt",      "arent",
    "wasnt",   "never",  "nothing",  "without",   "neither",       "nor",        "hardly",    "less",
    "nicht",   "kein",   "keine",    "keinen",    "keinem",        "keiner",     "keinerlei", "nichts",
    "ohne",    "weder",  "nie",      "niemals",   "keinesfalls",   "keineswegs", "weniger",   "pas",
    "aucun",   "aucune", "sans",     "rien",      "jamais",        "nullement",  "moins",     "nada",
    "sin",     "ningún", "ninguna",  "nunca",     "tampoco",       "menos",      "niente",    "nessun",
    "nessuna", "senza",  "mai",      "meno",      "não",           "nao",        "sem",       "nenhuma",
    "nenhum",  "niet",   "geen",     "niets",     "zonder",        "minder",     "inte",      "ej",
    "icke",    "ikke",   "ikkje",    "ingen",     "inget",         "intet",      "inga",      "utan",
    "uden",    "uten",   "nie",      "bez",       "żadna",         "żaden",      "mniej",     "není",
    "neni",    "žádná",  "žádný",    "nije",      "nisu",          "ni",         "nem",       "nincs",
    "ei",      "ilman",  "nav",      "nėra",      "fără",          "не",         "без",       "нет",
    "ничего",  "нема",   "немає",    "δεν",       "όχι",           "χωρίς",      "ليس",       "ليست",
    "غير",     "بدون",   "לא",       "אין",       "אינו",          "בלי",        "tidak",     "bukan",
    "tanpa",   "không",  "बिना",     "low",       "geringe",       "niedrige",   "faible",    "aucunement",
    "kaum",    "안",     "exercice", "simulacro", "esercitazione", "if",       "falls",     "wenn",
    "ain",     "aint",   "guère",    "guere",     "nulla",         "nic",        "deloc",
});
/// Deny the word before them.
constexpr auto kDeniedBefore = std::to_array<std::string_view>(
    {"नहीं", "नही", "नहिं", "değil", "degil", "değildir", "degildir", "değildi",
     "yok", "yoktur", "نیست", "নয়", "ਨਹੀਂ"});
/// May stand between, and change nothing.
// clang-format off: as many to a line as there is room for
constexpr auto kFillers = std::to_array<std::string_view>({
    "t", "s", "very", "so", "that", "too", "really", "at", "all", "an", "a", "the", "any", "anything",
    "particularly", "especially", "terribly", "super", "overly", "in", "of", "way", "be", "is", "exactly",
    "necessarily", "actually", "even", "as", "kind", "sort", "it", "this", "yet", "sehr", "ganz", "wirklich",
    "besonders", "unbedingt", "ein", "eine", "einen", "einem", "einer", "zu", "mehr", "gerade", "allzu",
    "derart", "ist", "es", "im", "noch", "wahnsinnig", "très", "vraiment", "si", "trop", "du", "tout", "d",
    "de", "une", "un", "particulièrement", "plus", "forcément", "est", "c", "encore", "muy", "tan", "nada",
    "una", "realmente", "demasiado", "especialmente", "está", "ninguna", "è", "e", "é", "molto", "così", "di",
    "davvero", "muito", "tão", "uma", "estou", "per", "niente", "affatto", "zo", "heel", "erg", "een", "echt",
    "bijzonder", "så", "särskilt", "en", "et", "særlig", "meget", "mycket", "er", "är", "jest", "to", "bardzo",
    "tak", "je", "moc", "nijak", "ole", "este", "foarte", "atât", "είναι", "τόσο", "очень", "так", "совсем",
    "это", "дуже", "terlalu", "phải", "quá", "बहुत", "बिल्कुल", "इतना", "ज़्यादा", "कोई", "çok", "o", "kadar",
    "hiç", "longer", "hay", "corre", "tiene", "existe", "tem", "há", "y", "bir", "durum", "것은", "것이", "건", "일은",
    "eigentlich", "überhaupt", "gar", "ja", "aber", "das", "doch", "auch", "jedoch", "dies", "het", "dat",
    "war", "absolument", "absolutamente", "assolutamente", "simply", "remotely",
    "igazán", "meer", "καθόλου", "kovin", "erityisen", "lainkaan", "deosebit", "naprawdę", "opravdu", "alls", "lenge",
    "længere", "längre", "bepaald", "certo", "per", "tanto", "tanta", "gaire", "hardly",
});
// clang-format on
/// Deny all that comes behind them in the clause; with single spaces.
constexpr auto kWide = std::to_array<std::string_view>({
    "anything but",
    "far from",
    "by no means",
    "alles andere als",
    "tout sauf",
    "tout sauf être",
    "loin d être",
    "loin d",
    "lejos de ser",
    "tutt altro che",
    "n est plus",
    "n était plus",
    "n a plus rien",
    "ya no es",
    "no need to",
    "no need for",
    "t need to",
    "need not",
    "t have to",
    "not have to",
    "not necessary to",
    "not need to",
    "not required to",
    "nicht nötig",
    "nicht notwendig",
    "nicht erforderlich",
    "pas besoin de",
    "pas besoin d",
    "pas nécessaire de",
    "no hace falta",
    "no es necesario",
    "no necesita",
    "no hay que",
    "non serve",
    "non c è bisogno di",
    "non è necessario",
    "não precisa",
    "não é preciso",
    "não é necessário",
    "niet nodig",
    "nie trzeba",
    "nu este",
    "nu e",
    "nu i",
    "не нужно",
    "не надо",
    "не треба",
    "inte nödvändigt",
    "ikke nødvendig",
    "not call it",
    "not call this",
    "not call that",
    "t call it",
    "t call this",
    "t call that",
    "not say it",
    "not say this",
    "not say that",
    "not say",
    "t say",
    "not treat this as",
    "not treat it as",
    "t treat this as",
    "t treat it as",
    "not consider this",
    "not consider it",
    "t consider this",
    "t consider it",
    "not think this",
    "not think it",
    "t think this",
    "t think it",
    "not require",
    "t require",
    "not need an",
    "not need any",
    "t need an",
    "t need any",
    "not mark",
    "t mark",
    "würde nicht sagen",
    "würde es nicht",
    "würde das nicht",
    "halte das nicht für",
    "halte es nicht für",
    "benötigt keine",
    "ne dirais pas",
    "ne crois pas que",
    "ne pense pas que",
    "no diría que",
    "no creo que",
    "no lo considero",
});

/// Name a thing or a case, and say nothing of now: "the emergency exit", "in case of emergency dial 112".
constexpr auto kNaming = std::to_array<std::string_view>({
    "emergency contact",
    "emergency contacts",
    "emergency number",
    "emergency numbers",
    "emergency phone",
    "emergency hotline",
    "emergency exit",
    "emergency exits",
    "emergency lighting",
    "emergency plan",
    "emergency planning",
    "emergency procedure",
    "emergency procedures",
    "in case of emergency",
    "in case of an emergency",
    "in the event of emergency",
    "in the event of an emergency",
    "if there is an emergency",
    "if you have an emergency",
    "if you have an urgent",
    "if you need urgent",
    "if you need immediate",
    "if you require urgent",
    "if you require immediate",
    "if your matter is urgent",
    "if your request is urgent",
    "if the matter is urgent",
    "urgent cases",
    "urgent enquiries",
    "urgent inquiries",
    "for urgent matters",
    "in urgent matters",
    "for urgent requests",
    "for urgent questions",
    "for urgent issues",
    "im notfall",
    "für den notfall",
    "numéro d urgence",
    "numéros d urgence",
    "numéro urgence",
    "contact d urgence",
    "sortie d urgence",
    "issue de secours d urgence",
    "en cas d urgence",
    "en cas d urgences",
    "cas urgents",
    "demandes urgentes",
    "questions urgentes",
    "pour toute urgence",
    "pour les urgences",
    "si c est urgent",
    "si cela est urgent",
    "si votre demande est urgente",
    "en caso de emergencia",
    "en caso de urgencia",
    "casos urgentes",
    "asuntos urgentes",
    "consultas urgentes",
    "número de emergencia",
    "contacto de emergencia",
    "teléfono de emergencia",
    "salida de emergencia",
    "si es urgente",
    "आपातकाल में",
    "emergency service",
    "emergency services",
    "urgent calls",
    "urgent security updates",
    "emergency call",
    "emergency calls",
});
/// The same, where they begin a clause: "We are in an emergency" is no such case.
constexpr auto kOpening = std::to_array<std::string_view>(
    {"in an emergency", "in emergency", "for emergency", "for an emergency", "for urgent", "for immediate assistance",
     "for immediate help", "urgent matters", "urgent issues", "urgent questions", "urgent support",
     "notfall telefon", "notfall nummer", "notfall kontakt"});

/// Deny a verb of haste before them, and what stands before them when they end the clause: "das eilt nicht",
/// "dringend ist es nicht".
constexpr auto kEnding = std::to_array<std::string_view>({"nicht", "niet", "inte", "ikke", "not"});
constexpr auto kHaste = std::to_array<std::string_view>({"eilt", "eilts", "drängt", "pressiert", "haster", "brådskar"});
/// An answer that is no: to "urgent?" or behind "urgent:", with nothing else.
constexpr auto kNo = std::to_array<std::string_view>(
    {"no",        "nein",   "non",    "não",    "nao",        "nee",   "nej",    "nei",   "nie",    "ne",
     "нет",       "ні",     "否",     "いいえ", "不",         "hayır", "όχι",    "לא",    "لا",     "नहीं",
     "아니요",    "아니오", "none",   "keine",  "false",      "not",   "at",     "all",   "gar",    "nicht",
     "überhaupt", "pas",    "du",     "tout",   "keineswegs", "nope",  "really", "low",   "lowest", "niedrig",
     "gering",    "basse",  "faible", "baja",   "bassa",      "baixa", "laag",   "niska", "low",    "no"});
/// How much of it there is, behind "urgency", "priority".
constexpr auto kLow = std::to_array<std::string_view>(
    {"low", "lowest", "niedrig", "gering", "basse", "faible", "baja", "bassa", "baixa", "laag"});
constexpr auto kLevels = std::to_array<std::string_view>(
    {"urgency", "dringlichkeit", "urgence", "urgencia", "urgenza", "urgência", "urgentie", "urgent"});
/// An exercise is none: "fire drill", "emergency exercise".
constexpr auto kDrill = std::to_array<std::string_view>({"drill", "drills", "exercise", "exercises", "rehearsal"});
/// In front of a verb a question expects yes: "isn't this urgent?!"
constexpr auto kExpectingYes = std::to_array<std::string_view>({"isn", "aren", "wasn", "isnt", "arent", "wasnt"});
/// With which a question begins that expects yes though it denies: "is this not urgent?", "ist das nicht dringend?"
constexpr auto kAsking = std::to_array<std::string_view>({"is", "are", "was", "ist", "sind", "war"});

}  // namespace

const Vocabulary& Vocabulary::instance() {
  static const Vocabulary made;
  return made;
}

const Role* Vocabulary::find(std::string_view folded) const {
  const auto known = roles_.find(folded);
  if (known != roles_.end()) return &known->second;
  // Korean joins endings to the word that denies: "않습니다", "아닙니다".
  const bool korean = !folded.empty() && static_cast<unsigned char>(folded.front()) >= 0xE1;
  return korean && std::ranges::any_of(korean_stems_, [&](const auto& stem) { return folded.starts_with(stem); })
             ? &korean_
             : nullptr;
}

bool Vocabulary::may_matter(std::string_view ascii_word) const {
  return (lengths_[static_cast<unsigned char>(ascii_lower(ascii_word.front()))] & bit(ascii_word)) != 0;
}

Vocabulary::Vocabulary() {
  korean_.denied_before = korean_.acts = true;
  for (const auto stem : {"않", "아니", "아닙", "아님"}) korean_stems_.push_back(fold_case(stem));
  for (const auto word : kDenying) acting(word).denying = true;
  for (const auto word : kDeniedBefore) acting(word).denied_before = true;
  for (const auto word : kEnding) acting(word).ends = true;
  for (const auto word : kNo) acting(word).no = true;
  for (const auto word : kLow) acting(word).low = true;
  for (const auto word : kDrill) acting(word).drill = true;
  for (const auto word : kExpectingYes) acting(word).expects_yes = true;
  for (const auto word : kAsking) of(word).asks = true;
  for (const auto word : kHaste) of(word).haste = true;
  for (const auto word : kLevels) of(word).level = true;
  for (const auto word : kFillers) of(word).filler = true;
  for (const auto phrase : kWide) add_phrase(phrase, Phrase::Kind::denies);
  for (const auto phrase : kNaming) add_phrase(phrase, Phrase::Kind::names);
  for (const auto phrase : kOpening) add_phrase(phrase, Phrase::Kind::opens);
}

void Vocabulary::add_phrase(std::string_view phrase, Phrase::Kind kind) {
  const auto space = phrase.find(' ');
  auto& added = acting(phrase.substr(0, space)).phrases.emplace_back(Phrase{kind, {}});
  for (const auto word : split(phrase.substr(space + 1), ' ')) added.rest.push_back(fold_case(word));
}

Role& Vocabulary::of(std::string_view word) {
  return roles_[fold_case(word)];
}

Role& Vocabulary::acting(std::string_view word) {
  const auto folded = fold_case(word);
  lengths_[static_cast<unsigned char>(folded.front())] |= bit(folded);
  auto& role = of(word);
  role.acts = true;
  return role;
}

}  // namespace orgo::rules
