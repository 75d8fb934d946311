#include "adapter/mail_files/set_aside.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <span>

#include "base/text.h"
#include "base/unicode.h"
#include "protocol/imap/mailbox_name.h"
#include "protocol/mime/encoded_word.h"

namespace orgo {
namespace {

// clang-format off
constexpr auto kTrash = std::to_array<std::string_view>(
    {"Trash", "Deleted Items", "Deleted Messages", "Deleted", "Wastebasket", "Recycle Bin", "Recoverable Items",
     "Papierkorb", "Gelöschte Elemente", "Gelöschte Objekte", "Gelöschte Nachrichten", "Gelöscht", "Corbeille",
     "Éléments supprimés", "Messages supprimés", "Supprimés", "Poubelle", "Papelera", "Papelera de reciclaje",
     "Elementos eliminados", "Mensajes eliminados", "Eliminados", "Cestino", "Posta eliminata", "Messaggi eliminati",
     "Elementi eliminati", "Lixeira", "Itens excluídos", "Itens eliminados", "Mensagens eliminadas",
     "Mensagens excluídas", "Prullenbak", "Prullenmand", "Verwijderde items", "Verwijderde berichten",
     "Papperskorgen", "Papperskorg", "Borttaget", "Borttagna objekt", "Papirkurv", "Papirkurven", "Slettet post",
     "Slettede elementer", "Slettede beskeder", "Roskakori", "Poistetut", "Poistetut viestit", "Ruslafata", "Kosz",
     "Elementy usunięte", "Usunięte", "Koš", "Odstraněná pošta", "Odstraněné položky", "Kôš",
     "Odstránené položky", "Odstránená pošta", "Kuka", "Lomtár", "Törölt elemek", "Coș de gunoi", "Gunoi",
     "Elemente șterse", "Кошче", "Изтрити", "Изтрити елементи", "Корзина",
     "Удаленные", "Удалённые", "Удаленные элементы", "Кошик",
     "Видалені", "Видалені елементи", "Отпад", "Смеће", "Otpad", "Izbrisano",
     "Izbrisane stavke", "Izbrisani elementi", "Smeti", "Κάδος απορριμμάτων",
     "Απορρίμματα", "Διαγραμμένα", "Διαγραμμένα στοιχεία", "Çöp",
     "Çöp Kutusu", "Silinmiş Öğeler", "Šiukšlinė", "Šiukšliadėžė", "Ištrinti elementai",
     "Panaikinti elementai", "Atkritne", "Miskaste", "Izdzēstie vienumi", "Prügikast", "Kustutatud üksused",
     "Paperera", "Elements suprimits", "ゴミ箱", "ごみ箱", "削除済みアイテム",
     "削除済みメッセージ", "已删除邮件", "已删除", "已删除消息", "废纸篓", "垃圾桶",
     "已刪除的郵件", "已刪除的項目", "刪除的郵件", "휴지통", "지운 편지함",
     "المهملات", "سلة المهملات", "العناصر المحذوفة", "אשפה",
     "פריטים שנמחקו", "ट्रैश", "हटाए गए आइटम", "ถังขยะ",
     "รายการที่ถูกลบ", "Thùng rác", "Các mục đã xóa", "Sampah",
     "Item Terhapus"});

constexpr auto kDrafts = std::to_array<std::string_view>(
    {"Drafts", "Draft", "Templates", "Unsent Messages", "Postponed", "Postponed-msgs", "Entwürfe", "Brouillons",
     "Brouillon", "Borradores", "Borrador", "Bozze", "Rascunhos", "Rascunho", "Concepten", "Utkast", "Kladder",
     "Kladde", "Luonnokset", "Drög", "Wersje robocze", "Kopie robocze", "Robocze", "Szkice", "Koncepty",
     "Rozepsané", "Rozpísané", "Piszkozatok", "Mesaje nefinalizate", "Ciorne", "Schițe", "Чернови",
     "Черновики", "Чернетки", "Недовршене", "Нацрти", "Skice", "Nacrti", "Osnutki",
     "Πρόχειρα", "Taslaklar", "Juodraščiai", "Melnraksti", "Mustandid", "Esborranys", "下書き",
     "草稿", "草稿箱", "草稿匣", "임시보관함", "임시 보관함", "المسودات", "مسودات",
     "טיוטות", "ड्राफ़्ट", "मसौदे", "ร่างจดหมาย",
     "แบบร่าง", "Thư nháp", "Bản nháp", "Draf", "Konsep"});

/// What Gmail calls its trash where a folder of that name could be anything else.
constexpr auto kTrashOfGmail = std::to_array<std::string_view>(
    {"Bin", "Lixo", "Reciclagem", "Kosz", "Kuka"});
// clang-format on

bool is_one_of(std::string_view folded, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](auto name) { return fold_case(name) == folded; });
}

