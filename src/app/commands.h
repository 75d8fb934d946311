#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace orgo {

/// What every subcommand takes.
struct CommonOptions {
  std::string config;  ///< path; empty: the usual places (see ServeOptions)
  std::string data;    ///< data folder, over the configuration
  std::string tenant;  ///< name; empty: the first one. Of commands that look into what is stored
  bool json = false;   ///< for programs: one JSON document (or one JSON line for each thing) on standard output
};

struct ParseOptions {
  CommonOptions common;
  std::vector<std::string> rules;
  std::vector<std::string> files;  ///< files, folders, or "-" for standard input
};

struct ImportOptions {
  CommonOptions common;
  std::vector<std::string> rules;
  std::vector<std::string> paths;
  std::string recipient;  ///< for whom, when the mail itself does not say; empty: from Delivered-To, To, Cc
  bool dry_run = false;
  bool from_start = false;       ///< do not resume
  bool archive = false;          ///< as history: old dates, nobody told, no chains
  std::string until;             ///< with archive: only what is dated before, "2026-01-01"
  std::string state = "closed";  ///< with archive: of the tasks
};

struct RulesOptions {
  CommonOptions common;
  std::vector<std::string> files;
  bool strict = false;  ///< warnings count as mistakes
  std::string cases;    ///< test: folder of the cases; empty: cases/ beside the first file
};

struct ExplainOptions {
  CommonOptions common;
  std::vector<std::string> rules;  ///< files or folders of files; empty: the configured ones and the modules in force
  std::string message;             ///< a mail file, "-", or a stored message: "m17"
  std::string rule;                ///< only this one
  bool all = false;                ///< also rules of which no part holds
};

struct ModuleOptions {
  CommonOptions common;
  std::string action;               ///< "list", "show", "add", ...
  std::string value;                ///< name or folder of a module; name of a team
  std::string second;               ///< address of a team
  std::vector<std::string> values;  ///< test: names or folders
  std::vector<std::string> teams;   ///< add: "name=address"
  std::string folder;               ///< new: where
  bool yes = false;                 ///< remove: don't ask
};

struct RuleVersionOptions {
  CommonOptions common;
  std::string action;   ///< "history", "diff", "rollback"
  std::string version;  ///< or its first digits
  std::string other;    ///< diff: the newer one; empty: the files as they are
  int limit = 20;
  bool keep_modules = false;  ///< rollback: only the files
};

struct BacktestOptions {
  CommonOptions common;
  std::vector<std::string> rules;    ///< the new ones; empty: the configured files as they are now
  std::vector<std::string> against;  ///< empty: the configured files
  std::vector<std::string> paths;    ///< mail files and folders; empty: the stored messages
  std::string recipient;
  int days = 30;
  int limit = 20;
  int threads = 0;
};

struct TaskOptions {
  CommonOptions common;
  std::string action;                        ///< "list", "show", "assign", "ack", ...
  std::string task;                          ///< show: "T-12" or "12"
  std::vector<std::string> words;            ///< of a change: its tasks, then its value when it takes one
  std::map<std::string, std::string> named;  ///< of a change: by the names of its options, "--until"
  bool all = false;                          ///< list: done ones too
  std::string state;
  std::string team;
  std::string assignee;
  std::string search;
  int limit = 50;
};

/// `orgo task reply` and `orgo task recall`.
struct AnswerOptions {
  CommonOptions common;
  std::string task;  ///< "T-12" or "12"
  std::string text;  ///< "-": from standard input
  std::string template_name;
  std::string state;  ///< that the task is moved to; empty: as the settings say
  std::vector<std::string> files;
  std::vector<std::string> to, cc;
  bool internal = false;
  bool quote = false;
  bool recall = false;
};

/// `orgo task new`.
struct NewTaskOptions {
  CommonOptions common;
  std::string title;
  std::string text;  ///< "-": from standard input
  std::string requester, name, team, assignee, priority;
  std::vector<std::string> files;
};

struct TraceOptions {
  CommonOptions common;
  std::string message;  ///< "m17" or "17"
  bool raw = false;     ///< the bytes as received, nothing else
};

struct LedgerOptions {
  CommonOptions common;
};

struct QueueOptions {
  CommonOptions common;
  std::string action;  ///< "list", "dead", "show", "retry", "drop", "restored", "release"
  std::string item;
  std::vector<std::string> items;  ///< of drop and release: dead letters, or sends that a restore holds
  bool all = false;                ///< of those sends
  std::string reason;
  int limit = 50;
};

struct SuppressionOptions {
  CommonOptions common;
  std::string action;  ///< "list", "add", "remove"
  std::string address;
  std::string reason;
  std::string until;  ///< RFC 3339; empty: until it is removed
  bool all = false;   ///< list: also those whose failures are only counted
  int limit = 100;
};

struct UserOptions {
  CommonOptions common;
  std::string action;  ///< "list", "show", "add", "set", "disable", "enable", "password", "logout", "token"
  std::string login;
  std::vector<std::string> name, address, zone, role;  ///< at most one each; none: stays as it is
  std::vector<std::string> teams;
  bool no_teams = false;
  bool with_password = false;  ///< add: ask for one
  bool remove = false;         ///< password: take it away
  std::string purpose;         ///< token: what for
  int limit = 1000;
};

struct TokenOptions {
  CommonOptions common;
  std::string action;  ///< "list", "revoke"
  std::string value;   ///< number
};

