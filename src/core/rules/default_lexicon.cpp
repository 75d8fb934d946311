#include <array>

#include "core/rules/lexicon.h"

namespace orgo::rules {
namespace {

using Words = std::string_view;

// Whole words and phrases, so that each form that people write stands here by itself. A word that means two things in
// one language (bill, fire as a verb) is left out unless its usual meaning in a mail to an office is the one meant.
// clang-format off: one language to a line
constexpr auto kUrgentWords = std::to_array<Words>({
    "urgent", "urgently", "urgency", "asap", "as soon as possible", "immediately", "immediate", "emergency",
    "right away", "at once", "top priority", "high priority",
    "dringend", "dringende", "dringender", "dringendes", "dringlich", "eilig", "eilt", "sofort", "sofortige", "umgehend",
    "notfall", "schnellstmöglich", "so schnell wie möglich", "so bald wie möglich", "unverzüglich",
    "urgence", "urgents", "urgente", "urgentes", "immédiatement", "dès que possible", "au plus vite", "le plus vite possible",
    "urgencia", "urgentemente", "emergencia", "inmediatamente", "de inmediato", "lo antes posible", "cuanto antes",
    "तत्काल", "तुरंत", "तुरन्त", "फ़ौरन", "जल्द से जल्द", "अत्यावश्यक", "आपातकाल", "आपात", "ज़रूरी", "अर्जेंट",
});
constexpr auto kLeak = std::to_array<Words>({
    "leak", "leaks", "leaking", "leaked", "leaky", "leakage", "water leak", "burst pipe", "dripping", "flooded", "flooding",
    "leck", "lecks", "leckt", "leckage", "undicht", "undichte", "undichtes", "tropft", "rohrbruch", "wasserrohrbruch",
    "wasserschaden", "überschwemmung", "überschwemmt",
    "fuite", "fuites", "fuit", "dégât des eaux", "dégâts des eaux", "inondation", "inondé", "inondée",
    "fuga", "fugas", "fuga de agua", "gotera", "goteras", "gotea", "goteo", "inundación", "inundado", "inundada",
    "रिसाव", "रिस रहा", "लीक", "लीकेज", "टपक", "टपकता", "टपकना", "पाइप फट",
});
constexpr auto kHeating = std::to_array<Words>({
    "heating", "heater", "heaters", "radiator", "radiators", "boiler", "no heat",
    "heizung", "heizungen", "heizkörper", "heizt", "heizkessel",
    "chauffage", "radiateur", "radiateurs", "chaudière",
    "calefacción", "radiador", "radiadores", "caldera",
    "हीटर", "हीटिंग", "रेडिएटर",
});
constexpr auto kElectricity = std::to_array<Words>({
    "electricity", "electrical", "power outage", "power cut", "power failure", "blackout", "no power", "short circuit",
    "socket", "light bulb",
    "strom", "stromausfall", "kurzschluss", "steckdose", "steckdosen", "sicherung", "glühbirne", "elektrik",
    "électricité", "électrique", "panne de courant", "coupure de courant", "court-circuit", "prise électrique", "ampoule",
    "electricidad", "eléctrico", "eléctrica", "apagón", "corte de luz", "cortocircuito", "enchufe", "bombilla",
    "बिजली", "विद्युत", "शॉर्ट सर्किट", "बत्ती गुल",
});
constexpr auto kFire = std::to_array<Words>({
    "fire", "on fire", "smoke", "burning smell", "smell of burning", "fire alarm",
    "feuer", "brand", "brennt", "rauch", "brandgeruch", "feueralarm",
    "feu", "incendie", "fumée", "odeur de brûlé",
    "fuego", "incendio", "humo", "olor a quemado",
    "आग", "आग लग", "धुआँ", "धुआं",
});
constexpr auto kBroken = std::to_array<Words>({
    "broken", "broke", "defective", "faulty", "damaged", "out of order", "not working", "doesn't work", "does not work",
    "stopped working",
    "kaputt", "kaputte", "kaputtes", "defekt", "defekte", "defektes", "beschädigt", "funktioniert nicht", "geht nicht",
    "cassé", "cassée", "cassés", "cassées", "en panne", "défectueux", "défectueuse", "ne fonctionne pas", "ne marche pas",
    "endommagé", "endommagée",
    "roto", "rota", "rotos", "rotas", "averiado", "averiada", "estropeado", "estropeada", "dañado", "dañada",
    "no funciona",
    "टूटा", "टूटी", "टूट गया", "टूट गई", "खराब", "ख़राब", "काम नहीं कर रहा", "काम नहीं कर रही",
});
constexpr auto kIt = std::to_array<Words>({
    "computer", "computers", "laptop", "laptops", "printer", "printers", "projector", "wifi", "wi-fi", "internet",
    "network", "password", "passwords", "login", "log in", "software", "server", "screen",
    "rechner", "drucker", "beamer", "wlan", "netzwerk", "passwort", "kennwort", "anmeldung am rechner", "bildschirm",
    "ordinateur", "ordinateurs", "imprimante", "imprimantes", "réseau", "mot de passe", "logiciel", "écran",
    "ordenador", "ordenadores", "computadora", "impresora", "impresoras", "contraseña", "pantalla", "portátil",
    "कंप्यूटर", "कम्प्यूटर", "लैपटॉप", "प्रिंटर", "इंटरनेट", "वाईफाई", "पासवर्ड",
});
constexpr auto kInvoice = std::to_array<Words>({
    "invoice", "invoices", "payment reminder", "overdue payment", "receipt", "receipts",
    "rechnung", "rechnungen", "mahnung", "zahlungserinnerung", "quittung",
    "facture", "factures", "rappel de paiement", "reçu de paiement",
    "factura", "facturas", "recordatorio de pago", "recibo",
    "चालान", "इनवॉइस", "बिल", "रसीद",
});
constexpr auto kAbsence = std::to_array<Words>({
    "absence", "absent", "sick leave", "sick note", "is sick", "is ill", "called in sick",
    "abwesend", "abwesenheit", "krank", "krankmeldung", "krankgeschrieben", "fehlt heute",
    "absente", "malade", "arrêt maladie",
    "ausencia", "ausente", "enfermo", "enferma", "baja médica",
    "अनुपस्थित", "अनुपस्थिति", "बीमार", "छुट्टी", "अवकाश",
});
constexpr auto kCleaning = std::to_array<Words>({
    "cleaning", "dirty", "garbage", "rubbish", "trash", "spill", "spilled",
    "reinigung", "putzen", "schmutzig", "dreckig", "müll",
    "nettoyage", "sale", "poubelle", "poubelles", "ordures",
    "limpieza", "sucio", "sucia", "basura",
    "सफ़ाई", "सफाई", "गंदा", "गंदगी", "कूड़ा", "कचरा",
});
constexpr auto kInjury = std::to_array<Words>({
    "injury", "injured", "accident", "ambulance", "first aid", "bleeding", "unconscious",
    "verletzt", "verletzung", "unfall", "krankenwagen", "erste hilfe", "rettungswagen",
    "blessé", "blessée", "blessure", "premiers secours",
    "herido", "herida", "lesión", "accidente", "ambulancia", "primeros auxilios",
    "चोट", "घायल", "दुर्घटना", "एम्बुलेंस", "प्राथमिक उपचार",
});
constexpr auto kComplaint = std::to_array<Words>({
    "complaint", "complaints", "complain", "unacceptable",
    "beschwerde", "beschwerden", "beschwere", "reklamation", "inakzeptabel",
    "plainte", "réclamation", "inacceptable",
    "queja", "quejas", "reclamación", "reclamo", "inaceptable",
    "शिकायत", "शिकायतें",
});
constexpr auto kTransport = std::to_array<Words>({
    "school bus", "bus driver", "late bus", "truck", "delivery van",
    "schulbus", "busfahrer", "lieferwagen", "lkw",
    "bus scolaire", "chauffeur", "camion",
    "autobús escolar", "conductor", "camión",
    "स्कूल बस", "बस चालक", "ट्रक",
});

constexpr auto kLexicon = std::to_array<KeywordWords>({
    {Lexicon::kUrgent, kUrgentWords}, {"leak", kLeak}, {"heating", kHeating}, {"electricity", kElectricity}, {"fire", kFire},
    {"broken", kBroken}, {"it", kIt}, {"invoice", kInvoice}, {"absence", kAbsence}, {"cleaning", kCleaning},
    {"injury", kInjury}, {"complaint", kComplaint}, {"transport", kTransport},
});

}  // namespace

std::span<const KeywordWords> default_lexicon() { return kLexicon; }

}  // namespace orgo::rules