template <std::size_t Size>
std::set<std::string, std::less<>> folded(const std::array<std::string_view, Size>& names) {
  std::set<std::string, std::less<>> out;
  for (const auto name : names) out.insert(fold_case(name));
  return out;
}

SetAside by_name(std::string_view name) {
  static const auto trash = folded(kTrash), drafts = folded(kDrafts);
  const auto said = fold_case(trim(name));
  if (trash.contains(said)) return SetAside::trash;
  return drafts.contains(said) ? SetAside::draft : SetAside::none;
}

bool is_gmail(std::string_view name) {
  return ascii_iequals(name, "[Gmail]") || ascii_iequals(name, "[Google Mail]");
}

/// One label of Gmail, or a folder within "[Gmail]".
SetAside by_gmail(std::string_view name) {
  const auto what = by_name(name);
  return what == SetAside::none && is_one_of(fold_case(trim(name)), kTrashOfGmail) ? SetAside::trash : what;
}

/// ".Trash-1000", where desktops of Linux put the deleted files of a disk (freedesktop.org, Trash 1.0).
bool is_trash_of_disk(std::string_view name) {
  if (!name.starts_with(".Trash-") || name.size() == 7) return false;
  return name.find_first_not_of("0123456789", 7) == std::string_view::npos;
}

unsigned hexadecimal(std::string_view text) {
  text = trim(text);
  unsigned out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out, 16);
  return out;
}

/// Calls `each` with every field, its folds included, until it says true.
template <typename Each>
void for_fields(std::string_view header, const Each& each) {
  for (std::size_t at = 0; at < header.size();) {
    const auto begin = at;
    do {
      at = std::min(header.find('\n', at), header.size() - 1) + 1;
    } while (at < header.size() && (header[at] == ' ' || header[at] == '\t'));
    const auto field = header.substr(begin, at - begin);
    const auto colon = field.find(':');
    if (colon != std::string_view::npos && each(trim(field.substr(0, colon)), trim(field.substr(colon + 1)))) return;
  }
}

