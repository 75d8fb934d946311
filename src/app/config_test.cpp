#include "app/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/node/endpoint.h"
#include "tests/support/source_dir.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ConfigTest : public testing::Test {
 protected:
  std::filesystem::path folder;

  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-config-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  }
  LoadedConfig load(const std::string& yaml, std::map<std::string, std::string> environment = {}) const {
    ConfigSources sources;
    sources.path = write("config.yaml", yaml);
    sources.environment = std::move(environment);
    return load_config(sources);
  }
  /// Errors as shown, without the temporary folder.
  std::string errors_of(const std::string& yaml, std::map<std::string, std::string> environment = {}) const {
    const auto loaded = load(yaml, std::move(environment));
    auto text = to_string(loaded.errors, loaded.sources);
    const auto prefix = folder.string() + "/";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) text.erase(at, prefix.size());
    return text;
  }
};

TEST_F(ConfigTest, NoFileAtAllWorks) {
  ConfigSources sources;
  sources.search = {(folder / "none.yaml").string()};
  const auto loaded = load_config(sources);
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.path, "");
  EXPECT_EQ(*loaded.config.http.listen, "127.0.0.1:5000");
  EXPECT_EQ(*loaded.config.data.dir, "./var");
  EXPECT_EQ(Endpoint::parse(*loaded.config.lmtp.listen).port, 2424);
}

TEST_F(ConfigTest, TheNearestFileCountsAndOnlyOnesOwn) {
  EXPECT_EQ(ConfigSources{}.search.front(), "./config.yaml") << "never the service of the machine by accident";
  const auto path = (folder / "config.yaml").string();
  std::ofstream(path) << "organization: {name: Found}\n";
  ConfigSources sources;
  sources.search = {path, (folder / "none.yaml").string()};
  EXPECT_EQ(*load_config(sources).config.organization.name, "Found");
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  ASSERT_EQ(::chown(path.c_str(), 12'345, 12'345), 0);
  const auto others = load_config(sources);
  ASSERT_EQ(others.errors.size(), 1U);
  EXPECT_THAT(others.errors.front().message, HasSubstr("belongs to another user"));
  EXPECT_NE(*others.config.organization.name, "Found");
  sources.path = path;
  EXPECT_EQ(*load_config(sources).config.organization.name, "Found") << "whoever names it trusts it";
}

