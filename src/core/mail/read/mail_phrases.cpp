#include "core/mail/read/mail_phrases.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/unicode.h"
#include "core/mail/read/phrases.h"

namespace orgo {
namespace {

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::string_view kOriginal[] = {"original message",
                                          "original email",
                                          "original appointment",
                                          "ursprüngliche nachricht",
                                          "originalnachricht",
                                          "original-nachricht",
                                          "ursprünglicher termin",
                                          "message d'origine",
                                          "message original",
                                          "mensaje original",
                                          "messaggio originale",
                                          "mensagem original",
                                          "oorspronkelijk bericht",
                                          "oprindelig meddelelse",
                                          "oprindelig besked",
                                          "opprinnelig melding",
                                          "ursprungligt meddelande",
                                          "originalmeddelande",
                                          "alkuperäinen viesti",
                                          "původní zpráva",
                                          "pôvodná správa",
                                          "wiadomość oryginalna",
                                          "oryginalna wiadomość",
                                          "eredeti üzenet",
                                          "исходное сообщение",
                                          "оригинальное сообщение",
                                          "исходящее сообщение",
                                          "вихідне повідомлення",
                                          "оригинално съобщение",
                                          "mesaj original",
                                          "orijinal mesaj",
                                          "orijinal ileti",
                                          "αρχικό μήνυμα",
                                          "izvorna poruka",
                                          "originalna poruka",
                                          "izvirno sporočilo",
                                          "algne kiri",
                                          "sākotnējais ziņojums",
                                          "originalus pranešimas",
                                          "원본 메시지",
                                          "원본 메일",
                                          "原始邮件",
                                          "原始郵件",
                                          "原邮件",
                                          "元のメッセージ",
                                          "オリジナルメッセージ",
                                          "मूल संदेश",
                                          "মূল বার্তা",
                                          "அசல் செய்தி",
                                          "الرسالة الأصلية",
                                          "הודעה מקורית",
                                          "thư gốc",
                                          "pesan asli",
                                          "ข้อความต้นฉบับ",
                                          "reply message",
                                          "reply to message"};
constexpr std::string_view kForward[] = {"forwarded message",
                                         "forwarded by",
                                         "weitergeleitete nachricht",
                                         "weitergeleitet von",
                                         "message transféré",
                                         "message réexpédié",
                                         "mensaje reenviado",
                                         "messaggio inoltrato",
                                         "mensagem encaminhada",
                                         "mensagem reencaminhada",
                                         "doorgestuurd bericht",
                                         "videresendt meddelelse",
                                         "videresendt besked",
                                         "videresendt melding",
                                         "vidarebefordrat meddelande",
                                         "välitetty viesti",
                                         "přeposlaná zpráva",
                                         "preposlaná správa",
                                         "przekazana wiadomość",
                                         "wiadomość przekazana dalej",
                                         "továbbított üzenet",
                                         "пересылаемое сообщение",
                                         "пересланное сообщение",
                                         "переслане повідомлення",
                                         "mesaj redirecționat",
                                         "iletilen mesaj",
                                         "προωθημένο μήνυμα",
                                         "proslijeđena poruka",
                                         "전달된 메시지",
                                         "转发的邮件",
                                         "转发邮件",
                                         "轉寄的郵件",
                                         "転送メッセージ",
                                         "転送されたメッセージ",
                                         "अग्रेषित संदेश",
                                         "الرسالة المعاد توجيهها",
                                         "הודעה שהועברה",
                                         "thư đã chuyển tiếp",
                                         "pesan terusan"};
/// Apple Mail's, which have no dashes: the whole line.
constexpr std::string_view kBeginForward[] = {"begin forwarded message:",
                                              "anfang der weitergeleiteten nachricht:",
                                              "anfang der weitergeleiteten e-mail:",
                                              "début du message réexpédié",
                                              "début du message transféré",
                                              "inicio del mensaje reenviado:",
                                              "inizio messaggio inoltrato:",
                                              "início da mensagem reencaminhada:",
                                              "início da mensagem encaminhada:",
                                              "begin doorgestuurd bericht:",
                                              "start på videresendt besked:",
                                              "videresendt melding:",
                                              "vidarebefordrat brev:",
                                              "välitetty viesti alkaa:",
                                              "začátek přeposlané zprávy:",
                                              "начало переадресованного сообщения:",
                                              "początek przekazywanej wiadomości:",
                                              "このメールを転送します:",
                                              "下面是被转发的邮件:"};
constexpr std::string_view kWrote[] = {
    " wrote",      "wrote:",    " writes",     " schrieb",  " a écrit",   " ha escrit",  " escribió", " escribio",
    " ha scritto", " escreveu", " schreef",    " skrev",    " kirjoitti", " napsal",     " napísal",  " napisał",
    " napisal",    " napisao",  " napisała",   " írta",     " a scris",   "пишет",       "написал",   "писал",
    "написав",     "пише",      "написа",      "tarihinde", "yazdı",      " şunu yazdı", "έγραψε",    "写道",
    "寫道",        "のメール",  "書きました",  "님이 작성", "작성:",      "ने लिखा",      "লিখেছেন",   "எழுதியது",
    "రాశారు",        "ಬರೆದಿದ್ದಾರೆ",   "എഴുതി",        "લખ્યું",       "ਲਿਖਿਆ",      "यांनी लिहिले",  "כתב",       "كتب",
    "đã viết",     " menulis",  "เขียน",        " rašė",     " parašė",    " rakstīja",   " kirjutas", " va escriure",
    " idatzi du",  " skrifaði", " je napisal", " shkroi",   "quoting ",   "zitat von ",  "citando ",  "citando a ",
    "said:",
};
constexpr std::string_view kStarters[] = {
    "on ",        "at ",        "am ",         "le ",      "el ",         "il ",      "em ",     "op ",
    "den ",       "på ",        "dne ",        "dňa ",     "w dniu ",     "dnia ",    "data ",   "pe ",
    "în ",        "no dia ",    "vào ",        "na ",      "pada ",       "tanggal ", "em ",     "a ",
    "al ",        "od ",        "mon",         "tue",      "wed",         "thu",      "fri",     "sat",
    "sun",        "montag",     "dienstag",    "mittwoch", "donnerstag",  "freitag",  "samstag", "sonntag",
    "quoting ",   "zitat von ", "citando ",    "в ",       "на ",         "у ",       "στις ",   "的 ",
    "在",         "*",          ">>>>> ",      "ב",        "في",          "เมื่อ",      "d. ",     "ti ",
    "ma ",        "ke ",        "to ",         "pe ",      "la ",         "пн",       "вт",      "ср",
    "чт",         "пт",         "сб",          "вс",       "понедельник", "вторник",  "среда",   "четверг",
    "пятница",    "суббота",    "воскресенье", "från ",    "fra ",        "hi ",      "dana ",   "dne ",
    "in article", "in message", "\"",          "<"};

struct FieldWord {
  std::string_view word;
  QuotedField field;
};
constexpr FieldWord kFields[] = {{"from", QuotedField::from},
                                 {"von", QuotedField::from},
                                 {"de", QuotedField::from},
                                 {"da", QuotedField::from},
                                 {"van", QuotedField::from},
                                 {"från", QuotedField::from},
                                 {"fra", QuotedField::from},
                                 {"lähettäjä", QuotedField::from},
                                 {"od", QuotedField::from},
                                 {"feladó", QuotedField::from},
                                 {"от", QuotedField::from},
                                 {"від", QuotedField::from},
                                 {"kimden", QuotedField::from},
                                 {"gönderen", QuotedField::from},
                                 {"发件人", QuotedField::from},
                                 {"寄件者", QuotedField::from},
                                 {"差出人", QuotedField::from},
                                 {"보낸 사람", QuotedField::from},
                                 {"प्रेषक", QuotedField::from},
                                 {"من", QuotedField::from},
                                 {"מאת", QuotedField::from},
                                 {"từ", QuotedField::from},
                                 {"dari", QuotedField::from},
                                 {"από", QuotedField::from},
                                 {"de la", QuotedField::from},
                                 {"expéditeur", QuotedField::from},
                                 {"absender", QuotedField::from},
                                 {"remitente", QuotedField::from},
                                 {"mittente", QuotedField::from},
                                 {"sent", QuotedField::sent},
                                 {"date", QuotedField::sent},
                                 {"gesendet", QuotedField::sent},
                                 {"datum", QuotedField::sent},
                                 {"envoyé", QuotedField::sent},
                                 {"enviado", QuotedField::sent},
                                 {"enviado el", QuotedField::sent},
                                 {"enviada em", QuotedField::sent},
                                 {"enviada", QuotedField::sent},
                                 {"fecha", QuotedField::sent},
                                 {"data", QuotedField::sent},
                                 {"inviato", QuotedField::sent},
                                 {"verzonden", QuotedField::sent},
                                 {"skickat", QuotedField::sent},
                                 {"sendt", QuotedField::sent},
                                 {"dato", QuotedField::sent},
                                 {"lähetetty", QuotedField::sent},
                                 {"päivämäärä", QuotedField::sent},
                                 {"odesláno", QuotedField::sent},
                                 {"odoslané", QuotedField::sent},
                                 {"wysłano", QuotedField::sent},
                                 {"wysłane", QuotedField::sent},
                                 {"elküldve", QuotedField::sent},
                                 {"dátum", QuotedField::sent},
                                 {"отправлено", QuotedField::sent},
                                 {"дата", QuotedField::sent},
                                 {"надіслано", QuotedField::sent},
                                 {"tarih", QuotedField::sent},
                                 {"gönderildi", QuotedField::sent},
                                 {"发送时间", QuotedField::sent},
                                 {"发送日期", QuotedField::sent},
                                 {"日期", QuotedField::sent},
                                 {"寄件日期", QuotedField::sent},
                                 {"送信日時", QuotedField::sent},
                                 {"日時", QuotedField::sent},
                                 {"日付", QuotedField::sent},
                                 {"보낸 날짜", QuotedField::sent},
                                 {"날짜", QuotedField::sent},
                                 {"दिनांक", QuotedField::sent},
                                 {"trimis", QuotedField::sent},
                                 {"στάλθηκε", QuotedField::sent},
                                 {"ημερομηνία", QuotedField::sent},
                                 {"poslano", QuotedField::sent},
                                 {"tanggal", QuotedField::sent},
                                 {"ngày", QuotedField::sent},
                                 {"נשלח", QuotedField::sent},
                                 {"تاريخ", QuotedField::sent},
                                 {"when", QuotedField::sent},
                                 {"to", QuotedField::to},
                                 {"an", QuotedField::to},
                                 {"à", QuotedField::to},
                                 {"para", QuotedField::to},
                                 {"a", QuotedField::to},
                                 {"aan", QuotedField::to},
                                 {"till", QuotedField::to},
                                 {"til", QuotedField::to},
                                 {"vastaanottaja", QuotedField::to},
                                 {"komu", QuotedField::to},
                                 {"pro", QuotedField::to},
                                 {"do", QuotedField::to},
                                 {"címzett", QuotedField::to},
                                 {"кому", QuotedField::to},
                                 {"kime", QuotedField::to},
                                 {"收件人", QuotedField::to},
                                 {"收件者", QuotedField::to},
                                 {"宛先", QuotedField::to},
                                 {"받는 사람", QuotedField::to},
                                 {"către", QuotedField::to},
                                 {"προς", QuotedField::to},
                                 {"za", QuotedField::to},
                                 {"prima", QuotedField::to},
                                 {"kepada", QuotedField::to},
                                 {"đến", QuotedField::to},
                                 {"אל", QuotedField::to},
                                 {"إلى", QuotedField::to},
                                 {"destinataire", QuotedField::to},
                                 {"empfänger", QuotedField::to},
                                 {"destinatario", QuotedField::to},
                                 {"प्रति", QuotedField::to},
                                 {"subject", QuotedField::subject},
                                 {"betreff", QuotedField::subject},
                                 {"objet", QuotedField::subject},
                                 {"asunto", QuotedField::subject},
                                 {"oggetto", QuotedField::subject},
                                 {"assunto", QuotedField::subject},
                                 {"onderwerp", QuotedField::subject},
                                 {"ämne", QuotedField::subject},
                                 {"emne", QuotedField::subject},
                                 {"aihe", QuotedField::subject},
                                 {"předmět", QuotedField::subject},
                                 {"predmet", QuotedField::subject},
                                 {"temat", QuotedField::subject},
                                 {"tárgy", QuotedField::subject},
                                 {"тема", QuotedField::subject},
                                 {"konu", QuotedField::subject},
                                 {"主题", QuotedField::subject},
                                 {"主題", QuotedField::subject},
                                 {"主旨", QuotedField::subject},
                                 {"件名", QuotedField::subject},
                                 {"제목", QuotedField::subject},
                                 {"विषय", QuotedField::subject},
                                 {"subiect", QuotedField::subject},
                                 {"θέμα", QuotedField::subject},
                                 {"perihal", QuotedField::subject},
                                 {"subjek", QuotedField::subject},
                                 {"tiêu đề", QuotedField::subject},
                                 {"chủ đề", QuotedField::subject},
                                 {"נושא", QuotedField::subject},
                                 {"الموضوع", QuotedField::subject},
                                 {"cc", QuotedField::cc},
                                 {"kopie", QuotedField::cc},
                                 {"copie", QuotedField::cc},
                                 {"kopia", QuotedField::cc},
                                 {"kopi", QuotedField::cc},
                                 {"kopio", QuotedField::cc},
                                 {"копия", QuotedField::cc},
                                 {"抄送", QuotedField::cc},
                                 {"副本", QuotedField::cc},
                                 {"참조", QuotedField::cc},
                                 {"másolatot kap", QuotedField::cc},
                                 {"bilgi", QuotedField::cc},
                                 {"reply-to", QuotedField::cc},
                                 {"antwort an", QuotedField::cc},
                                 {"importance", QuotedField::cc},
                                 {"wichtigkeit", QuotedField::cc},
                                 {"where", QuotedField::cc},
                                 {"attachments", QuotedField::cc},
                                 {"anlagen", QuotedField::cc}};

constexpr std::string_view kClosings[] = {"mit freundlichen grüßen",
                                          "mit freundlichen grüssen",
                                          "mit freundlichem gruß",
                                          "mit freundlichem gruss",
                                          "mit freundlichen gruessen",
                                          "freundliche grüße",
                                          "freundliche grüsse",
                                          "freundlichen gruß",
                                          "viele grüße",
                                          "viele grüsse",
                                          "viele gruesse",
                                          "beste grüße",
                                          "beste grüsse",
                                          "liebe grüße",
                                          "liebe grüsse",
                                          "schöne grüße",
                                          "herzliche grüße",
                                          "herzliche grüsse",
                                          "mit besten grüßen",
                                          "besten gruß",
                                          "schönen gruß",
                                          "hochachtungsvoll",
                                          "mfg",
                                          "vg",
                                          "lg",
                                          "gruß",
                                          "grüße",
                                          "kind regards",
                                          "kindest regards",
                                          "best regards",
                                          "warm regards",
                                          "warmest regards",
                                          "with regards",
                                          "with kind regards",
                                          "with best regards",
                                          "thanks and regards",
                                          "thanks & regards",
                                          "thanking you",
                                          "many thanks and regards",
                                          "regards",
                                          "best wishes",
                                          "all the best",
                                          "yours sincerely",
                                          "yours faithfully",
                                          "yours truly",
                                          "sincerely",
                                          "sincerely yours",
                                          "respectfully",
                                          "cheers",
                                          "rgds",
                                          "br",
                                          "cordialement",
                                          "bien cordialement",
                                          "très cordialement",
                                          "cordiales salutations",
                                          "salutations distinguées",
                                          "meilleures salutations",
                                          "bien à vous",
                                          "sincères salutations",
                                          "bonne journée",
                                          "je vous prie d'agréer",
                                          "veuillez agréer",
                                          "saludos",
                                          "un saludo",
                                          "saludos cordiales",
                                          "un cordial saludo",
                                          "atentamente",
                                          "atenciosamente",
                                          "cumprimentos",
                                          "com os melhores cumprimentos",
                                          "melhores cumprimentos",
                                          "cordiais saudações",
                                          "abraços",
                                          "cordiali saluti",
                                          "distinti saluti",
                                          "un cordiale saluto",
                                          "saluti",
                                          "met vriendelijke groet",
                                          "met vriendelijke groeten",
                                          "vriendelijke groet",
                                          "hartelijke groet",
                                          "groeten",
                                          "med vänliga hälsningar",
                                          "med vänlig hälsning",
                                          "vänliga hälsningar",
                                          "hälsningar",
                                          "mvh",
                                          "med venlig hilsen",
                                          "venlig hilsen",
                                          "mange hilsner",
                                          "med vennlig hilsen",
                                          "vennlig hilsen",
                                          "ystävällisin terveisin",
                                          "terveisin",
                                          "s pozdravem",
                                          "s přátelským pozdravem",
                                          "s pozdravom",
                                          "pozdrawiam",
                                          "z poważaniem",
                                          "z wyrazami szacunku",
                                          "üdvözlettel",
                                          "tisztelettel",
                                          "с уважением",
                                          "з повагою",
                                          "с наилучшими пожеланиями",
                                          "с поздрави",
                                          "cu stimă",
                                          "cu respect",
                                          "saygılarımla",
                                          "saygılarımızla",
                                          "iyi çalışmalar",
                                          "με εκτίμηση",
                                          "srdačan pozdrav",
                                          "lp",
                                          "lijep pozdrav",
                                          "敬具",
                                          "よろしくお願いします",
                                          "よろしくお願いいたします",
                                          "此致",
                                          "祝好",
                                          "顺颂商祺",
                                          "감사합니다",
                                          "धन्यवाद",
                                          "सादर",
                                          "भवदीय",
                                          "ধন্যবাদ",
                                          "நன்றி",
                                          "ధన్యవాదాలు",
                                          "ಧನ್ಯವಾದಗಳು",
                                          "आभार",
                                          "आपला विश्वासू",
                                          "trân trọng",
                                          "salam",
                                          "hormat kami",
                                          "مع تحياتي",
                                          "مع خالص التحية",
                                          "בברכה"};
constexpr std::string_view kWeakClosings[] = {"thanks",
                                              "thank you",
                                              "thanks a lot",
                                              "many thanks",
                                              "thanks again",
                                              "thx",
                                              "danke",
                                              "vielen dank",
                                              "besten dank",
                                              "herzlichen dank",
                                              "danke und gruß",
                                              "merci",
                                              "merci beaucoup",
                                              "merci d'avance",
                                              "gracias",
                                              "muchas gracias",
                                              "grazie",
                                              "grazie mille",
                                              "obrigado",
                                              "obrigada",
                                              "bedankt",
                                              "dank u",
                                              "alvast bedankt",
                                              "tack",
                                              "takk",
                                              "tak",
                                              "kiitos",
                                              "děkuji",
                                              "ďakujem",
                                              "dziękuję",
                                              "köszönöm",
                                              "спасибо",
                                              "дякую",
                                              "teşekkürler",
                                              "mulțumesc",
                                              "ευχαριστώ",
                                              "hvala",
                                              "best",
                                              "谢谢",
                                              "ありがとうございます",
                                              "thanking you in advance",
                                              "thanks in advance",
                                              "love",
                                              "ciao"};
constexpr std::string_view kMobile[] = {"sent from my ",
                                        "sent from mail for windows",
                                        "sent from outlook",
                                        "sent from yahoo mail",
                                        "sent from gmail mobile",
                                        "sent from proton mail",
                                        "sent with proton mail",
                                        "sent via ",
                                        "sent using ",
                                        "sent on the go",
                                        "sent by email",
                                        "get outlook for ",
                                        "download outlook for",
                                        "von meinem iphone gesendet",
                                        "von meinem ipad gesendet",
                                        "gesendet von ",
                                        "von meinem ",
                                        "von unterwegs gesendet",
                                        "gesendet mit der",
                                        "diese nachricht wurde von meinem",
                                        "holen sie sich outlook",
                                        "outlook für android beziehen",
                                        "envoyé de mon ",
                                        "envoyé depuis ",
                                        "envoyé à partir de ",
                                        "obtenir outlook pour",
                                        "télécharger outlook pour",
                                        "enviado desde ",
                                        "enviado do meu ",
                                        "enviado a partir do ",
                                        "enviado de mi ",
                                        "obtener outlook para",
                                        "obter o outlook para",
                                        "inviato da ",
                                        "inviato dal mio",
                                        "ottieni outlook per",
                                        "verstuurd vanaf mijn ",
                                        "verzonden vanaf ",
                                        "verstuurd vanuit ",
                                        "outlook voor android downloaden",
                                        "skickat från min ",
                                        "skickat från ",
                                        "sendt fra min ",
                                        "sendt fra ",
                                        "lähetetty ",
                                        "odesláno z ",
                                        "odoslané z ",
                                        "wysłane z ",
                                        "wysłano z ",
                                        "отправлено с ",
                                        "отправлено из ",
                                        "надіслано з ",
                                        "iphone'umdan gönderildi",
                                        "trimis de pe ",
                                        "στάλθηκε από το ",
                                        "iphoneから送信",
                                        "从我的 iphone",
                                        "发自我的",
                                        "傳自我的",
                                        "寄件自我的",
                                        "나의 iphone에서 보냄",
                                        "मेरे iphone से",
                                        "được gửi từ ",
                                        "dikirim dari ",
                                        "poslano s ",
                                        "poslato sa ",
                                        "küldve ",
                                        "elküldve a "};
constexpr std::string_view kDisclaimers[] = {"this email and any",
                                             "this e-mail and any",
                                             "this message and any",
                                             "this email is confidential",
                                             "this e-mail is confidential",
                                             "this email may contain",
                                             "this e-mail may contain",
                                             "this email message",
                                             "this e-mail message",
                                             "this message is confidential",
                                             "this message contains confidential",
                                             "this communication",
                                             "this electronic",
                                             "the information contained in this",
                                             "the information in this",
                                             "the contents of this e",
                                             "confidentiality notice",
                                             "confidentiality:",
                                             "disclaimer",
                                             "настоящее сообщение конфиденциально",
                                             "настоящее электронное сообщение",
                                             "это сообщение и любые",
                                             "данное сообщение конфиденциально",
                                             "本邮件及其附件",
                                             "本郵件及其附件",
                                             "legal notice",
                                             "privileged and confidential",
                                             "if you are not the intended",
                                             "please consider the environment",
                                             "please think of the environment",
                                             "think before you print",
                                             "save paper",
                                             "diese e-mail",
                                             "diese nachricht enthält",
                                             "diese mail enthält",
                                             "der inhalt dieser e-mail",
                                             "dieses e-mail",
                                             "vertraulichkeitshinweis",
                                             "bitte denken sie an die umwelt",
                                             "bitte prüfen sie",
                                             "ce message",
                                             "ce courriel",
                                             "cet e-mail",
                                             "avis de confidentialité",
                                             "este mensaje",
                                             "este correo",
                                             "aviso legal",
                                             "este e-mail",
                                             "esta mensagem",
                                             "questo messaggio",
                                             "il presente messaggio",
                                             "le informazioni contenute",
                                             "ai sensi del",
                                             "dit bericht",
                                             "deze e-mail",
                                             "de informatie in dit",
                                             "detta meddelande",
                                             "denne e-mail",
                                             "denne e-post",
                                             "tato zpráva",
                                             "ta wiadomość",
                                             "niniejsza wiadomość",
                                             "это сообщение",
                                             "данное сообщение",
                                             "bu e-posta",
                                             "bu mesaj",
                                             "virus-free.",
                                             "virenfrei.",
                                             "scanned by",
                                             "you received this message because",
                                             "you are receiving this",
                                             "to unsubscribe",
                                             "unsubscribe"};
constexpr std::string_view kContactLabels[] = {
    "tel",      "telefon",   "telephone", "telefoon", "téléphone", "teléfono", "telefono", "phone",    "ph",
    "fon",      "fax",       "telefax",   "mobil",    "mobile",    "mob",      "mobiel",   "handy",    "cell",
    "gsm",      "portable",  "móvil",     "celular",  "cellulare", "office",   "direct",   "direkt",   "durchwahl",
    "t",        "m",         "f",         "e",        "w",         "p",        "e-mail",   "email",    "mail",
    "web",      "website",   "internet",  "homepage", "www",       "url",      "skype",    "linkedin", "twitter",
    "whatsapp", "toll free", "hotline",   "zentrale", "тел",       "факс",     "моб",      "電話",     "电话",
    "手机",     "전화",      "फ़ोन",       "मोबाइल"};

struct Tables {
  Phrases original{kOriginal};
  Phrases forward{kForward};
  Phrases begin_forward{kBeginForward};
  Phrases wrote{kWrote};
  Phrases starters{kStarters};
  Phrases closings{kClosings};
  Phrases weak_closings{kWeakClosings};
  Phrases mobile{kMobile};
  Phrases disclaimers{kDisclaimers};
  Phrases contact{kContactLabels};
  std::vector<std::pair<std::string, QuotedField>> fields;
  Tables() {
    for (const auto& [word, field] : kFields) fields.emplace_back(fold_case(word), field);
  }
};
const Tables& tables() {
  static const Tables made;
  return made;
}

/// Without the marks that turn up around such lines: "*", "_", "#", "-", "=", quotes and white space.
std::string_view without_marks(std::string_view text) {
  constexpr std::string_view kMarks = " \t*_#-=~<>|\"'.!,:;";
  const auto begin = text.find_first_not_of(kMarks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kMarks) - begin + 1);
}

std::size_t leading(std::string_view text, std::string_view of) {
  return std::min(text.find_first_not_of(of), text.size());
}

std::size_t word_count(std::string_view text) {
  std::size_t count = 0;
  bool in_word = false;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t';
    if (!space && !in_word) ++count;
    in_word = !space;
  }
  return count;
}