SetAside by_labels(std::string_view value) {
  const auto labels = mime::decode_header(value.substr(0, 10'000));
  for (const auto label : split(labels, ','))
    if (const auto what = by_gmail(label); what != SetAside::none) return what;
  return SetAside::none;
}

/// The folder that a file or directory is: "Trash" of "Trash.mbox", "Trash.sbd" and ".trash.directory", "INBOX/Trash"
/// of Maildir++'s ".INBOX.Trash".
std::string folder_name(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  for (const std::string_view end : {".mbox", ".imapmbox", ".mbx", ".sbd", ".directory"})
    if (name.size() > end.size() && ascii_lower(name).ends_with(end)) name.resize(name.size() - end.size());
  if (!name.starts_with('.') || name.starts_with(".Trash-")) return name;
  std::replace(name.begin(), name.end(), '.', '/');
  return name.substr(1);
}

}  // namespace

std::string_view reason_of(SetAside what) {
  switch (what) {
    case SetAside::deleted:
      return "marked as deleted by its owner";
    case SetAside::trash:
      return "its owner has put it into the trash";
    case SetAside::draft:
      return "a draft, which was not sent";
    case SetAside::internal:
      return "no mail, but where a mail server keeps its notes about the folder";
    case SetAside::none:
      break;
  }
  return {};
}

SetAside set_aside_by_folder(std::string_view name) {
  if (is_trash_of_disk(name)) return SetAside::trash;
  if (const auto what = by_name(name); what != SetAside::none) return what;
  if (name.find('&') == std::string_view::npos) return SetAside::none;
  return by_name(imap::decode_mailbox_name(name));
}

SetAside set_aside_by_path(std::string_view path) {
  bool of_gmail = false;
  for (const auto name : split(path, '/')) {
    const auto what = of_gmail ? by_gmail(imap::decode_mailbox_name(name)) : set_aside_by_folder(name);
    if (what != SetAside::none) return what;
    of_gmail = is_gmail(name);
  }
  return SetAside::none;
}

SetAside set_aside_by_place(const std::filesystem::path& path) {
  const auto above = folder_name(path.parent_path());
  const bool of_gmail = above == "[Gmail]" || above == "[Google Mail]";
  return set_aside_by_path((of_gmail ? above + "/" : std::string()) + folder_name(path));
}

std::filesystem::path folder_opened(const std::filesystem::path& path) {
  std::error_code error;
  auto whole = std::filesystem::weakly_canonical(path, error);
  if (error) whole = path.lexically_normal();
  while (!whole.has_filename() || whole.filename() == "cur" || whole.filename() == "new") {
    if (whole.parent_path() == whole) break;
    whole = whole.parent_path();
  }
  return whole;
}

SetAside set_aside_by_header(std::string_view header) {
  constexpr unsigned kExpunged = 0x8, kImapDeleted = 0x200000, kTemplate = 0x1000000;
  auto what = SetAside::none;
  bool internal_subject = false, internal_sender = false;
  for_fields(header, [&](std::string_view name, std::string_view value) {
    if (ascii_iequals(name, "x-mozilla-status")) {
      if ((hexadecimal(value) & kExpunged) != 0) what = SetAside::deleted;
    } else if (ascii_iequals(name, "x-mozilla-status2")) {
      const auto flags = hexadecimal(value);
      if ((flags & kImapDeleted) != 0) what = SetAside::deleted;
      else if ((flags & kTemplate) != 0) what = SetAside::draft;
    } else if (ascii_iequals(name, "x-status")) {
      if (value.find('D') != std::string_view::npos) what = SetAside::deleted;
      else if (value.find('T') != std::string_view::npos) what = SetAside::draft;
    } else if (ascii_iequals(name, "x-gmail-labels")) {
      what = by_labels(value);
    } else if (ascii_iequals(name, "subject")) {
      internal_subject = value == "DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA";
    } else if (ascii_iequals(name, "x-imap") || ascii_iequals(name, "x-imapbase")) {
      internal_sender = true;
    } else if (ascii_iequals(name, "from")) {
      internal_sender = internal_sender || ascii_istarts_with(value, "mail system internal data") ||
                        value.find("MAILER-DAEMON") != std::string_view::npos;
    }
    return what != SetAside::none;
  });
  return internal_subject && internal_sender ? SetAside::internal : what;
}

SetAside set_aside_by_plist(std::string_view plist) {
  constexpr unsigned kDeleted = 1U << 1U, kDraft = 1U << 6U;
  constexpr std::string_view kKey = "<key>flags</key>", kNumber = "<integer>";
  const auto key = plist.find(kKey);
  if (key == std::string_view::npos) return SetAside::none;
  auto text = trim(plist.substr(key + kKey.size()));
  if (!text.starts_with(kNumber)) return SetAside::none;
  text.remove_prefix(kNumber.size());
  std::uint64_t flags = 0;
  std::from_chars(text.data(), text.data() + text.size(), flags);
  if ((flags & kDeleted) != 0) return SetAside::deleted;
  return (flags & kDraft) != 0 ? SetAside::draft : SetAside::none;
}

}  // namespace orgo