TEST_F(ConfigTest, ReadsSeveralMailboxesAndTheSingleBlock) {
  const auto loaded = load(R"(
mailboxes:
  - {name: office, host: imap.school.org, username: office@school.org, password: a, folder: Shared/Office,
     after: "move:Done", poll: 5 minutes}
  - name: parents
    protocol: pop3
    tls: starttls
    host: pop.school.org
    username: parents
    token_command: print-token parents
    recipient: parents@school.org
    archive: yes
    archive_until: 2026-01-01
imap: {host: imap.example.org, port: 1993, username: u, password: b, only_new: true}
organization: {administrators: [it@school.org]}
)");
  ASSERT_THAT(loaded.errors, IsEmpty()) << to_string(loaded.errors, loaded.sources);
  const auto all = loaded.config.mailboxes.all();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name, "office");
  EXPECT_EQ(*all[0].after, "move:Done");
  EXPECT_EQ(*all[0].folder, "Shared/Office");
  EXPECT_EQ(*all[0].poll, Millis{300'000});
  EXPECT_EQ(all[0].port_or_usual(), 993);
  EXPECT_EQ(all[1].name, "parents");
  EXPECT_EQ(*all[1].protocol, MailboxProtocol::pop3);
  EXPECT_EQ(all[1].port_or_usual(), 110);
  EXPECT_TRUE(*all[1].archive);
  EXPECT_EQ(all[2].name, "imap");
  EXPECT_EQ(all[2].port_or_usual(), 1993);
  EXPECT_TRUE(*all[2].only_new);
  EXPECT_THAT(*loaded.config.organization.administrators, ElementsAre("it@school.org"));

  const auto shown = explain_config(loaded);
  EXPECT_THAT(shown, HasSubstr("mailboxes.office.password = [secret]   [" + loaded.path + ":3]"));
  EXPECT_THAT(shown, HasSubstr("ORGO_MAILBOXES_OFFICE_PASSWORD"));
}

TEST_F(ConfigTest, PasswordsOfMailboxesComeFromFilesAndVariables) {
  const auto secret = write("secret", "s3cret\n");
  const auto loaded = load("mailboxes:\n- {name: a-1, host: h, username: u@x.org, password_file: " + secret +
                               "}\n- {name: b, host: h, username: u@x.org, password: p}\n",
                           {{"ORGO_MAILBOXES_B_PASSWORD", "other"},
                            {"ORGO_MAILBOXES_A_1_FOLDER", "In"},
                            {"ORGO_IMAP_HOST", "h2"},
                            {"ORGO_IMAP_USERNAME", "u2"},
                            {"ORGO_IMAP_PASSWORD_FILE", secret}});
  ASSERT_THAT(loaded.errors, IsEmpty()) << to_string(loaded.errors, loaded.sources);
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const auto all = loaded.config.mailboxes.all();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(*all[0].password, "s3cret");
  EXPECT_EQ(*all[0].folder, "In");
  EXPECT_EQ(*all[1].password, "other");
  EXPECT_EQ(*all[2].host, "h2");
  EXPECT_EQ(*all[2].password, "s3cret");
}

TEST_F(ConfigTest, TellsWhatIsWrongInAListOfMailboxes) {
  const std::string ok = "host: h, username: u, password: p";
  EXPECT_THAT(errors_of("mailboxes: {office: {host: h}}"),
              HasSubstr("config.yaml:1:12: error: mailboxes is a list; each entry begins with - name: ..."));
  EXPECT_THAT(errors_of("mailboxes:\n- {host: h}\n"),
              HasSubstr("config.yaml:2:3: error: an entry of mailboxes has no name"));
  EXPECT_THAT(errors_of("mailboxes:\n- office\n"),
              HasSubstr("config.yaml:2:3: error: an entry of mailboxes is a mapping"));
  EXPECT_THAT(errors_of("mailboxes:\n- {name: Main Office, " + ok + "}\n"),
              HasSubstr("this is no name for an entry of mailboxes"));
  EXPECT_THAT(errors_of("mailboxes:\n- {name: a, " + ok + "}\n- {name: a, " + ok + "}\n"),
              HasSubstr("config.yaml:3:10: error: there is an entry named 'a' in mailboxes already"));
  EXPECT_THAT(errors_of("mailboxes:\n- {name: a, hst: h, " + ok + "}\n"), HasSubstr("unknown key 'mailboxes.a.hst'"));
  EXPECT_THAT(errors_of("mailboxes:\n- {name: a, hst: h, " + ok + "}\n"), HasSubstr("did you mean 'host'?"));
  EXPECT_THAT(errors_of("mailboxes:\n- {name: a, tls: ssl, " + ok + "}\n"),
              HasSubstr("unknown value 'ssl' of mailboxes.a.tls"));
  EXPECT_THAT(errors_of("mailboxes:\n- {name: a, after: burn, " + ok + "}\n"),
              HasSubstr("'burn' is none of keep, flag, delete and move:FOLDER"));
  EXPECT_THAT(errors_of("mailboxes:\n- {name: a, host: h, username: u}\n"), HasSubstr("mailboxes.a has no password"));
  EXPECT_THAT(errors_of("mailboxes:\n- {name: a, tls: none, " + ok + "}\n"),
              HasSubstr("config.yaml:2:18: error: mailboxes.a.tls is none"));
  EXPECT_THAT(errors_of("mailboxes:\n- {name: a, tls: none, host: 127.0.0.1, username: u, password: p}\n"), "");
  EXPECT_THAT(errors_of("mailboxes:\n- {name: a, protocol: pop3, after: flag, " + ok + "}\n"),
              HasSubstr("only keep or delete with POP3"));
  EXPECT_THAT(errors_of("mailboxes:\n- {name: imap, " + ok + "}\nimap: {" + ok + "}\n"),
              HasSubstr("and the block imap beside it"));
  EXPECT_THAT(errors_of("silence: {holidays: [Christmas]}"), HasSubstr("'Christmas' is not a date"));
  std::string many = "mailboxes:\n";
  for (int i = 0; i < 200; ++i) many += "- {name: m" + std::to_string(i) + ", " + ok + "}\n";
  EXPECT_EQ(errors_of(many), "");
  EXPECT_THAT(errors_of(many + "- {name: last, " + ok + "}\n"), HasSubstr("mailboxes has more than 200 entries"));
}

TEST_F(ConfigTest, ReadsEveryKindOfValue) {
  const auto loaded = load(R"(
organization: {name: Hillside School, domain: school.org, addresses: [help@school.org, "@orgo.school.org"],
               utc_offset: "-05:30"}
http: {listen: "[::1]:8080", max_body: 30 MB, idle_time: 90 s}
lmtp: {listen: off}
smtp_in:
  recipients: school.org
  require_tls: no
smtp: {host: mail.school.org, port: 587, username: u, password: p, tls: required}
queue: {lease_time: 2 minutes, attempts: 7}
log: {level: debug, format: json}
rules: {files: [a.yaml, b.yaml]}
)");
  ASSERT_THAT(loaded.errors, IsEmpty()) << to_string(loaded.errors, loaded.sources);
  const auto& config = loaded.config;
  EXPECT_EQ(*config.organization.name, "Hillside School");
  EXPECT_EQ(*config.organization.utc_offset_minutes, -330);
  EXPECT_THAT(*config.organization.addresses, ElementsAre("help@school.org", "@orgo.school.org"));
  EXPECT_EQ(Endpoint::parse(*config.http.listen).host, "::1");
  EXPECT_EQ(Endpoint::parse(*config.http.listen).port, 8080);
  EXPECT_TRUE(Endpoint::parse(*config.lmtp.listen).off());
  EXPECT_EQ(*config.http.max_body, 30U << 20U);
  EXPECT_EQ(*config.http.idle_time, Millis{90'000});
  EXPECT_THAT(*config.smtp_in.recipients, ElementsAre("school.org"));
  EXPECT_FALSE(*config.smtp_in.require_tls);
  EXPECT_EQ(*config.smtp.port, 587);
  EXPECT_EQ(*config.smtp.tls, OutgoingTls::required);
  EXPECT_EQ(*config.queue.lease_time, Millis{120'000});
  EXPECT_EQ(*config.queue.attempts, 7);
  EXPECT_EQ(*config.log.level, log::Level::debug);
  EXPECT_EQ(*config.log.format, log::Format::json);
  EXPECT_THAT(*config.rules.files, ElementsAre("a.yaml", "b.yaml"));
}

TEST_F(ConfigTest, TheEnvironmentGoesOverTheFileAndTheCommandLineOverBoth) {
  ConfigSources sources;
  sources.environment = {{"ORGO_CONFIG", write("c.yaml", "smtp: {host: a.org}\ndata: {dir: one}\n")},
                         {"ORGO_SMTP_HOST", "b.org"},
                         {"ORGO_RULES_FILES", "x.yaml, y.yaml"},
                         {"ORGO_DATA_DIR", "two"},
                         {"HOME", "/root"}};
  sources.overrides = {{"data.dir", "three", "--data"}};
  const auto loaded = load_config(sources);
  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_EQ(*loaded.config.smtp.host, "b.org");
  EXPECT_THAT(*loaded.config.rules.files, ElementsAre("x.yaml", "y.yaml"));
  EXPECT_EQ(*loaded.config.data.dir, "three");
  const auto explained = explain_config(loaded);
  EXPECT_THAT(explained, HasSubstr("smtp.host = b.org   [ORGO_SMTP_HOST]\n"));
  EXPECT_THAT(explained, HasSubstr("data.dir = three   [--data]\n"));
  EXPECT_THAT(explained, HasSubstr("queue.attempts = 5   [default]\n"));
}

TEST_F(ConfigTest, SecretsComeFromFilesAndAreNeverShown) {
  const auto secret = write("password", "s3cret-word\n");
  const auto loaded = load("smtp: {username: u, password_file: " + secret + "}\n");
  ASSERT_THAT(loaded.errors, IsEmpty()) << to_string(loaded.errors, loaded.sources);
  EXPECT_EQ(*loaded.config.smtp.password, "s3cret-word");
  EXPECT_THAT(explain_config(loaded), HasSubstr("smtp.password = [secret]"));
  EXPECT_THAT(explain_config(loaded), Not(HasSubstr("s3cret")));
  EXPECT_EQ(*load("smtp: {username: u}\n", {{"ORGO_SMTP_PASSWORD_FILE", secret}}).config.smtp.password, "s3cret-word");
  EXPECT_EQ(*load("smtp: {username: u, password_file: " + secret + "}\n", {{"ORGO_SMTP_PASSWORD", "over"}})
                 .config.smtp.password,
            "over");
  EXPECT_EQ(*load("smtp: {username: u, password: here}\n", {{"ORGO_SMTP_PASSWORD_FILE", secret}}).config.smtp.password,
            "s3cret-word");
  EXPECT_EQ(errors_of("smtp:\n  username: u\n  password_file: none\n"),
            "config.yaml:3:18: error: smtp.password_file: none: No such file or directory\n"
            "    3 |   password_file: none\n"
            "      |                  ^\n"
            "config.yaml:2:13: error: smtp.username without smtp.password\n"
            "    2 |   username: u\n"
            "      |             ^ set both or none\n");
  EXPECT_THAT(errors_of("smtp: {username: u, password: x, password_file: y}\n"),
              HasSubstr("both as it is and as a file"));
}

TEST_F(ConfigTest, ErrorsNameThePlaceTheRemedyAndAreAllTold) {
  EXPECT_EQ(errors_of(R"(smtp:
  hots: mail.school.org
  port: 70000
queue: {lease_time: 2 hourz, attempts: [1, 2]}
log: {level: inform}
database: {url: "mysql://db1/orgo"}
http: {listen: "localhost"}
limits: {message_size: tiny}
organisation: {}
)"),
            R"(config.yaml:2:3: error: unknown key 'smtp.hots'
    2 |   hots: mail.school.org
      |   ^~~~ did you mean 'host'? (known: ca_file, from, from_name, host, password, password_file, port, timeout, tls, username)
config.yaml:3:9: error: '70000' is out of range; from 1 to 65535
    3 |   port: 70000
      |         ^~~~~ as in smtp.port: 587
config.yaml:4:21: error: '2 hourz' is not a duration; write a number and a unit, as in "2 hours"
    4 | queue: {lease_time: 2 hourz, attempts: [1, 2]}
      |                     ^~~~~~~ as in queue.lease_time: 5 minutes
config.yaml:4:40: error: queue.attempts is one value, not a list
    4 | queue: {lease_time: 2 hourz, attempts: [1, 2]}
      |                                        ^ as in queue.attempts: 5
config.yaml:5:14: error: unknown value 'inform' of log.level
    5 | log: {level: inform}
      |              ^~~~~~ did you mean 'info'? (known: debug, error, info, warn)
config.yaml:6:17: error: 'mysql://db1/orgo' is neither `sqlite` nor postgres://user@host/database
    6 | database: {url: "mysql://db1/orgo"}
      |                 ^~~~~~~~~~~~~~~~~~ as in database.url: postgres://orgo@db.example.org/orgo
config.yaml:7:16: error: 'localhost' is not HOST:PORT
    7 | http: {listen: "localhost"}
      |                ^~~~~~~~~~~ as in http.listen: 127.0.0.1:5000
config.yaml:8:24: error: 'tiny' is not a size; write a whole number and a unit, as in "25 MB"
    8 | limits: {message_size: tiny}
      |                        ^~~~ as in limits.message_size: 25 MB
config.yaml:9:1: error: unknown key 'organisation'
    9 | organisation: {}
      | ^~~~~~~~~~~~ did you mean 'organization'? (known: answers, data, database, delivery, feeds, files, http, imap, limits, lmtp, log, mail, mailboxes, modules, node, organization, processing, queue, rules, silence, smtp, smtp_in, suppression, tenants, webhooks)
)");
}

TEST_F(ConfigTest, WrongVariablesAreTold) {
  EXPECT_EQ(errors_of("", {{"ORGO_SMTP_PORT", "many"}}),
            "environment: error: ORGO_SMTP_PORT: 'many' is not a whole number; as in smtp.port: 587\n");
  const auto loaded = load("", {{"ORGO_SMPT_HOST", "x"}});
  ASSERT_EQ(loaded.warnings.size(), 1U);
  EXPECT_EQ(to_string(loaded.warnings[0], ""),
            "environment: warning: ORGO_SMPT_HOST: there is no such option; did you mean ORGO_SMTP_HOST?\n");
}

TEST_F(ConfigTest, AFileThatIsNamedHasToBeThere) {
  ConfigSources sources;
  sources.path = "/nowhere/orgo.yaml";
  EXPECT_EQ(to_string(load_config(sources).errors, {}),
            "/nowhere/orgo.yaml: error: cannot be read: No such file or directory\n");
}

TEST_F(ConfigTest, OptionsThatNeedEachOther) {
  EXPECT_THAT(errors_of("http: {tls: {certificate: a.pem}}\n"), HasSubstr("http.tls.certificate without http.tls.key"));
  EXPECT_THAT(errors_of("smtp_in: {require_tls: true}\n"), HasSubstr("without a certificate"));
  EXPECT_THAT(errors_of("smtp: {username: u, password: p, tls: none}\n"), HasSubstr("in the clear"));
  EXPECT_THAT(errors_of("queue: {retry_first: 1 hour}\n"),
              HasSubstr("queue.retry_first is more than queue.retry_most"));
  EXPECT_THAT(errors_of("http: {max_body: 1 MB}\n"), HasSubstr("largest mails could not be posted"));
}

TEST(Configuration, TheDocumentIsMadeFromTheDeclarations) {
  const std::string path = source_dir() + "/docs/configuration.md";
  if (std::getenv("ORGO_UPDATE") != nullptr) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << configuration_markdown();
  }
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), configuration_markdown()) << "run ORGO_UPDATE=1 ./test and review the change";
}

TEST_F(ConfigTest, TheTimeZoneAndItsOlderWay) {
  const auto zone_of = [](const std::string& organization) {
    ConfigSources sources;
    sources.search.clear();
    sources.environment["ORGO_ORGANIZATION_TIME_ZONE"] = organization;
    return load_config(sources);
  };
  const auto berlin = zone_of("Europe/Berlin");
  EXPECT_TRUE(berlin.errors.empty());
  EXPECT_TRUE(berlin.warnings.empty());
  EXPECT_EQ(berlin.config.organization.zone().name(), "Europe/Berlin");
  const auto wrong = zone_of("Europe/Berln");
  ASSERT_EQ(wrong.errors.size(), 1U);
  EXPECT_THAT(to_string(wrong.errors[0], ""), HasSubstr("did you mean Europe/Berlin?"));
  ConfigSources old;
  old.search.clear();
  old.environment["ORGO_ORGANIZATION_UTC_OFFSET"] = "-05:30";
  auto loaded = load_config(old);
  EXPECT_TRUE(loaded.errors.empty());
  ASSERT_EQ(loaded.warnings.size(), 1U);
  EXPECT_THAT(to_string(loaded.warnings[0], ""), HasSubstr("knows no summer time"));
  EXPECT_EQ(loaded.config.organization.zone().offset_at(TimePoint{}), -std::chrono::minutes(330));
  old.environment["ORGO_ORGANIZATION_TIME_ZONE"] = "Asia/Kolkata";
  loaded = load_config(old);
  EXPECT_THAT(to_string(loaded.warnings.at(0), ""), HasSubstr("organization.time_zone counts"));
  EXPECT_EQ(loaded.config.organization.zone().name(), "Asia/Kolkata");
  EXPECT_EQ(Config{}.organization.zone().name(), "UTC");
}

}  // namespace
}  // namespace orgo