/// `text` begins with one of the phrases as whole words; what stands behind it, or nullptr-like npos when none does.
std::size_t phrase_length(std::string_view text, const Phrases& phrases) {
  std::size_t longest = 0;
  for (const auto& phrase : phrases.like(text)) {
    if (phrase.size() <= longest || !text.starts_with(phrase)) continue;
    if (phrase.size() < text.size()) {
      std::size_t at = phrase.size();
      if (is_word_character(decode_utf8(text, at)) && static_cast<unsigned char>(phrase.back()) < 0x80) continue;
    }
    longest = phrase.size();
  }
  return longest;
}

}  // namespace

bool is_original_message_line(std::string_view folded) {
  if (folded.size() > 160) return false;
  const auto& t = tables();
  for (const auto& phrase : t.begin_forward.like(folded))
    if (folded.starts_with(phrase) && folded.size() < phrase.size() + 8) return true;
  const auto dashes = leading(folded, "-_=*#~ ");
  if (dashes < 2) return false;
  const auto words = folded.substr(dashes);
  const auto inner = without_marks(words);
  // "-----Original Message-----", and what some write behind it: "----- Forwarded by Anna on 12.03. -----".
  for (const auto* const table : {&t.original, &t.forward})
    for (const auto& phrase : table->like(inner))
      if (inner.starts_with(phrase) && (inner.size() <= phrase.size() + 3 || words.ends_with('-'))) return true;
  return false;
}

