#include <memory>

#include "app/command_line/subcommands.h"
#include "app/serve.h"

namespace orgo {

void add_serve(Command& root) {
  const auto options = std::make_shared<ServeOptions>();
  auto command = root.add("serve", "Serve: mail doors, HTTP, processing, delivery, escalation",
                          "  orgo serve\n  orgo serve --config /etc/orgo/config.yaml\n"
                          "  orgo serve --data /tmp/try --http 127.0.0.1:5001 \\\n"
                          "      --lmtp 127.0.0.1:2425 --smtp 127.0.0.1:2526");
  command.option("--config", options->config, "Configuration file").type_name("FILE");
  command.option("--data", options->data, "Data folder").type_name("DIR");
  command
      .option("--roles", options->roles, "Only these, with commas between: gateway, processing, delivery, escalation")
      .type_name("LIST");
  command.option("--http", options->http, "Address of the HTTP door").type_name("HOST:PORT");
  command.option("--lmtp", options->lmtp, "Address of the LMTP door").type_name("HOST:PORT");
  command.option("--smtp", options->smtp, "Address of the SMTP door").type_name("HOST:PORT");
  command.option("--rules", options->rules, "Rule file").type_name("FILE");
  command.on_run([options] { return serve(*options); });
}

void add_parse(Command& root) {
  const auto options = std::make_shared<ParseOptions>();
  auto command = root.add("parse", "Show what the parser sees in mails and what the rules would do; changes nothing",
                          "  orgo parse mail.eml\n  orgo parse --json mail.eml | jq .attachments\n"
                          "  orgo parse --rules new-rules.yaml samples/mails  # a JSON line for each\n"
                          "  curl -s https://example.org/mail.eml | orgo parse -");
  command.own(options->common);
  command.option("--rules", options->rules, "Rule file instead of the configured one").type_name("FILE").one_each();
  command.option("file", options->files, "Mail files, folders of them, or - for standard input").required();
  command.on_run([options] { return cmd_parse(*options); });
}

void add_import(Command& root) {
  const auto options = std::make_shared<ImportOptions>();
  auto command =
      root.add("import", "Take in mails from .eml files, folders, mbox files, Maildirs and Outlook files (.pst)",
               "  orgo import old-mail/ inbox.mbox ~/Maildir\n"
               "  orgo import --dry-run inbox.mbox  # what the rules would do; stores nothing\n"
               "  orgo import --recipient office@example.org inbox.mbox\n"
               "  orgo import --archive --until 2026-01-01 old-mail/\n"
               "With --archive old mail becomes history; newer mail becomes tasks. An import\n"
               "that was interrupted goes on where it was; nothing is ever stored twice.");
  command.own(options->common);
  command.option("--rules", options->rules, "With --dry-run: rule file instead of the configured one")
      .type_name("FILE")
      .one_each();
  command.option("--recipient", options->recipient, "For whom, when the mail does not say (Delivered-To, To, Cc)")
      .type_name("ADDRESS");
  command.flag("--dry-run", options->dry_run, "Only show what would be done");
  command.flag("--from-start", options->from_start, "Do not go on where an earlier import ended");
  command.flag("--archive", options->archive,
               "As history: tasks dated by their mails and closed, nobody told, no chains");
  command.option("--until", options->until, "With --archive: only mail from before this day is history")
      .type_name("DATE");
  command.option("--state", options->state, "With --archive: the state of its tasks").show_default();
  command.option("path", options->paths, "Files and folders").required();
  command.on_run([options] { return cmd_import(*options); });
}

void add_trace(Command& root) {
  const auto options = std::make_shared<TraceOptions>();
  auto command =
      root.add("trace", "Tell the whole story of a message: how it came, what was decided and why, what was sent",
               "  orgo trace m17\n  orgo trace 17 --json\n  orgo trace 17 --raw > mail.eml");
  command.own(options->common);
  command.flag("--raw", options->raw, "Only the bytes as they were received");
  command.option("message", options->message, "Its number: m17, or 17").required();
  command.on_run([options] { return cmd_trace(*options); });
}

void add_mailbox(Command& root) {
  const auto options = std::make_shared<MailboxOptions>();
  auto mailbox = root.add("mailbox", "Mailboxes that mail is fetched from: how they do, and whether they work",
                          "  orgo mailbox status\n  orgo mailbox test office --probe");
  mailbox.require_subcommand();
  auto state = mailbox.add("status", "Each mailbox with its state, last success and last error",
                           "  orgo mailbox status\n  orgo mailbox status --json");
  auto test =
      mailbox.add("test", "Try a mailbox step by step; nothing is taken, moved or deleted",
                  "  orgo mailbox test office\n  orgo mailbox test office --probe  # sends a mail and waits for it");
  state.own(options->common);
  test.own(options->common);
  test.option("name", options->name, "Its name in the configuration").required();
  test.flag("--probe", options->probe, "Send a mail to it (section smtp) and wait for it");
  test.option("--timeout", options->timeout, "How long to wait for the probe").type_name("DURATION").show_default();
  state.on_run([options] {
    options->action = "status";
    return cmd_mailbox(*options);
  });
  test.on_run([options] {
    options->action = "test";
    return cmd_mailbox(*options);
  });
}

}  // namespace orgo