struct TenantOptions {
  CommonOptions common;
  std::string action;  ///< "list", "show", "add", "set", "suspend", "resume"
  std::string name;
  std::vector<std::string> recipients;  ///< domains and addresses
  int limit = 10'000;
};

struct SearchOptions {
  CommonOptions common;
  std::string action;  ///< "status", "rebuild"
};

struct ClusterOptions {
  CommonOptions common;
};

struct MailboxOptions {
  CommonOptions common;
  std::string action;  ///< "status", "test"
  std::string name;
  bool probe = false;
  std::string timeout = "2 minutes";
};

struct ConfigOptions {
  CommonOptions common;
  std::string action;              ///< "check", "explain"
  std::vector<std::string> files;  ///< check: these, each by itself
  bool strict = false;             ///< check: warnings count as mistakes
  std::string key;                 ///< explain: only keys that begin so
};

struct InitOptions {
  std::string folder;                          ///< empty: this one
  std::map<std::string, std::string> answers;  ///< by option: "--name"
  bool ask = false;                            ///< also without a terminal
  bool json = false;
};

struct DoctorOptions {
  CommonOptions common;
  bool repair = false;  ///< puts messages without a state back to work first
};

struct BackupOptions {
  CommonOptions common;
  std::string place;  ///< where backups lie; of list and verify also one of them
  int keep = 0;       ///< of this installation; 0: all
  bool full = false;  ///< share nothing with the backup before
  bool list = false;
  bool verify = false;
};

struct RestoreOptions {
  CommonOptions common;
  std::string backup;    ///< one of them, or where they lie: the newest
  bool replace = false;  ///< also when there is data, which is kept aside
};

struct MoveOptions {
  CommonOptions common;
  std::string to;             ///< as database.url of the configuration
  std::string password_file;  ///< for the server that `to` names
  bool no_wait = false;       ///< all but what still comes is over there then
  bool cancel = false;
};

struct ExportOptions {
  CommonOptions common;
  std::string what;  ///< "tasks"
  bool csv = false, bom = false;
  std::string separator = ",";
  bool open = false;  ///< only those with work left
  std::string state, team, assignee;
};

struct BenchOptions {
  CommonOptions common;
  double seconds = 2;
};

struct BenchMailsOptions {
  CommonOptions common;
  std::string rate = "max";   ///< parse_pace()
  std::string time;           ///< how long, at a rate; empty: a minute
  int count = 0;              ///< 0: as many as the time takes, or 20,000 at "max"
  int size = 2'048;           ///< bytes of a mail
  int connections = 20;       ///< to the door
  bool neighbour = false;     ///< one mail a second to another tenant
  std::string database;       ///< an empty one on a server; empty: the embedded one
  std::string password_file;  ///< of that
};

struct BenchQueueOptions {
  CommonOptions common;
  int count = 100'000;
  int workers = 2;
  std::string database;
  std::string password_file;
};

struct CalendarOptions {
  CommonOptions common;
  std::string action;              ///< "due", "between", "open", "show", "holidays", "feeds"
  std::vector<std::string> files;  ///< of calendars or rules; empty: the configured rules
  std::string name;                ///< of the calendar; empty: the default, or the only one
  std::string from, to, span;
  std::vector<std::string> pauses;  ///< "from/to"
  std::string batch;                ///< a CSV file, or "-"
  std::string end_of_slot, round;   ///< over the calendar's own
  int year = 0;                     ///< holidays: of this year; 0: all
  bool refresh = false;             ///< fetch the feeds by URL before
};

struct VersionOptions {
  CommonOptions common;
};

// Each answers with the exit status: 0 done, 1 it failed, 2 asked wrongly. Results go to standard output, errors to
// standard error. One file each: cmd_<name>.cpp.
int cmd_parse(const ParseOptions& options);
int cmd_import(const ImportOptions& options);
int cmd_rules_check(const RulesOptions& options);
int cmd_rule_versions(const RuleVersionOptions& options);
int cmd_rules_backtest(const BacktestOptions& options);
int cmd_rules_explain(const ExplainOptions& options);
int cmd_rules_test(const RulesOptions& options);
int cmd_module(const ModuleOptions& options);
int cmd_task(const TaskOptions& options);
int cmd_task_change(const TaskOptions& options);
int cmd_answer(const AnswerOptions& options);
int cmd_new_task(const NewTaskOptions& options);
int cmd_trace(const TraceOptions& options);
int cmd_ledger(const LedgerOptions& options);
int cmd_queue(const QueueOptions& options);
int cmd_suppression(const SuppressionOptions& options);
int cmd_user(const UserOptions& options);
int cmd_token(const TokenOptions& options);
int cmd_tenant(const TenantOptions& options);
int cmd_cluster(const ClusterOptions& options);
int cmd_search(const SearchOptions& options);
int cmd_mailbox(const MailboxOptions& options);
int cmd_config(const ConfigOptions& options);
int cmd_init(const InitOptions& options);
int cmd_doctor(const DoctorOptions& options);
int cmd_backup(const BackupOptions& options);
int cmd_move(const MoveOptions& options);
int cmd_restore(const RestoreOptions& options);
int cmd_export(const ExportOptions& options);
int cmd_bench(const BenchOptions& options);
int cmd_bench_mails(const BenchMailsOptions& options);
int cmd_bench_queue(const BenchQueueOptions& options);
int cmd_calendar(const CalendarOptions& options);
int cmd_version(const VersionOptions& options);

}  // namespace orgo
