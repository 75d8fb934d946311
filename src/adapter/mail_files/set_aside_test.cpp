#include "adapter/mail_files/set_aside.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "adapter/mail_files/mail_files.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

TEST(SetAside, FoldersOfTrashInManyLanguages) {
  for (const char* name : {"Trash",
                           "TRASH",
                           "Deleted Items",
                           "Deleted Messages",
                           "Papierkorb",
                           "Gelöschte Elemente",
                           "Gelöschte Objekte",
                           "Corbeille",
                           "Éléments supprimés",
                           "E\u0301le\u0301ments supprime\u0301s",
                           "Papelera",
                           "Elementos eliminados",
                           "Cestino",
                           "Posta eliminata",
                           "Lixeira",
                           "Itens Excluídos",
                           "Prullenbak",
                           "Verwijderde items",
                           "Papperskorgen",
                           "Borttagna objekt",
                           "Papirkurv",
                           "Slettet post",
                           "Roskakori",
                           "Poistetut",
                           "Kosz",
                           "Elementy usunięte",
                           "Koš",
                           "Odstraněná pošta",
                           "Törölt elemek",
                           "Elemente șterse",
                           "Корзина",
                           "Удаленные",
                           "Кошик",
                           "Кошче",
                           "Κάδος απορριμμάτων",
                           "Silinmiş Öğeler",
                           "ゴミ箱",
                           "削除済みアイテム",
                           "已删除邮件",
                           "垃圾桶",
                           "휴지통",
                           "지운 편지함",
                           "المهملات",
                           "אשפה",
                           "Thùng rác",
                           "Sampah",
                           "Gel&APY-schte Elemente",
                           "&MLQw33ux-",
                           ".Trash-1000"})
    EXPECT_EQ(set_aside_by_folder(name), SetAside::trash) << name;
}

TEST(SetAside, FoldersOfDraftsInManyLanguages) {
  for (const char* name :
       {"Drafts",     "drafts",     "Templates",      "Unsent Messages", "postponed-msgs", "Entwürfe",
        "Brouillons", "Borradores", "Bozze",          "Rascunhos",       "Concepten",      "Utkast",
        "Kladder",    "Luonnokset", "Wersje robocze", "Koncepty",        "Piszkozatok",    "Ciorne",
        "Черновики",  "Чернетки",   "Чернови",        "Πρόχειρα",        "Taslaklar",      "下書き",
        "草稿",       "임시보관함", "المسودات",       "טיוטות",          "Thư nháp",       "Entw&APw-rfe",
        "&g0l6Pw-"})
    EXPECT_EQ(set_aside_by_folder(name), SetAside::draft) << name;
}

TEST(SetAside, AFolderOfAnotherNameIsOneLikeAnyOther) {
  for (const char* name : {"Inbox",
                           "Trash removal",
                           "Müllabfuhr",
                           "Müll",
                           "Waste",
                           "Drafts of the law",
                           "Entwurf",
                           "Papierkorb leeren",
                           "All mail Including Spam and Trash",
                           "Bin",
                           "bin",
                           "Junk",
                           "Spam",
                           "Sent",
                           "Archive",
                           "Korzina",
                           "Lixo",
                           "Projets",
                           "Undeleted",
                           "Deleted accounts",
                           "Templates 2026",
                           ".Trash-",
                           ".Trash-anna",
                           ""})
    EXPECT_EQ(set_aside_by_folder(name), SetAside::none) << name;
  EXPECT_EQ(set_aside_by_path("INBOX/Trash/Old"), SetAside::trash);
  EXPECT_EQ(set_aside_by_path("[Gmail]/Bin"), SetAside::trash);
  EXPECT_EQ(set_aside_by_path("[Google Mail]/Lixo"), SetAside::trash);
  EXPECT_EQ(set_aside_by_path("Projects/Bin"), SetAside::none);
}

TEST(SetAside, ByTheHeader) {
  for (const auto& [header, what] : std::map<std::string, SetAside>{
           {"X-Mozilla-Status: 0009\n", SetAside::deleted},
           {"X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00200000\n", SetAside::deleted},
           {"X-Mozilla-Status: 0001\r\nX-Mozilla-Status2: 10200000\r\n", SetAside::deleted},
           {"X-Mozilla-Status2: 01000000\n", SetAside::draft},
           {"X-Mozilla-Status: 0001\nX-Mozilla-Status2: 10000000\n", SetAside::none},
           {"Status: RO\nX-Status: AD\n", SetAside::deleted},
           {"X-Status: T\n", SetAside::draft},
           {"X-Status: AF\n", SetAside::none},
           {"X-Gmail-Labels: Trash\n", SetAside::trash},
           {"X-Gmail-Labels: Bin,Opened\n", SetAside::trash},
           {"X-Gmail-Labels: Drafts,Opened\n", SetAside::draft},
           {"X-Gmail-Labels: Papierkorb\n", SetAside::trash},
           {"X-Gmail-Labels: =?UTF-8?Q?Ge=C3=B6ffnet,Entw=C3=BCrfe?=\n", SetAside::draft},
           {"X-Gmail-Labels: Opened,Category\n updates,\n Corbeille\n", SetAside::trash},
           {"X-Gmail-Labels: =?UTF-8?B?44K044Of566x?=\n", SetAside::trash},
           {"X-Gmail-Labels: Inbox,Opened\n", SetAside::none},
           {"X-Gmail-Labels: Spam\n", SetAside::none},
           {"X-Gmail-Labels: Trash removal,Projects/Drafts\n", SetAside::none},
           {"Subject: X-Gmail-Labels: Trash\n", SetAside::none},
           {"From: Mail System Internal Data <MAILER-DAEMON@x.example>\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER "
            "INTERNAL DATA\nX-IMAP: 1234 0000\n",
            SetAside::internal},
           {"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAPbase: 1 2\n", SetAside::internal},
           {"From: anna@x.example\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n", SetAside::none},
           {"From: anna@x.example\nX-IMAPbase: 1 2\nSubject: first of its mbox\n", SetAside::none},
           {"", SetAside::none}})
    EXPECT_EQ(set_aside_by_header(header), what) << header;
}