bool is_forward_line(std::string_view folded) {
  const auto& t = tables();
  return t.begin_forward.any_begins(folded) || t.forward.any_begins(without_marks(folded));
}

bool has_wrote(std::string_view folded) {
  return tables().wrote.any_in(folded);
}

bool begins_attribution(std::string_view folded) {
  return !folded.empty() && (is_digit(folded[0]) || tables().starters.any_begins(folded));
}

QuotedField quoted_field(std::string_view folded) {
  folded.remove_prefix(leading(folded, "*_ >\t"));
  auto colon = folded.substr(0, 40).find(':');
  if (colon == std::string_view::npos || colon == 0) return QuotedField::none;
  auto label = folded.substr(0, colon);
  while (!label.empty() && (label.back() == ' ' || label.back() == '*' || label.back() == '_')) label.remove_suffix(1);
  if (label.ends_with("\xC2\xA0")) label.remove_suffix(2);
  for (const auto& [word, field] : tables().fields)
    if (label == word) return field;
  return QuotedField::none;
}

Closing closing_line(std::string_view folded) {
  if (folded.size() > 120) return Closing::none;
  auto text = folded;
  text.remove_prefix(leading(text, "*_ \t-~"));
  const auto& t = tables();
  const auto longest = phrase_length(text, t.closings);
  const auto rest_words = [&](std::size_t length) { return word_count(without_marks(text.substr(length))); };
  if (longest > 0) {
    // "Regards" may be followed by a name or a place; a sentence that begins so is none: "Best regards to your team
    // too, and please ...".
    if (rest_words(longest) <= 4 && !folded.ends_with('?')) {
      // Two letters could be anything; alone they are a closing.
      if (longest > 3 || rest_words(longest) == 0) return Closing::sure;
    }
    return Closing::none;
  }
  const auto weak = phrase_length(text, t.weak_closings);
  if (weak > 0 && rest_words(weak) <= 3 && !folded.ends_with('?')) return Closing::weak;
  return Closing::none;
}

