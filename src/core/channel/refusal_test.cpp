#include "core/channel/refusal.h"

#include <gtest/gtest.h>

#include <vector>

namespace orgo {
namespace {

using Stage = SendResult::Stage;

constexpr std::string_view kUs = "desk@school.example";
constexpr std::string_view kThem = "kim@client.example";

struct Case {
  Stage stage;
  const char* answer;
};

About judged(const Case& one) {
  return judge_refusal(one.stage, one.answer, kUs, kThem);
}

TEST(Refusal, WhatEachMailOfOursWouldMeetIsAboutUs) {
  const std::vector<Case> cases{
      {Stage::sender, "550 5.1.0 <desk@school.example>: Sender address rejected: User unknown"},
      {Stage::sender, "553 sorry, that domain isn't in my list of allowed hosts"},
      {Stage::sender, "501 5.5.4 Syntax error"},
      {Stage::sender, "550 account is suspended"},
      {Stage::recipient, "550 5.7.1 your account is suspended"},
      {Stage::recipient,
       "550 5.1.1 <desk@school.example>: Sender address rejected: User unknown in virtual mailbox table"},
      {Stage::recipient, "530 5.7.0 Authentication required"},
      {Stage::recipient, "530 Must issue a STARTTLS command first"},
      {Stage::recipient, "554 5.7.1 <kim@client.example>: Relay access denied"},
      {Stage::recipient, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"},
      {Stage::recipient, "550 5.7.1 Relaying denied. Proper authentication required."},
      {Stage::recipient, "550 relay not permitted"},
      {Stage::recipient, "551 we do not relay"},
      {Stage::recipient, "553 5.7.1 <desk@school.example>: Sender address rejected: not owned by user orgo"},
      {Stage::recipient, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org"},
      {Stage::recipient, "550 5.7.25 The IP address has no PTR record"},
      {Stage::recipient, "550-5.7.26 This mail has been blocked because the sender is unauthenticated"},
      {Stage::recipient, "535 5.7.8 Error: authentication failed"},
      {Stage::recipient, "503 5.5.1 bad sequence of commands"},
      {Stage::data, "550 5.7.1 Client was not authenticated"},
      {Stage::text, "550 5.7.60 Client does not have permissions to send as this sender"},
      {Stage::text, "550 5.7.23 SPF validation failed"},
      {Stage::text, "554 5.7.1 Your IP is listed in a blocklist"},
      {Stage::text, "550 5.2.1 sending from this account is disabled"},
      {Stage::data, "550 5.2.1 Your account has reached its limit"},
  };
  for (const auto& one : cases) EXPECT_EQ(judged(one), About::us) << one.answer;
}

TEST(Refusal, WhatTheRelayLetsUsDoIsAboutUsInAnyWords) {
  for (const auto* answer :
       {"550 5.4.5 Daily user sending quota exceeded",
        "550 Daily sending quota exceeded",
        "550 5.4.5 Daily SMTP relay limit exceeded for customer",
        "550 5.7.1 sending limit of your account exceeded",
        "552 Sending quota exceeded, try tomorrow",
        "550 Domain school.example has exceeded the max emails per hour (100/100 (100%)) allowed. Message discarded.",
        "554 5.7.1 Rate limit reached",
        "550 Too many messages from this account",
        "550 5.1.0 Outgoing mail quota reached",
        "554 Hourly limit exceeded",
        "550 You have reached the maximum number of messages you may send",
        "550 Sendelimit erreicht",
        "550 Ihr Versandkontingent ist erschöpft",
        "554 Tageslimit überschritten",
        "550 Maximale Anzahl an Mails pro Stunde erreicht",
        "550 Quota d'envoi dépassé",
        "550 Limite d'envoi quotidienne atteinte",
        "550 Límite de envío superado",
        "550 Ha superado la cuota de envío",
        "550 Limite di invio superato",
        "550 Verzendlimiet bereikt",
        "550 Превышен лимит отправки",
        "550 发送频率过高",
        "550 送信制限を超えました",
        "550 SPF check failed for desk@school.example",
        "550 5.7.1 SPF fail",
        "550 5.7.1 DKIM signature missing",
        "550 5.7.1 rejected by DMARC policy of school.example",
        "550 5.7.26 Unauthenticated mail from school.example is not accepted due to DMARC policy",
        "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
        "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
        "550 5.7.1 Bad EHLO",
        "550 Ungültiger HELO-Name",
        "550 Authentifizierung erforderlich",
        "550 Bitte zuerst anmelden",
        "554 Client nicht authentifiziert",
        "550 Authentification requise",
        "550 Vous devez vous authentifier",
        "550 Se requiere autenticación",
        "550 Autenticación requerida",
        "550 Debe autenticarse primero",
        "550 Autenticazione richiesta",
        "550 Autenticação necessária",
        "550 Authenticatie vereist",
        "550 Wymagane uwierzytelnienie",
        "550 Требуется аутентификация",
        "550 需要身份验证",
        "550 認証が必要です",
        "554 Server requires authentication",
        "550 Die IP-Adresse steht auf einer schwarzen Liste",
        "554 Adresse IP sur liste noire",
        "550 Absenderadresse abgelehnt",
        "550 Expéditeur refusé",
        "550 Remitente rechazado"})
    for (const auto stage : {Stage::recipient, Stage::data, Stage::text})
      EXPECT_EQ(judged({stage, answer}), About::us) << answer;
}

TEST(Refusal, OthersWordsForRelaysNetsAndTenants) {
  for (const auto* answer : {"553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
                             "550 not local host client.example, not a gateway",
                             "550 Relayzugriff verweigert",
                             "550 Пересылка запрещена",
                             "550 中继被拒绝",
                             "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP",
                             "550 5.7.501 Access denied, spam abuse detected from your tenant",
                             "550 5.7.606 Access denied, banned sending IP [192.0.2.7]",
                             "550 5.7.64 TenantAttribution",
                             "550 5.7.750 Service unavailable. Client blocked from sending",
                             "554 5.5.1 Error: no valid sender",
                             "554 IP 192.0.2.7 is blocked",
                             "554 [192.0.2.7] has been blocked",
                             "554 Ihre IP-Adresse ist gesperrt"})
    for (const auto stage : {Stage::recipient, Stage::data, Stage::text})
      EXPECT_EQ(judged({stage, answer}), About::us) << answer;
}

TEST(Refusal, WhoMayWriteToAListIsTheLists) {
  for (const auto* answer : {"550 5.7.1 <kim@client.example> is restricted, sender not allowed to send to it",
                             "550 you are not allowed to send to this list",
                             "550 5.7.1 You may not send to this group",
                             "550 members only",
                             "550 desk is not a member of this list",
                             "550 5.7.504 Recipient address rejected: Access denied",
                             "550 5.1.1 no such user (connected from 192.0.2.7)"})
    EXPECT_EQ(judged({Stage::recipient, answer}), About::them) << answer;
}

TEST(Refusal, WhatAFilterReadIsAboutThatMail) {
  for (const auto* answer :
       {"554 5.7.1 Blocked by our policy: URL listed in dbl.spamhaus.org",
        "554 5.7.1 The message from (<desk@school.example>) with the subject of (Re: A) matches a profile the Internet "
        "community may consider spam",
        "554 5.7.1 Message rejected as spam by Content Filtering", "550 5.7.1 This message scored 15.2 spam points",
        "554 Your message looks like spam", "550 5.7.0 virus found", "552 5.7.0 blocked attachment type .exe",
        "550 Nachricht wurde als Spam eingestuft", "550 message classified as spam from your server",
        "554 5.7.1 link in message is on SURBL"})
    for (const auto stage : {Stage::data, Stage::text}) EXPECT_EQ(judged({stage, answer}), About::mail) << answer;
}

TEST(Refusal, WordsAboutThemStayTheirs) {
  for (const auto* answer : {"552 5.2.2 Mailbox full",
                             "550 5.2.2 user over quota",
                             "552 5.2.2 <kim@client.example>: Quota exceeded",
                             "550 Mailbox quota exceeded",
                             "552 The email account that you tried to reach is over quota",
                             "550 5.2.2 STOREDRV.Deliver; mailbox full. The mailbox has reached its message limit",
                             "550 Postfach voll",
                             "550 Postfach ist voll",
                             "550 Empfänger unbekannt",
                             "550 Benutzer unbekannt",
                             "550 Boîte aux lettres pleine",
                             "550 Utilisateur inconnu",
                             "550 Destinataire inconnu",
                             "550 Buzón lleno",
                             "550 Usuario desconocido",
                             "550 Casella piena",
                             "550 Utente sconosciuto",
                             "550 User unknown",
                             "550 5.1.1 <spf@client.example>: no such user",
                             "550 5.1.1 <ratelimit.helo@client.example>: no such user",
                             "550 No such user: michelo",
                             "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found",
                             "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
                             "550 Account disabled",
                             "550 5.4.1 Recipient address rejected: Access denied",
                             "550 mailbox unavailable",
                             "551 5.1.6 The user has moved"})
    EXPECT_EQ(judged({Stage::recipient, answer}), About::them) << answer;
}

TEST(Refusal, ARecipientIsJudgedWhereRecipientsAre) {
  const std::vector<Case> cases{
      {Stage::recipient, "550 5.1.1 <kim@client.example>: Recipient address rejected: User unknown"},
      {Stage::recipient, "550 No such user here"},
      {Stage::recipient, "550 5.2.1 mailbox disabled"},
      {Stage::recipient, "550 5.2.1 <kim@client.example>: account is suspended"},
      {Stage::recipient, "550 The account suspended, try another one"},
      {Stage::recipient, "552 5.2.2 mailbox full"},
      {Stage::recipient, "550 5.2.1 The email account that you tried to reach is disabled"},
      {Stage::recipient, "553 5.1.3 bad address syntax"},
      {Stage::recipient, "554 5.7.1 the recipient does not accept mail from you"},
      {Stage::text, "550 5.1.1 unknown user, said late"},
      {Stage::text, "552 5.2.2 over quota"},
      {Stage::none, "no such host"},
  };
  for (const auto& one : cases) EXPECT_EQ(judged(one), About::them) << one.answer;
}

TEST(Refusal, AMailIsJudgedByItsText) {
  const std::vector<Case> cases{
      {Stage::text, "554 5.6.0 message rejected as spam"},
      {Stage::text, "552 5.3.4 message too large"},
      {Stage::sender, "552 5.3.4 message size exceeds fixed limit"},
      {Stage::text, "550 virus found"},
      {Stage::data, "554 transaction failed"},
  };
  for (const auto& one : cases) EXPECT_EQ(judged(one), About::mail) << one.answer;
}

TEST(Refusal, AnAnswerThatNamesBothIsAboutTheRecipient) {
  EXPECT_EQ(judged({Stage::recipient, "550 <kim@client.example> does not want mail of <desk@school.example>"}),
            About::them);
  EXPECT_EQ(judge_refusal(Stage::recipient, "550 5.1.1 <team@school.example>: no such user", "team@school.example",
                          "team@school.example"),
            About::them)
      << "we write to ourselves";
}

TEST(Refusal, AnEnhancedCodeStandsAmongTheFirstWords) {
  EXPECT_EQ(enhanced_code("550 5.1.1 gone"), "5.1.1");
  EXPECT_EQ(enhanced_code("550-5.7.26 no"), "5.7.26");
  EXPECT_EQ(enhanced_code("550 #5.1.0 no"), "5.1.0");
  EXPECT_EQ(enhanced_code("550 gone"), "");
  EXPECT_EQ(enhanced_code("550 of 5.1 and 5."), "");
}

}  // namespace
}  // namespace orgo