TEST(SetAside, ByTheFlagsOfApple) {
  const auto flags = [](const char* number) {
    return set_aside_by_plist("<plist><dict>\n\t<key>flags</key>\n\t<integer>" + std::string(number) + "</integer>");
  };
  EXPECT_EQ(flags("8590195717"), SetAside::none);
  EXPECT_EQ(flags("3"), SetAside::deleted);
  EXPECT_EQ(flags("65"), SetAside::draft);
  EXPECT_EQ(set_aside_by_plist("<plist/>"), SetAside::none);
}

class SetAsideFiles : public ::testing::Test {
 protected:
  SetAsideFiles() {
    char name[] = "/tmp/orgo-set-aside-XXXXXX";
    root = mkdtemp(name);
  }
  ~SetAsideFiles() override { fs::remove_all(root); }
  void mbox(const std::string& path, const std::string& field = {}) {
    write(path, "From anna@x.example Mon Nov 16 08:12:41 2026\n" + field + mail(path));
  }
  void single(const std::string& path) { write(path, mail(path)); }
  void write(const std::string& path, const std::string& bytes) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path, std::ios::binary) << bytes;
  }
  static std::string mail(const std::string& path) { return "From: a@x.example\nSubject: " + path + "\n\nx\n"; }
  /// How many are taken; what is passed over goes to `passed`.
  std::size_t taken(const std::string& from = {}) {
    auto files = MailFiles::open(from.empty() ? root : root / from);
    std::size_t count = 0;
    while (auto one = files->next()) ++count;
    passed = files->passed_over();
    passed_files = files->passed_over_count();
    return count;
  }

  fs::path root;
  std::vector<PassedOver> passed;
  std::size_t passed_files = 0;
};

TEST_F(SetAsideFiles, FoldersAreNamedOnceWithHowManyFilesLieThere) {
  for (const char* path : {"cur/1763988152.M1.h:2,S", ".Archive.2025/new/1763988153.M1.h"}) single(path);
  for (const char* path :
       {".Trash/cur/1763988154.M1.h:2,S", ".Trash/cur/1763988155.M1.h:2,S", ".Trash.2024/cur/1763988156.M1.h:2,S",
        ".INBOX.Drafts/cur/1763988157.M1.h:2,S", ".Entw&APw-rfe/cur/1763988158.M1.h:2,S"})
    single(path);
  fs::create_directories(root / ".Papierkorb/cur");
  EXPECT_EQ(taken(), 2U);
  EXPECT_EQ(passed.size(), 4U) << "an empty one is nothing to tell";
  EXPECT_EQ(passed_files, 5U);
  for (const auto& one : passed) {
    EXPECT_FALSE(one.loses) << one.name;
    EXPECT_EQ(one.files, one.name.ends_with(".Trash") ? 2U : 1U) << one.name;
  }
}

TEST_F(SetAsideFiles, OfManyPrograms) {
  mbox("Inbox");
  for (const char* path : {"Drafts", "Trash", "Templates", "Trash.sbd/Old", "Inbox.sbd/Trash", "[Gmail].sbd/Bin",
                           "Papierkorb.mbox", "Deleted Messages.mbox/mbox", "Deleted Items.MBX"})
    mbox(path);
  for (const char* path : {"Top/Deleted Items/1.eml", "Top/Entwürfe/2.eml", "drafts/1", "inbox/Trash.eml"})
    single(path);
  mbox("bin/mails.mbox");
  mbox("Trash removal");
  EXPECT_EQ(taken(), 4U) << "Inbox, bin/mails.mbox, Trash removal, inbox/Trash.eml";
  EXPECT_EQ(passed_files, 12U);
}

TEST_F(SetAsideFiles, WhatIsNamedItselfIsTaken) {
  mbox("Trash.mbox", "X-Gmail-Labels: Trash\n");
  mbox("all.mbox", "X-Gmail-Labels: Trash\n");
  single(".Drafts/cur/1763988157.M1.h:2,DS");
  EXPECT_EQ(taken(), 0U);
  EXPECT_EQ(passed_files, 3U);
  EXPECT_EQ(taken("Trash.mbox"), 1U);
  EXPECT_EQ(taken("all.mbox"), 0U) << "one of its mails is in the trash";
  for (const char* same : {".Drafts", ".Drafts/", ".Drafts/cur", ".Drafts/cur/.", ".Drafts/../.Drafts"})
    EXPECT_EQ(taken(same), 1U) << same;
  mbox("Trash/Old");
  EXPECT_EQ(taken("Trash"), 1U);
}

TEST_F(SetAsideFiles, MailsWithinAnEmlx) {
  const auto emlx = [](const char* flags) {
    return std::to_string(mail("m").size()) + "\n" + mail("m") + "<plist><key>flags</key><integer>" + flags +
           "</integer></plist>\n";
  };
  write("1.emlx", emlx("1"));
  write("2.emlx", emlx("3"));
  EXPECT_EQ(taken(), 1U);
  ASSERT_EQ(passed.size(), 1U);
  EXPECT_NE(passed[0].reason.find("deleted"), std::string::npos);
  EXPECT_EQ(taken("2.emlx"), 1U) << "named itself";
}

}  // namespace
}  // namespace orgo