bool is_mobile_signature(std::string_view folded) {
  if (folded.size() > 120) return false;
  auto text = folded;
  text.remove_prefix(leading(text, "*_ \t-~<["));
  if (tables().mobile.any_begins(text)) return true;
  // The device stands first in some languages.
  return text.ends_with(" gesendet") && (text.starts_with("vom ") || text.starts_with("von "));
}

bool begins_disclaimer(std::string_view folded) {
  folded.remove_prefix(leading(folded, "*_ \t-#=~"));
  return tables().disclaimers.any_begins(folded.substr(0, 120));
}

bool is_contact_line(std::string_view folded) {
  if (folded.empty() || folded.size() > 160) return false;
  auto text = folded;
  text.remove_prefix(leading(text, "*_ \t-|<[("));
  if (text.empty()) return false;
  if (text.starts_with("www.") || text.starts_with("http://") || text.starts_with("https://"))
    return text.find(' ') == std::string_view::npos || text.size() < 80;
  const auto digits = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_digit));
  const auto label = phrase_length(text, tables().contact);
  if (label > 0) {
    const auto rest = text.substr(label);
    const auto at = rest.find_first_not_of(" .:*_/-()\t");
    const bool marked = !rest.empty() && (rest[0] == '.' || rest[0] == ':' || rest[0] == ' ' || rest[0] == '*');
    if (marked && at != std::string_view::npos &&
        (is_digit(rest[at]) || rest[at] == '+' || rest.find('@') != std::string_view::npos ||
         rest.find("www.") != std::string_view::npos || rest.find("http") != std::string_view::npos))
      return true;
  }
  // A telephone number alone, or an address alone.
  if (digits >= 7 && std::none_of(text.begin(), text.end(), is_ascii_letter) && (text[0] == '+' || text[0] == '0'))
    return true;
  return text.find('@') != std::string_view::npos && word_count(text) == 1;
}

bool begins_postscript(std::string_view folded) {
  return folded.starts_with("ps:") || folded.starts_with("p.s.") || folded.starts_with("ps.") ||
         folded.starts_with("p.s:") || folded.starts_with("p. s.") || folded.starts_with("ps ") ||
         folded.starts_with("nb:") || folded.starts_with("n.b.") || folded.starts_with("pps");
}

}  // namespace orgo
